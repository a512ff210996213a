"""PyPI's `http-message-signatures` verifies what the engine signs, and what it signs is verified here."""

from __future__ import annotations

import base64
import datetime
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import http_message_signatures.signatures as library
import pytest
from conftest import arrived, evidence, verifier
from http_message_signatures import HTTPMessageSigner, HTTPMessageVerifier, MappingKeyResolver, algorithms

from outwork_origin import parse_keys

VECTORS = evidence()
KEYS = dict(parse_keys(VECTORS["keys"]))
COVERED = ("@method", "@authority", "@path", "@query", "outwork-risk")
RESOLVER = MappingKeyResolver(public_keys=KEYS, private_keys=KEYS)


@dataclass
class Message:
    """A request, as the library wants it."""

    method: str
    url: str
    headers: Any


def message(request: dict[str, Any], headers: Any) -> Message:
    """A vector's request."""
    return Message(request["method"], f"{request['scheme']}://{request['authority']}{request['target']}", headers)


def plain(case: dict[str, Any]) -> bool:
    """What the library can read at all: URLs with a path, in ASCII, fields as they were written, no other parameters than RFC 9421's."""
    request = case["request"]
    url = request["target"].startswith("/") and not request["target"].startswith("//") and request["target"].isascii()
    return "verified" in case and url and case["name"] != "parameters that nobody knows" and "authority" not in case.get("settings", {}) and all(name == name.lower() and value == value.strip() for name, value in request["headers"])


SIGNED = [case for case in VECTORS["cases"] if plain(case)]


@pytest.mark.parametrize("case", SIGNED, ids=lambda case: case["name"])
def test_it_verifies_what_the_engine_signs(case: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """At the time at which it was signed: the library asks the clock."""
    request = case["request"]
    joined: dict[str, str] = {}
    for name, value in request["headers"]:
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    # Clients' signatures by other algorithms are no business of this verifier.
    for name in ("signature-input", "signature"):
        joined[name] = next(value for known, value in reversed(request["headers"]) if known == name and "outwork=" in value)
    stand_still(monkeypatch, case["now"])
    checks = HTTPMessageVerifier(signature_algorithm=algorithms.HMAC_SHA256, key_resolver=RESOLVER)
    checks.max_clock_skew = datetime.timedelta(seconds=30)
    body = base64.b64decode(request.get("body", "")) if case["verified"]["body"] == "bound" else None
    found = [result for result in checks.verify(message(request, joined), max_age=datetime.timedelta(minutes=20), expect_tag="outwork-evidence", body=body) if result.label == "outwork"]
    assert len(found) == 1
    assert found[0].parameters["tag"] == "outwork-evidence"


@pytest.mark.parametrize("body", [None, b"", b"count=1"])
def test_what_it_signs_is_verified(body: bytes | None) -> None:
    """With a digest of the body, and without."""
    now = 1_795_305_600
    [case] = [case for case in VECTORS["cases"] if case["name"] == ("a bound body" if body is not None else "a body that was too large to bind")]
    risk = next(value for name, value in case["request"]["headers"] if name == "outwork-risk")
    lines = {"outwork-risk": risk}
    created = datetime.datetime.fromtimestamp(now, datetime.timezone.utc)
    HTTPMessageSigner(signature_algorithm=algorithms.HMAC_SHA256, key_resolver=RESOLVER).sign(
        message(case["request"], lines), key_id="2026-08", created=created, expires=created + datetime.timedelta(seconds=60), nonce="by-somebody-else",
        label="outwork", tag="outwork-evidence", covered_component_ids=COVERED, body=body,
    )
    head = verifier(VECTORS["keys"], {}).head(arrived({**case["request"], "headers": list(lines.items())}), now)
    assert head.nonce == "2026-08:by-somebody-else"
    assert head.with_body(body or b"").transaction == "checkout"


def stand_still(monkeypatch: pytest.MonkeyPatch, now: int) -> None:
    """The library's clock shows this time."""
    class Still(datetime.datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime.datetime:
            return datetime.datetime.fromtimestamp(now, tz)

    monkeypatch.setattr(library, "datetime", SimpleNamespace(datetime=Still, timedelta=datetime.timedelta, timezone=datetime.timezone))
