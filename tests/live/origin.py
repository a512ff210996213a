"""An origin that answers each request with what arrived: method, path and every header line, in order; after `wait` milliseconds, where the path asks for that."""

from __future__ import annotations

import json
import sys
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Quiet(ThreadingHTTPServer):
    """Envoy drops idle connections as it likes; that is no error to report."""

    daemon_threads = True
    request_queue_size = 512

    def handle_error(self, request: object, address: object) -> None:
        """Reports everything but a connection that is gone."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, address)


class Echo:
    """Listens on a free port until closed. Also keeps what it saw, by path, for clients whose answer cannot be read."""

    def __init__(self) -> None:
        self.seen: dict[str, list[tuple[str, str]]] = {}
        self.server = Quiet(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.server.server_address[1]

    def close(self) -> None:
        """Stops listening."""
        self.server.shutdown()
        self.server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        seen = self.seen

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                self.drain()
                if wait := re.search(r"[?&]wait=(\d+)", self.path):
                    time.sleep(int(wait[1]) / 1000)
                lines = [(name.lower(), value) for name, value in self.headers.items()]
                seen[self.path] = lines
                body = json.dumps({"method": self.command, "path": self.path, "headers": lines}).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            def drain(self) -> None:
                """Reads the body, or the next request would begin with it."""
                size = int(self.headers.get("content-length") or 0)
                self.rfile.read(size)
                chunk = self.headers.get("transfer-encoding") is not None
                while chunk:
                    size = int(self.rfile.readline().split(b";")[0], 16)
                    self.rfile.read(size)
                    # What ends a chunk, or after the last one the trailers.
                    while self.rfile.readline().strip() and size == 0:
                        pass
                    chunk = size > 0

            do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_PROPFIND = answer

            def log_message(self, *_: object) -> None:
                """The tests read Envoy's log, not this one's."""

        return Handler
