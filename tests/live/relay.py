"""A TCP relay that keeps the first bytes of each client: how a live ClientHello gets into a file."""

from __future__ import annotations

import socket
import threading


class Relay:
    """Listens on a free port and passes everything on to `port`."""

    def __init__(self, port: int) -> None:
        self.target = port
        self.hellos: list[bytes] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.listener.getsockname()[1]

    def close(self) -> None:
        """Accepts no more."""
        self.listener.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", self.target)) as server:
            hello = _first_records(client)
            self.hellos.append(hello)
            server.sendall(hello)
            back = threading.Thread(target=_pump, args=(server, client), daemon=True)
            back.start()
            _pump(client, server)
            back.join(60)


def _first_records(client: socket.socket) -> bytes:
    """Whole TLS records until they hold the whole first handshake message; whatever else it is, the first bytes."""
    data = b""
    while True:
        got = client.recv(65536)
        data += got
        if not got or data[0] != 22 or _whole(data):
            return data


def _whole(data: bytes) -> bool:
    handshake, at = b"", 0
    while at + 5 <= len(data):
        length = int.from_bytes(data[at + 3 : at + 5], "big")
        handshake += data[at + 5 : at + 5 + length]
        at += 5 + length
    return len(handshake) >= 4 and len(handshake) >= 4 + int.from_bytes(handshake[1:4], "big")


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return
