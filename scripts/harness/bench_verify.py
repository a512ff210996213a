"""What it takes Python to verify a request: for each line `ours` or `theirs`, a tab and a case's name it prints microseconds."""

from __future__ import annotations

import base64
import datetime
import json
import statistics
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Callable

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "origin" / "python"))

import http_message_signatures.signatures as library  # noqa: E402
from http_message_signatures import HTTPMessageVerifier, MappingKeyResolver, algorithms  # noqa: E402
from outwork_origin import Arrived, Verifier, parse_keys  # noqa: E402

SLICES = 21
SLICE = 100
VECTORS = json.loads((ROOT / "origin" / "vectors" / "evidence.json").read_text())
KEYS = dict(parse_keys(VECTORS["keys"]))


def ours(case: dict[str, Any]) -> Callable[[], object]:
    """All that an origin asks."""
    request, now = case["request"], case["now"]
    arrived = Arrived(request["method"], request["authority"], request["target"], [(name, value) for name, value in request["headers"]], request["scheme"])
    body, verifier = base64.b64decode(request.get("body", "")), Verifier(KEYS)
    return lambda: verifier.head(arrived, now).with_body(body)


def theirs(case: dict[str, Any]) -> Callable[[], object]:
    """The signature, and the digest of the body. The library asks the clock, which here stands still."""
    request, now = case["request"], datetime.datetime.fromtimestamp(case["now"], datetime.timezone.utc)

    class Still(datetime.datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime.datetime:
            return now

    library.datetime = SimpleNamespace(datetime=Still, timedelta=datetime.timedelta, timezone=datetime.timezone)  # type: ignore[attr-defined]
    message = SimpleNamespace(method=request["method"], url=f"{request['scheme']}://{request['authority']}{request['target']}", headers=dict(request["headers"]))
    body = base64.b64decode(request.get("body", "")) if case["verified"]["body"] == "bound" else None
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.HMAC_SHA256, key_resolver=MappingKeyResolver(public_keys=KEYS, private_keys={}))
    return lambda: verifier.verify(message, expect_tag="outwork-evidence", body=body)


def microseconds(work: Callable[[], object]) -> float:
    """The median of slices."""
    taken = []
    for _ in range(SLICES):
        begun = time.perf_counter()
        for _ in range(SLICE):
            work()
        taken.append((time.perf_counter() - begun) * 1e6 / SLICE)
    return statistics.median(taken)


if __name__ == "__main__":
    for line in sys.stdin:
        which, name = line.rstrip("\n").split("\t")
        [case] = [case for case in VECTORS["cases"] if case["name"] == name]
        print(f"{microseconds({'ours': ours, 'theirs': theirs}[which](case)):.3f}", flush=True)
