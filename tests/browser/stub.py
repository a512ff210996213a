"""A site that answers the endpoints itself, so that a test can make an edge say what a real one seldom does."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from pathlib import Path

import blob
from site_pages import SCRIPT, Site

DIST = Path(__file__).resolve().parents[2] / "beacon" / "dist"
PREFIX = "/.well-known/outwork/"
KEY = bytes(range(16))


class Stub(Site):
    """Endpoints that accept everything, unless `hello` or `beacon` is replaced by something that answers another status."""

    def __init__(self) -> None:
        self.greeted = 0
        self.forgot = 0
        self.forget: Callable[[], int] = lambda: 204
        self.raw: list[bytes] = []
        self.hello: Callable[[], int] = lambda: 200
        self.beacon: Callable[[], int] = lambda: 204
        super().__init__()

    @property
    def blobs(self) -> list[blob.Blob]:
        """What arrived, in order."""
        return [blob.read(one) for one in self.raw]

    def events(self) -> list[blob.Event]:
        """Of all blobs."""
        return [event for one in self.blobs for event in one.events]

    def wait(self, ready: Callable[[], bool], page: object, seconds: float = 60) -> None:
        """Lets the page run until something has arrived; fails after `seconds`."""
        until = time.monotonic() + seconds
        while not ready():
            assert time.monotonic() < until, f"it did not arrive: {[one.kinds() for one in self.blobs]}"
            page.wait_for_timeout(50)

    def respond(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Endpoints first, pages behind them."""
        if path == SCRIPT:
            return 200, {"content-type": "text/javascript; charset=utf-8"}, (DIST / "beacon.js").read_bytes()
        if path == PREFIX + "hello":
            self.greeted += 1
            said = {"v": 1, "session": "c2Vzc2lvbg", "key": base64.urlsafe_b64encode(KEY).decode().rstrip("="), "next": 10, "now": 0}
            status = self.hello()
            return status, {"content-type": "application/json"}, json.dumps(said).encode() if status == 200 else b""
        if path == PREFIX + "forget":
            self.forgot += 1
            assert method == "POST" and not body
            return self.forget(), {}, b""
        if path == PREFIX + "beacon":
            assert headers["content-type"] == "application/octet-stream"
            self.raw.append(body)
            return self.beacon(), {}, b""
        return super().respond(method, path, headers, body)
