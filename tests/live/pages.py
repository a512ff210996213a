"""An origin with a page that makes every kind of request that pages make: parts, frames, scripts' own, forms, links."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler

from origin import Quiet

PART = {".css": "text/css", ".js": "text/javascript", ".png": "image/png", ".json": "application/json", ".sse": "text/event-stream"}

# Everything at once, then a form is sent; its answer follows a link. A browser needs no driver for it.
PAGE = """<!doctype html><title>Shop</title><meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="{at}a.css"><link rel="icon" href="{at}icon.png"><link rel="preload" as="fetch" href="{at}early.json" crossorigin>
<img src="{at}a.png"><iframe src="{at}frame"></iframe><script src="{at}a.js"></script>
<form id="form" method="post" action="{at}form"><input name="email" value="a@b.example"></form>
<script>
const json = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" };
Promise.allSettled([
  fetch("{at}one.json"), fetch("{at}two.json", { headers: { accept: "application/json" }, cache: "no-store" }), fetch("{at}three.json", json),
  new Promise((done) => { const x = new XMLHttpRequest(); x.open("GET", "{at}four.json"); x.setRequestHeader("X-Requested-With", "XMLHttpRequest"); x.onloadend = done; x.send(); }),
  new Promise((done) => { const s = new EventSource("{at}a.sse"); s.onerror = () => { s.close(); done(); }; }),
  Promise.resolve(navigator.sendBeacon("{at}beacon", "x")),
]).then(() => setTimeout(() => document.getElementById("form").submit(), 500));
</script>"""
SENT = """<!doctype html><title>Sent</title><a id="next" href="{at}next">next</a><script>setTimeout(() => document.getElementById("next").click(), 300)</script>"""
NEXT = "<!doctype html><title>Done</title><p>done</p>"


class Pages:
    """Listens on a free port until closed."""

    def __init__(self) -> None:
        self.server = Quiet(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.server.server_address[1]

    def close(self) -> None:
        """Stops listening."""
        self.server.shutdown()
        self.server.server_close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        folder, _, name = self.path.rpartition("/")
        at = f"{folder}/"
        kind = next((kind for suffix, kind in PART.items() if name.endswith(suffix)), "text/html")
        text = {"": PAGE, "form": SENT}.get(name, NEXT) if kind == "text/html" else "{}" if kind == "application/json" else ""
        content = text.replace("{at}", at).encode()
        self.send_response(200)
        for header, value in (("content-type", kind), ("content-length", str(len(content))), ("cache-control", "no-store")):
            self.send_header(header, value)
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        """Envoy's own log has every request."""
