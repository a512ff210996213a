"""What a program says it is: its own headers, a browser's user agent, or a browser's headers, copied from sets of real browsers."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from random import Random

# Bodies and connections are the library's own to describe.
OWN = {"host", "connection", "content-length", "content-type", "accept-encoding", "cookie"}
API = ("application/json", "*/*", "application/json, text/plain, */*")


class Dresses:
    """Draws requests in the clothes of real browsers."""

    def __init__(self, file: Path, seed: int) -> None:
        with gzip.open(file, "rt") as lines:
            self.sets = [json.loads(line)["headers"] for line in lines]
        self.dice = Random(seed)

    def draw(self, count: int) -> list[dict]:
        """Requests, each with the name of its dress: the plain ones twice, the others until there are enough."""
        kinds = ["own", "own", "own-api", "own-post"]
        rest = ["agent", "agent-few", "agent-api", "headers", "headers-plain", "headers-fetch", "headers-post"]
        return [self._dressed(kind) for kind in (kinds + rest * count)[:count]]

    def _dressed(self, kind: str) -> dict:
        real = self.dice.choice(self.sets)
        agent = [pair for pair in real if pair[0].lower() == "user-agent"]
        # Half of those who copy leave the encodings to the library, which has to understand the answer.
        drop = OWN - (set() if self.dice.random() < 0.5 else {"accept-encoding"})
        copied = [pair for pair in real if pair[0].lower() not in drop]
        job = {"dress": kind, "method": "GET", "headers": [], "body": None}
        match kind:
            case "own-api":
                job["headers"] = [["Accept", self.dice.choice(API)]]
            case "own-post":
                return {**job, **self._post([])}
            case "agent":
                job["headers"] = agent
            case "agent-few":
                few = [["Accept", self.dice.choice(("*/*", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"))], ["Accept-Language", "en-US,en;q=0.9"], ["Referer", "https://www.google.com/"]]
                job["headers"] = agent + few[: self.dice.randint(1, 3)]
            case "agent-api":
                job["headers"] = [*agent, ["Accept", self.dice.choice(API)]]
            case "headers":
                job["headers"] = copied
            case "headers-plain":
                job["headers"] = [pair for pair in copied if not pair[0].lower().startswith(("sec-", "priority"))]
            case "headers-fetch":
                job["headers"] = self._fetch(copied)
            case "headers-post":
                return {**job, **self._post(copied)}
        return job

    def _fetch(self, copied: list) -> list:
        """A page's script as people copy it from a browser's tools."""
        changed = {"accept": "*/*", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty", "sec-fetch-site": "same-origin"}
        kept = [[name, changed.get(name.lower(), value)] for name, value in copied if name.lower() not in ("upgrade-insecure-requests", "sec-fetch-user", "priority")]
        return [*kept, ["Referer", "https://shop.example/"], *([["X-Requested-With", "XMLHttpRequest"]] if self.dice.random() < 0.3 else [])]

    def _post(self, copied: list) -> dict:
        as_json = self.dice.random() < 0.5
        kind = "application/json" if as_json else "application/x-www-form-urlencoded"
        body = '{"email":"a@b.example"}' if as_json else "email=a%40b.example&password=x"
        return {"method": "POST", "headers": [*copied, ["Content-Type", kind]], "body": body}
