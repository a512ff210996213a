"""What the page's script sends, version 1, written once more in Python: for the tour and the benchmark. Little-endian; varints are LEB128."""

from __future__ import annotations

import struct

MASK = (1 << 64) - 1


def blob(key: bytes, sequence: int, clock: int, events: list[bytes], environment: int = 0) -> bytes:
    """One batch: its head, the events, and a MAC over both with the session's key. `clock` in milliseconds."""
    said = struct.pack("<BHI", 1, environment, sequence) + clock.to_bytes(6, "little") + varint(len(events)) + b"".join(events)
    return said + siphash128(key, said)


def move(after: int, dx: int, dy: int) -> bytes:
    """The pointer moved, so many milliseconds after the event before."""
    return b"\x00" + varint(after) + varint(zigzag(dx)) + varint(zigzag(dy))


def press(after: int, pressure: int = 128, offset: tuple[int, int] = (0, 0)) -> bytes:
    """A button went down, at this offset from the centre of what it hit."""
    return b"\x01" + varint(after) + varint(0) + varint(0) + struct.pack("<Bbb", pressure, *offset)


def release(after: int) -> bytes:
    """It went up again."""
    return b"\x02" + varint(after) + varint(0) + varint(0)


def varint(number: int) -> bytes:
    """LEB128."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def zigzag(number: int) -> int:
    """Small numbers of either sign as small ones without."""
    return number << 1 if number >= 0 else -number * 2 - 1


def siphash128(key: bytes, text: bytes) -> bytes:
    """SipHash-2-4 with 128 bits out (Aumasson and Bernstein, 2012; the reference implementation's variant for 16 bytes)."""
    k0, k1 = struct.unpack("<QQ", key)
    state = [k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D ^ 0xEE, k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573]
    padded = text + bytes(7 - len(text) % 8) + bytes([len(text) & 0xFF])
    for (word,) in struct.iter_unpack("<Q", padded):
        state[3] ^= word
        _rounds(state, 2)
        state[0] ^= word
    state[2] ^= 0xEE
    _rounds(state, 4)
    first = state[0] ^ state[1] ^ state[2] ^ state[3]
    state[1] ^= 0xDD
    _rounds(state, 4)
    return struct.pack("<QQ", first, state[0] ^ state[1] ^ state[2] ^ state[3])


def _rounds(state: list[int], count: int) -> None:
    a, b, c, d = state
    for _ in range(count):
        a = a + b & MASK
        b = _turn(b, 13) ^ a
        a = _turn(a, 32)
        c = c + d & MASK
        d = _turn(d, 16) ^ c
        a = a + d & MASK
        d = _turn(d, 21) ^ a
        c = c + b & MASK
        b = _turn(b, 17) ^ c
        c = _turn(c, 32)
    state[:] = a, b, c, d


def _turn(word: int, bits: int) -> int:
    return (word << bits | word >> 64 - bits) & MASK
