"""What no honest edge sends: random and changed fields, and fields of a megabyte. They are refused, soon, and nothing else happens."""

from __future__ import annotations

import base64
import hmac
import io
import json
import random
import time
from typing import Any

import pytest
from conftest import arrived, evidence, verifier, verify
from test_middleware import BOUND, CASES, wsgi

from outwork_origin import Arrived, Refusal, Verifier
from outwork_origin.evidence import base, derived
from outwork_origin.structured import Malformed, parse_dictionary, parse_item, parse_list
from outwork_origin.wsgi import read

VECTORS = evidence()
FIELDS = ("outwork-risk", "signature-input", "signature", "content-digest")
PIECES = ["=", ",", ", ", ";", "(", ")", '"', "\\", ":", "?1", "@", "%", '%"', "%c3", "-", ".", " ", "\t", "\0", "\x7f", "\x80", "\xff", "*", "a", "outwork", "sha-256", "1234567890123456"]
MEGABYTE = 1 << 20
# Seconds: much more than any of it takes, also on a busy machine, and much less than what grows with the square of a megabyte.
SOON = 20


def changed(text: str, dice: random.Random) -> str:
    """The text with something in it replaced, repeated, cut out or put in."""
    for _ in range(dice.randint(1, 4)):
        at = dice.randint(0, len(text))
        end = min(len(text), at + dice.choice((0, 1, 2, 8, 64)))
        put = dice.choice((dice.choice(PIECES), chr(dice.randrange(256)), text[at:end] * 2, ""))
        text = text[:at] + put + text[end:]
    return text


def refused_or_read(checks: Verifier, case: dict[str, Any]) -> bool:
    """Whether it is taken. Everything but a refusal is a failure of the test."""
    try:
        verify(checks, case)
    except Refusal:
        return False
    return True


def test_changed_requests_are_refused_and_nothing_else() -> None:
    """Each of ten thousand has one part changed: a field of ours, or what it is bound to."""
    dice = random.Random(1)
    checks = verifier(VECTORS["keys"], {})
    taken = 0
    for _ in range(10_000):
        case = json.loads(json.dumps(dice.choice(VECTORS["cases"])))
        request = case["request"]
        part = dice.choice(("method", "authority", "target", "headers"))
        if part != "headers":
            request[part] = changed(request[part], dice)
        elif request["headers"]:
            line = dice.choice(request["headers"])
            at = dice.randint(0, 1)
            line[at] = changed(line[at], dice)
        taken += refused_or_read(checks, case)
    assert 0 < taken < 9_000


def test_a_changed_risk_that_is_signed_is_read_or_refused() -> None:
    """What stands behind the signature is as strict: a newer edge may say what this version never heard of."""
    dice = random.Random(2)
    key = b"k" * 32
    checks = Verifier({"k": key})
    parameters = '("@method" "@authority" "@path" "@query" "outwork-risk");created=1795305600;expires=1795305660;nonce="n";alg="hmac-sha256";keyid="k";tag="outwork-evidence"'
    risk = next(value for name, value in CASES["a bound body"]["request"]["headers"] if name == "outwork-risk")
    risk = risk.replace("bound", "none")
    covered = ("@method", "@authority", "@path", "@query", "outwork-risk")
    taken = 0
    for number in range(10_000):
        said = changed(risk, dice).strip(" \t") if number else risk
        request = Arrived("GET", "shop.example", "/", [("Outwork-Risk", said)])
        try:
            signature = hmac.digest(key, base(covered, {**derived(request), "outwork-risk": said}, parameters), "sha256")
        except Refusal:
            continue
        signed = [("Signature-Input", f"outwork={parameters}"), ("Signature", f"outwork=:{base64.b64encode(signature).decode()}:")]
        try:
            checks.head(Arrived("GET", "shop.example", "/", [*request.headers, *signed]), 1795305600)
        except Refusal as refusal:
            assert number and refusal.reason in ("malformed", "signature"), (said, refusal)
        else:
            taken += 1
    assert 100 < taken < 9_000


def test_any_text_is_a_structured_field_or_malformed() -> None:
    """Also of bytes that no field has."""
    dice = random.Random(3)
    found = 0
    for _ in range(20_000):
        text = "".join(dice.choice(PIECES) for _ in range(dice.randint(0, 12)))
        for parse in (parse_dictionary, parse_list, parse_item):
            try:
                parse(text)
            except Malformed:
                continue
            found += 1
    assert found > 1_000


# Each is read from every one of its characters again by a parser that looks back.
REPEATED = [" ", "\t", "a", "a=1,", "a,", "a;", ";", "(", "(a ", '"', '"\\', '"\\"', "a=\"", ":", "a=:AAAA", "%", 'a=%"', "%c3", "1", "-", "a=0.", "=", ",", "\\", "\xff", "outwork=(", "outwork;a", ' "x"']


@pytest.mark.parametrize("size", [16 << 10, MEGABYTE])
def test_long_fields_are_refused_soon(size: int) -> None:
    """A megabyte in each field, and as much as is read. The slowest takes 20 ms on a machine of 2026."""
    honest = CASES["a bound body"]
    checks = verifier(VECTORS["keys"], {})
    slowest = 0.0
    for field in FIELDS:
        for piece in REPEATED:
            case = json.loads(json.dumps(honest))
            for line in case["request"]["headers"]:
                if line[0].lower() == field:
                    line[1] = (line[1] + piece * size)[:size]
            began = time.perf_counter()
            # Blanks at the end belong to no value.
            assert refused_or_read(checks, case) == (piece in " \t"), (field, piece)
            slowest = max(slowest, time.perf_counter() - began)
    assert slowest < SOON, slowest


def test_many_lines_are_refused_soon() -> None:
    """A hundred thousand lines of a field, and of others."""
    checks = verifier(VECTORS["keys"], {})
    for name in (*FIELDS, "x"):
        request = arrived(BOUND["request"])
        request = Arrived(request.method, request.authority, request.target, [*request.headers, *[(name, "a=1")] * 100_000])
        began = time.perf_counter()
        try:
            checks.head(request, BOUND["now"])
        except Refusal as refusal:
            assert name != "x", refusal
        assert time.perf_counter() - began < SOON


@pytest.mark.parametrize("length", ["\xb2", "9" * 5_000, "-1", "+46", " 46", "4_6", "0x2e", "", "46.0"])
def test_a_length_that_is_none_is_refused(length: str) -> None:
    """A server in front may pass on what it does not read; an exception of ours would be the application's."""
    environ: dict[str, Any] = {"CONTENT_LENGTH": length, "wsgi.input": io.BytesIO(b"body")}
    try:
        assert read(environ, 100) == b""
    except Refusal as refusal:
        assert (refusal.reason, length) == ("too-large", "9" * 5_000)


def test_zeros_before_a_length_say_nothing() -> None:
    """They are digits (RFC 9110, 8.6)."""
    assert read({"CONTENT_LENGTH": "0" * 5_000 + "4", "wsgi.input": io.BytesIO(b"body and more")}, 100) == b"body"


def test_a_body_that_breaks_off_is_refused() -> None:
    """Servers raise where the client is gone."""

    class Gone(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise ConnectionResetError("gone")

    with pytest.raises(Refusal, match="broken"):
        read({"CONTENT_LENGTH": "4", "wsgi.input": Gone()}, 100)
    assert wsgi(BOUND, [])[0] == 200
