"""Reads blobs of version 1, written from docs/beacon.md alone, so that it can disagree with the script and with the engine."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

KINDS = ("move", "down", "up", "wheel", "touchstart", "touchmove", "touchend", "key", "focus", "blur", "shown", "hidden", "navigated", "click")
PLACED = {"move", "down", "up", "touchstart", "touchmove", "touchend"}


@dataclass
class Event:
    """One event; `at` is milliseconds since the blob's clock began, x and y are relative to the blob's first place."""

    kind: str
    at: int
    x: int = 0
    y: int = 0
    coalesced: int = 1
    untrusted: bool = False
    fractional: bool = False
    disagrees: bool = False
    rest: dict[str, int] = field(default_factory=dict)


@dataclass
class Blob:
    """One flush."""

    environment: int
    sequence: int
    clock: int
    events: list[Event]
    mac: bytes

    def kinds(self) -> list[str]:
        """What happened, in order."""
        return [event.kind for event in self.events]


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, count: int) -> bytes:
        part = self.data[self.at : self.at + count]
        assert len(part) == count, "the blob ends in the middle of an event"
        self.at += count
        return part

    def varint(self) -> int:
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def zigzag(self) -> int:
        value = self.varint()
        return (value >> 1) ^ -(value & 1)

    def signed(self) -> int:
        return struct.unpack("<b", self.take(1))[0]


def read(data: bytes) -> Blob:
    """The blob; an assertion fails where it is none."""
    reader = _Reader(data[:-16])
    version, environment, sequence = struct.unpack("<BHI", reader.take(7))
    assert version == 1
    clock = int.from_bytes(reader.take(6), "little")
    events: list[Event] = []
    last = Event("", 0)
    for _ in range(reader.varint()):
        last = _event(reader, last)
        events.append(last)
    assert reader.at == len(data) - 16, "bytes are left over"
    return Blob(environment, sequence, clock, events, data[-16:])


def _event(reader: _Reader, last: Event) -> Event:
    tag = reader.take(1)[0]
    coalesced = reader.varint() if tag & 0x80 else 1
    event = Event(KINDS[tag & 15], last.at + reader.varint(), last.x, last.y, coalesced, bool(tag & 0x10), bool(tag & 0x20), bool(tag & 0x40))
    if event.kind in PLACED:
        event.x += reader.zigzag()
        event.y += reader.zigzag()
    if event.kind == "down":
        event.rest = {"pressure": reader.take(1)[0], "ox": reader.signed(), "oy": reader.signed()}
    elif event.kind == "wheel":
        event.rest = {"delta": reader.zigzag(), "mode": reader.take(1)[0]}
    elif event.kind.startswith("touch"):
        event.rest = {"radius": reader.varint(), "pressure": reader.take(1)[0]}
    elif event.kind == "key":
        event.rest = {"dwell": reader.varint()}
    return event
