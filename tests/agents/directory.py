"""A server of agents' directories, each host in its own way: as it should be, slow, huge, redirecting, malformed, or gone."""

from __future__ import annotations

import base64
import json
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "live"))
from origin import Quiet  # noqa: E402

PATH = "/.well-known/http-message-signatures-directory"
TYPE = "application/http-message-signatures-directory+json"
# Longer than any directory may take.
SLOW = 120.0


def url64(data: bytes) -> str:
    """Base64 as JWKs have it."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def public(key: Ed25519PrivateKey) -> bytes:
    """The 32 bytes of its public half."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def directory(keys: Sequence[Ed25519PrivateKey]) -> bytes:
    """A JWK Set of these keys."""
    return json.dumps({"keys": [{"kty": "OKP", "crv": "Ed25519", "x": url64(public(key)), "use": "sig"} for key in keys]}).encode()


class Directories:
    """Listens on a free port until closed; `keys` are what well-behaved hosts have, `ways` how each host is served, `ages` for how long."""

    def __init__(self, keys: Sequence[Ed25519PrivateKey]) -> None:
        self.keys = list(keys)
        self.ways: dict[str, str] = {}
        self.ages: dict[str, int] = {}
        self.asked: Counter[str] = Counter()
        self.stopping = threading.Event()
        self.server = Quiet(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.server.server_address[1]

    def close(self) -> None:
        """Stops listening, and lets nobody wait."""
        self.stopping.set()
        self.server.shutdown()
        self.server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        directories = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                host = self.headers["host"].split(":")[0].split(".")[0]
                directories.asked[f"{host}{self.path}"] += 1
                self.age = directories.ages.get(host, 300)
                way = directories.ways.get(host, host)
                answer = getattr(self, f"answer_{way}", self.answer_good)
                answer()

            def send(self, status: int, body: bytes, kind: str = TYPE, **more: str) -> None:
                self.send_response(status)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(body)))
                self.send_header("cache-control", f"max-age={self.age}")
                for name, value in more.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def answer_good(self) -> None:
                self.send(200, directory(directories.keys))

            def answer_slow(self) -> None:
                directories.stopping.wait(SLOW)
                self.answer_good()

            def answer_huge(self) -> None:
                self.send_response(200)
                self.send_header("content-type", TYPE)
                self.send_header("connection", "close")
                self.end_headers()
                try:
                    for _ in range(4_000):
                        self.wfile.write(b" " * 10_000)
                except OSError:
                    pass
                self.close_connection = True

            def answer_redirect(self) -> None:
                self.send(302, directory(directories.keys), location=f"https://good.agents.test{PATH}")

            def answer_malformed(self) -> None:
                self.send(200, directory(directories.keys)[:-1])

            def answer_html(self) -> None:
                self.send(200, directory(directories.keys), "text/html")

            def answer_gone(self) -> None:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def now() -> int:
    """Seconds, as signatures have them."""
    return int(time.time())
