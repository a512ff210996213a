"""What a visit shows of behaviour: a mouse moved by a program, and a challenge solved by one. python -m harness.behaviour PORT

Run by the interpreter of .outwork/venv: the visitor's TLS and headers are those of a browser (curl_cffi), so that what is seen of it is its behaviour.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
import time

from curl_cffi import requests

from . import blob
from .terminal import paint

PREFIX = "/.well-known/outwork/"
BATCH = {"content-type": "application/octet-stream"}
BROWSER = "firefox133"


class Visitor:
    """A client with a cookie jar."""

    def __init__(self, port: int) -> None:
        self.site = f"https://localhost:{port}"
        self.session = requests.Session(impersonate=BROWSER, verify=False)

    def ask(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
        """Status and body of an answer."""
        answer = self.session.request(method, self.site + path, data=body, headers=headers, timeout=20)
        return answer.status_code, answer.content

    def cookie(self) -> int:
        """Bytes of the session's cookie, as name=value."""
        return sum(len(f"{one.name}={one.value}") for one in self.session.cookies.jar if one.name == "__Host-outwork")

    def hello(self) -> dict:
        """A session."""
        status, body = self.ask("POST", f"{PREFIX}hello")
        if status != 200:
            raise LookupError(f"hello was answered with {status}: {body.decode()}")
        return json.loads(body)

    def risk(self) -> dict:
        """What the shop is told."""
        return json.loads(self.ask("GET", "/api/risk")[1])


def main(port: int) -> int:
    """Prints a few lines; how many of them are not as expected."""
    print(paint("\nBehaviour, as the beacon's script would send it", "bold"))
    wrong = pointer(Visitor(port))
    print(paint("\nA challenge, solved by a program that does what the page's script does", "bold"))
    return wrong + challenge(Visitor(port))


def pointer(visitor: Visitor) -> int:
    """Straight moves at an even pace and clicks on the dot: what simple automation does."""
    before = visitor.risk()
    session = visitor.hello()
    line(f"hello: a session, sealed in a cookie of {visitor.cookie()} bytes")
    key = base64.urlsafe_b64decode(session["key"] + "==")
    events = [*(blob.move(16, 8, 3) for _ in range(120)), blob.press(40, 0), blob.release(1)]
    sent = [blob.blob(key, session["next"] + at, int(time.time() * 1000), events) for at in range(3)]
    statuses = [visitor.ask("POST", f"{PREFIX}beacon", batch, BATCH)[0] for batch in sent]
    after = visitor.risk()
    line(f"3 batches of {len(sent[0])} bytes with a straight mouse: {statuses}; the cookie has {visitor.cookie()} bytes")
    behaviour = [reason for reason in after.get("reasons", []) if reason not in before.get("reasons", [])]
    line(f"risk {before.get('risk')} → {after.get('risk')}, behaviour {after.get('behaviour', 'not seen')}, window {after.get('window')}, because of {', '.join(behaviour) or 'nothing more'}")
    again, _ = visitor.ask("POST", f"{PREFIX}beacon", sent[0], BATCH)
    line(f"the first of them once more: {again}")
    return sum([statuses != [204] * 3, after.get("window") != "inside", again != 409])


def challenge(visitor: Visitor) -> int:
    """The page, the work, and the same answer twice."""
    first, page = visitor.ask("GET", "/members")
    found = re.search(r'data-challenge="([^"]+)"[^>]*data-bits="(\d+)"', page.decode())
    if not found:
        line(f"GET /members: {first}, and no challenge in {len(page)} bytes")
        return 1
    text, bits = found[1], int(found[2])
    began = time.monotonic()
    answer = solve(text, bits)
    line(f"GET /members: {first}, a page of {len(page)} bytes that asks for {bits} bits of work: {answer} hashes, {time.monotonic() - began:.1f} s here")
    body = json.dumps({"challenge": text, "answer": str(answer)}).encode()
    solved, _ = visitor.ask("POST", f"{PREFIX}challenge", body, {"content-type": "application/json"})
    through, _ = visitor.ask("GET", "/members")
    twice, _ = visitor.ask("POST", f"{PREFIX}challenge", body, {"content-type": "application/json"})
    line(f"the answer: {solved}; GET /members: {through}; the same answer once more: {twice}")
    return sum([first != 403, solved != 200, through != 200, twice != 409])


def solve(text: str, bits: int) -> int:
    """The first counter whose hash begins with so many zero bits."""
    begun = hashlib.sha256(f"{text}:".encode())
    counter = 0
    while True:
        tried = begun.copy()
        tried.update(str(counter).encode())
        if int.from_bytes(tried.digest()[:8], "big") >> 64 - bits == 0:
            return counter
        counter += 1


def line(text: str) -> None:
    """One line of the tour."""
    print(f"  {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
