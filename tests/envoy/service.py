"""A rate-limit service that says what a test wants it to say, also what no service should."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable

import h2.config
import h2.connection
import h2.events
import h2.exceptions

OK, OVER = b"\x08\x01", b"\x08\x02"
SILENCE = None
Says = bytes | int | None


class Service:
    """Listens on a free port until closed. `says` is a message, the number of a gRPC error, SILENCE, or which of them by the question."""

    def __init__(self) -> None:
        self.says: Says | Callable[[bytes], Says] = OK
        self.delay = lambda: 0.0
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
        lock = threading.Lock()
        with client:
            client.sendall(session.data_to_send())
            while data := self._receive(client):
                with lock:
                    events = session.receive_data(data)
                for event in events:
                    if isinstance(event, h2.events.DataReceived):
                        messages[event.stream_id] = messages.get(event.stream_id, b"") + event.data
                        session.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                    elif isinstance(event, h2.events.StreamEnded):
                        self.asked.append(question := messages.pop(event.stream_id)[5:])
                        threading.Thread(target=self._answer, args=(client, session, lock, event.stream_id, question), daemon=True).start()
                with lock:
                    client.sendall(session.data_to_send())

    @staticmethod
    def _receive(client: socket.socket) -> bytes:
        try:
            return client.recv(65536)
        except OSError:
            return b""

    def _answer(self, client: socket.socket, session: h2.connection.H2Connection, lock: threading.Lock, stream: int, question: bytes) -> None:
        says = self.says(question) if callable(self.says) else self.says
        time.sleep(self.delay())
        head = [(":status", "200"), ("content-type", "application/grpc")]
        try:
            with lock:
                if isinstance(says, bytes):
                    session.send_headers(stream, head)
                    session.send_data(stream, b"\0" + len(says).to_bytes(4, "big") + says)
                    session.send_headers(stream, [("grpc-status", "0")], end_stream=True)
                elif isinstance(says, int):
                    session.send_headers(stream, [*head, ("grpc-status", str(says))], end_stream=True)
                client.sendall(session.data_to_send())
        except (OSError, h2.exceptions.ProtocolError):
            pass  # Nobody waits for it any more.
