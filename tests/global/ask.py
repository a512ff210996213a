"""ShouldRateLimit by hand: HTTP/2 without TLS, and the few fields of protobuf that the question and the answer have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx

PATH = "/envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit"
OK, OVER_LIMIT = 1, 2


@dataclass
class Answer:
    """What the service said. `grpc` is its status where the call failed, `codes` what each descriptor was answered."""

    grpc: int = 0
    overall: int = 0
    codes: list[int] = field(default_factory=list)
    left: list[int] = field(default_factory=list)


def ask(port: int, *descriptors: tuple[str, str, int], domain: str = "outwork") -> Answer:
    """One call; a descriptor is a limit's id, a key and its hits."""
    message = _bytes(1, domain.encode()) + b"".join(_bytes(2, _descriptor(*one)) for one in descriptors)
    headers = {"content-type": "application/grpc", "te": "trailers"}
    with httpx.Client(http1=False, http2=True, timeout=60) as client:
        said = client.post(f"http://127.0.0.1:{port}{PATH}", content=b"\0" + len(message).to_bytes(4, "big") + message, headers=headers)
    answer = Answer(grpc=int(said.headers.get("grpc-status", 0)))
    for number, value in _fields(said.content[5:]):
        if number == 1:
            answer.overall = value
        if number == 2:
            status = dict(_fields(value))
            answer.codes.append(status.get(1, 0))
            answer.left.append(status.get(3, 0))
    return answer


def _descriptor(limit: str, key: str, hits: int) -> bytes:
    entries = (_bytes(1, _bytes(1, name.encode()) + _bytes(2, value.encode())) for name, value in (("limit", limit), ("key", key)))
    return b"".join(entries) + _bytes(3, b"\x08" + _varint(hits))


def _bytes(number: int, value: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    low = value & 0x7F
    return bytes([low | 0x80]) + _varint(value >> 7) if value > 0x7F else bytes([low])


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    at = 0
    while at < len(message):
        tag, at = _read(message, at)
        value, at = _read(message, at)
        if tag & 7 == 2:
            yield tag >> 3, message[at : at + value]
            at += value
        else:
            yield tag >> 3, value


def _read(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        value |= (message[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if not message[at - 1] & 0x80:
            return value, at
