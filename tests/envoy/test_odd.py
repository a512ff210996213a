"""Requests that no browser sends, byte by byte: what Envoy hands on reaches the origin with evidence that its verifier takes."""

import json
import socket
import sys
import time
from pathlib import Path

import pytest

from harness import edge as edges
from harness import stack
from harness.edge import Ports
from origin import Echo

sys.path.append(str(Path(__file__).resolve().parents[2] / "origin" / "python"))
from outwork_origin import Arrived, Verifier, parse_keys  # noqa: E402

LENGTH = b"content-length: 5\r\n"


@pytest.fixture(scope="module")
def odd(made, tmp_path_factory):
    echo, keys = Echo(), edges.keys()
    verifier = Verifier(parse_keys(edges.evidence_keys(made.outwork, keys)["OUTWORK_EVIDENCE_KEYS"]))
    try:
        with stack.start(tmp_path_factory.mktemp("odd"), made, Ports(origin=echo.port), env=keys) as envoy:
            yield envoy, verifier
    finally:
        echo.close()


def answer(port: int, line: bytes, headers: bytes, body: bytes = b"") -> bytes:
    """All that comes back of a request of these bytes."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as to:
        to.sendall(line + b" HTTP/1.1\r\nconnection: close\r\n" + headers + b"\r\n" + body)
        parts = []
        while part := to.recv(65_536):
            parts.append(part)
    return b"".join(parts)


HOST = b"host: shop.example\r\n"
HANDED_ON = {
    "bytes in values": (b"GET /", HOST + b"x-a: \xe9\xff\x80\r\ncookie: a=\xff\r\n"),
    "forged, and no dictionary": (b"GET /", HOST + b"signature-input: sig1=(), outwork=()\r\nsignature-input: \xff\r\noutwork-risk: \xff\r\n"),
    "empty fields": (b"GET /", HOST + b"x-y:\r\nsignature-input:\r\nsignature:\r\n"),
    "tabs and folds": (b"GET /", HOST + b"x-y: a\r\n b\r\nsignature-input: sig1=()\t\r\n"),
    "40 KB of a field": (b"GET /", HOST + b"x-a: " + b"a" * 40_000 + b"\r\n"),
    "GET with a body": (b"GET /", HOST + LENGTH, b"hello"),
    "HEAD with a body": (b"HEAD /", HOST + LENGTH, b"hello"),
    "OPTIONS with a body": (b"OPTIONS /", HOST + LENGTH, b"hello"),
    "Expect of another thing": (b"POST /", HOST + LENGTH + b"expect: something\r\n", b"hello"),
    "dots that are encoded": (b"GET /x/%2e%2e/a", HOST),
    "backslashes": (b"GET /x\\..\\a", HOST),
    "a percent sign alone": (b"GET /%?%=%", HOST),
    "what a URL encodes": (b"GET /a?x='<\">{}|^`", HOST),
    "another address in the line": (b"GET http://other.example/p?q", HOST),
    "no path in the line": (b"GET http://other.example", HOST),
    "a port that is none": (b"GET /", b"host: shop.example:99999\r\n"),
    "two hosts": (b"GET /", HOST + b"host: other.example\r\n"),
    "h2c": (b"GET /", HOST + b"upgrade: h2c\r\n"),
}


@pytest.mark.parametrize("name", HANDED_ON)
def test_what_is_handed_on_is_verified(odd, name):
    envoy, verifier = odd
    head, _, body = answer(envoy.ports.http, *HANDED_ON[name]).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 "), head
    if HANDED_ON[name][0].startswith(b"HEAD"):
        return
    came = json.loads(body)
    lines = [(field, value) for field, value in came["headers"]]
    assert [field for field, _ in lines].count("outwork-risk") == 1
    arrived = Arrived(came["method"], dict(lines)["host"], came["path"], lines, "http")
    assert verifier.head(arrived, time.time()).with_body(b"").verdict


def test_nothing_of_it_fails_in_the_filter(odd):
    envoy, _ = odd
    errors = envoy.stats(r"^wasmcustom\.outwork_request_errors\.")
    assert errors and not any(errors.values()), errors
