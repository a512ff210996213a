"""The site behind the filter: pages with the script's tag in every form, and what arrived of each request."""

from __future__ import annotations

import sys
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import urlsplit

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parents[0] / "live"))

from origin import Quiet  # noqa: E402

SCRIPT = "/.well-known/outwork/beacon.js"
STRICT = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'none'; base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'"
BODY = """<main><h1>A shop</h1><p><a id="link" href="/next">next</a> <button id="buy">Buy</button>
<label>Name <input id="name"></label> <label>Secret <input id="secret" type="password"></label></p>
<div style="height: 3000px"></div></main>"""
TAGS = {"/consent": "", "/odd": 'data-start="yes"'}
# A field in a shadow root of each kind: a custom element's and a plain element's. Scripts reach the closed ones as `roots`.
SHADOWS = """<script>const roots = {};
for (const [id, name, mode] of [["open", "x-field", "open"], ["closed", "x-field", "closed"], ["plain", "section", "closed"]]) {
  const host = document.createElement(name);
  host.id = id;
  const root = roots[id] = host.attachShadow({ mode });
  root.innerHTML = '<input id="name"> <input id="secret" type="password"> <button>show</button>';
  root.querySelector("button").onclick = () => root.querySelector("#secret").type = "text";
  document.body.prepend(host);
}</script>"""


def page(path: str) -> str:
    """The page at a path: `/consent` waits for it, `/plain` has no tag at all, everything else starts by itself."""
    tag = "" if path == "/plain" else f'<script src="{SCRIPT}" async {TAGS.get(path, "data-start=auto")}></script>'
    return f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{path}</title>{tag}</head><body>{BODY}{SHADOWS if path == "/shadow" else ""}</body></html>'


def targets() -> str:
    """A page of twelve buttons, one behind the other nowhere, with the script and a recorder of the tests' own."""
    place = lambda one: f"left: {40 + one % 4 * 300}px; top: {40 + one // 4 * 220}px"  # noqa: E731
    buttons = "".join(f'<button id="t{one}" style="position: absolute; width: 120px; height: 48px; {place(one)}">{one}</button>' for one in range(12))
    scripts = f'<script src="/recorder.js"></script><script src="{SCRIPT}" async data-start="auto"></script>'
    return f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>targets</title>{scripts}</head><body>{buttons}</body></html>'


class Site:
    """Listens on a free port until closed, and keeps every request: method, path and headers."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self.server = Quiet(("127.0.0.1", 0), self.handler())
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.server.server_address[1]

    def close(self) -> None:
        """Stops listening."""
        self.server.shutdown()
        self.server.server_close()

    def respond(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of an answer."""
        if path == "/favicon.ico":
            return 404, {}, b""
        if path == "/recorder.js":
            return 200, {"content-type": "text/javascript"}, (HERE / "recorder.js").read_bytes()
        if path == "/targets":
            return 200, {"content-type": "text/html; charset=utf-8"}, targets().encode()
        kind = {"content-type": "text/html; charset=utf-8"}
        if path.startswith("/strict"):
            kind["content-security-policy"] = STRICT
        return 200, kind, page(path).encode()

    def handler(self) -> type[BaseHTTPRequestHandler]:
        """What the server does with a request."""
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                site.requests.append((self.command, self.path, headers))
                status, fields, content = site.respond(self.command, urlsplit(self.path).path, headers, body)
                self.send_response(status)
                for name, value in {**fields, "content-length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command != "HEAD" and status != 204:
                    self.wfile.write(content)

            do_GET = do_HEAD = do_POST = answer

            def log_message(self, *_: object) -> None:
                """The tests look at `requests`."""

        return Handler
