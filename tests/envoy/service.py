"""A rate-limit service that says what a test wants it to say, also what no service should."""

from __future__ import annotations

import socket
import threading
import time

import h2.config
import h2.connection
import h2.errors
import h2.events

OK, OVER = b"\x08\x01", b"\x08\x02"
SILENCE = None


class Service:
    """Listens on a free port until closed. `says` is a message, the number of a gRPC error, or SILENCE."""

    def __init__(self) -> None:
        self.says: bytes | int | None = OK
        self.delay = 0.0
        self.asked: list[bytes] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.listener.getsockname()[1]

    def close(self) -> None:
        """Stops listening."""
        self.listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        session = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        session.initiate_connection()
        messages: dict[int, bytes] = {}
        with client:
            client.sendall(session.data_to_send())
            while data := client.recv(65536):
                for event in session.receive_data(data):
                    if isinstance(event, h2.events.DataReceived):
                        messages[event.stream_id] = messages.get(event.stream_id, b"") + event.data
                        session.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                    elif isinstance(event, h2.events.StreamEnded):
                        self.asked.append(messages.pop(event.stream_id)[5:])
                        self._answer(session, event.stream_id)
                client.sendall(session.data_to_send())

    def _answer(self, session: h2.connection.H2Connection, stream: int) -> None:
        time.sleep(self.delay)
        head = [(":status", "200"), ("content-type", "application/grpc")]
        if isinstance(self.says, bytes):
            session.send_headers(stream, head)
            session.send_data(stream, b"\0" + len(self.says).to_bytes(4, "big") + self.says)
            session.send_headers(stream, [("grpc-status", "0")], end_stream=True)
        elif isinstance(self.says, int):
            session.send_headers(stream, [*head, ("grpc-status", str(self.says))], end_stream=True)
