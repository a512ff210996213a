"""The origin of tests/origin in WSGI, on the standard library's server: python wsgi_app.py PORT."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from told import told

from outwork_origin import MemoryReplayCache, OutworkWSGI, risk_of


class Handler(WSGIRequestHandler):
    """Hands on the target as it came, as servers for more than tests do."""

    def get_environ(self) -> dict[str, Any]:
        """With RAW_URI."""
        return {**super().get_environ(), "RAW_URI": self.path}


def shop(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """Says what the edge said, and sells."""
    said: Any = {"ok": True}
    if environ["PATH_INFO"] != "/health":
        risk = risk_of(environ)
        said = told(risk)
        if environ["PATH_INFO"] in ("/checkout", "/other-checkout"):
            risk.require_transaction("checkout")
            said = {"order": environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode(), "risk": said}
    start("200 OK", [("content-type", "application/json")])
    return [json.dumps(said).encode()]


if __name__ == "__main__":
    make_server("127.0.0.1", int(sys.argv[1]), OutworkWSGI(shop, replay=MemoryReplayCache(), once="all", scheme="forwarded", exempt=["/health"]), handler_class=Handler).serve_forever()
