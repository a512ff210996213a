"""The filter with one callback that traps, so that a test can bring a VM down: trailers of a request do it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

IMPORTS, EXPORTS, CODE = 2, 7, 10
UNREACHABLE, NOP, END = b"\x00", b"\x01", b"\x0b"


def trapping(module: Path, to: Path, callback: str = "proxy_on_request_trailers") -> Path:
    """A copy of a module in which an exported function is `unreachable` and nothing else."""
    data = bytearray(module.read_bytes())
    sections = {kind: at for kind, at in _sections(data)}
    at = _body(data, sections[CODE], _exported(data, sections[EXPORTS], callback) - _imported(data, sections[IMPORTS]))
    size, start = _number(data, at)
    data[start : start + size] = b"\0" + UNREACHABLE + NOP * (size - 3) + END  # No locals.
    to.write_bytes(data)
    return to


def _sections(data: bytes) -> Iterator[tuple[int, int]]:
    at = 8
    while at < len(data):
        size, start = _number(data, at + 1)
        yield data[at], start
        at = start + size


def _imported(data: bytes, at: int) -> int:
    """How many functions come before the module's own. A filter imports nothing else."""
    return _number(data, at)[0]


def _exported(data: bytes, at: int, name: str) -> int:
    count, at = _number(data, at)
    for _ in range(count):
        size, at = _number(data, at)
        known, at = data[at : at + size], at + size
        index, at = _number(data, at + 1)
        if known.decode() == name:
            return index
    raise AssertionError(f"nothing is exported as `{name}`")


def _body(data: bytes, at: int, place: int) -> int:
    _, at = _number(data, at)
    for _ in range(place):
        size, at = _number(data, at)
        at += size
    return at


def _number(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if not data[at - 1] & 0x80:
            return value, at
