"""The challenge page, served by a site that can answer whatever a test wants to see the script do."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable

from stub import DIST, PREFIX, Stub

POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>One moment</title>
<link rel="stylesheet" href="{prefix}challenge.css"><script src="{prefix}challenge.js" data-start="{start}" defer></script></head><body>
<main id="outwork" data-challenge="{challenge}" data-bits="{bits}" data-method="{method}" data-reference="R"><h1>One moment</h1>
<p id="outwork-status" role="status" aria-live="polite">Please wait.</p><progress id="outwork-progress" aria-label="Progress" hidden></progress>
<p><button type="button" id="outwork-retry" hidden>Try again</button><button type="button" id="outwork-back" hidden>Go back</button></p>
<p id="outwork-wait">No script? <a href="/plain">Go on</a></p></main></body></html>"""


class ChallengeStub(Stub):
    """Challenges every page at first. `judge` says the status of an answer; 200 lets the visitor in, unless `forgets`."""

    def __init__(self) -> None:
        self.bits = 16
        self.method = "GET"
        self.policy = POLICY
        self.start = "auto"
        self.forgets = False
        self.cleared = False
        self.order: list[str] = []
        # Holds the script back from the Worker that works, and so the answer.
        self.works = threading.Event()
        self.works.set()
        self.judge: Callable[[], int] = lambda: 200
        super().__init__()

    def respond(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Assets, the answer, the page; the rest as a stub does."""
        self.order.append(path.removeprefix(PREFIX))
        for name, kind in {"challenge.js": "text/javascript", "challenge.css": "text/css"}.items():
            if path == PREFIX + name:
                if self.order.count("challenge.js") > 1:
                    self.works.wait(30)
                return 200, {"content-type": kind}, (DIST / name).read_bytes()
        if path == PREFIX + "challenge":
            return self._answer(json.loads(body), headers)
        if path == "/protected" and not self.cleared:
            said = {"prefix": PREFIX, "challenge": "c" * 140, "bits": self.bits, "method": self.method, "start": self.start}
            return 403, {"content-type": "text/html", "content-security-policy": self.policy}, PAGE.format(**said).encode()
        return super().respond(method, path, headers, body)

    def _answer(self, said: dict[str, str], headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        assert headers["content-type"] == "application/json" and set(said) == {"challenge", "answer"}
        digest = int.from_bytes(hashlib.sha256(f"{said['challenge']}:{said['answer']}".encode()).digest(), "big")
        assert digest >> (256 - self.bits) == 0, "the work was not done"
        status = self.judge()
        self.cleared = status == 200 and not self.forgets
        return status, {"content-type": "application/json"}, json.dumps({"cleared": True, "until": 1}).encode()
