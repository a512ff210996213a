"""One answer of HTTP/1.1, read as far as it goes: a connection that Envoy closes stays open for another second, until its client has closed it."""

from __future__ import annotations

import socket
import ssl

BODILESS = {"204", "304"}


def read(connection: socket.socket, method: str = "GET") -> bytes:
    """What comes until the answer is whole, or until the connection ends."""
    said = b""
    try:
        while not _whole(said, method) and (part := connection.recv(65536)):
            said += part
    except (ConnectionError, ssl.SSLError):
        pass  # Whoever refuses what is still being sent ends the connection hard; what was read before that counts.
    return said


def _whole(said: bytes, method: str) -> bool:
    head, end, body = said.partition(b"\r\n\r\n")
    if not end:
        return False
    status, *lines = head.decode("latin1").lower().split("\r\n")
    if method == "HEAD" or status.split()[1] in BODILESS:
        return True
    fields = dict(line.split(":", 1) for line in lines)
    return "content-length" in fields and len(body) >= int(fields["content-length"])
