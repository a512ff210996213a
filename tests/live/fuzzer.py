"""A byte-level fuzzer: whole requests broken in ways that no HTTP client can write. fuzzer.py HTTPS_PORT HTTP_PORT REQUESTS SEED

Prints one JSON object: how many were sent, how many answers of each status came, and how many connections ended without an answer.
"""

from __future__ import annotations

import json
import random
import re
import socket
import ssl
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from hpack import Encoder

# Most of a connection's time is waiting for silence.
THREADS = 16
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"
SEEDS = (
    b"GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\n\r\n",
    b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 11\r\n\r\nemail=a%40b",
    b"GET /?q=%00%ff HTTP/1.1\r\nHost: localhost\r\nCookie: a=b; c=d\r\nSignature: outwork=:AA==:, sig1=:BB==:\r\nSignature-Input: outwork=(\"@method\");created=1\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: " + b"A" * 3000 + b"\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"CONNECT localhost:443 HTTP/1.1\r\nHost: localhost:443\r\n\r\n",
)


def main() -> None:
    https, http, requests, seed = map(int, sys.argv[1:])
    kinds = ((http, None), (https, "http/1.1"), (https, "h2"), (https, "hello"))
    total: Counter[str] = Counter()
    with ThreadPoolExecutor(THREADS) as pool:
        for counts in pool.map(lambda number: fuzz(kinds, requests // THREADS + 1, random.Random(seed * 1000 + number)), range(THREADS)):
            total.update(counts)
    print(json.dumps(total))


def fuzz(kinds: tuple, requests: int, dice: random.Random) -> Counter[str]:
    """One connection after the other until there were enough requests."""
    counts: Counter[str] = Counter()
    while counts["sent"] < requests:
        port, kind = dice.choices(kinds, weights=(6, 2, 2, 1))[0]
        counts["connections"] += 1
        try:
            one_connection(dice, port, kind, counts)
        except ConnectionRefusedError:
            counts["refused"] += 1
        except (OSError, ssl.SSLError):
            # The server closed while we were still sending: that is its answer to nonsense.
            counts["closed"] += 1
    return counts


def one_connection(dice: random.Random, port: int, kind: str | None, counts: Counter[str]) -> None:
    """Many requests in one go, then everything that comes back."""
    with socket.create_connection(("127.0.0.1", port), timeout=2) as plain:
        many = dice.randint(1, 10)
        counts["sent"] += many
        if kind == "hello":
            talk(plain, mutated(dice, bytes([22, 3, 1]) + dice.randbytes(dice.randint(2, 700))), counts, quiet=0.05)
        elif kind is None:
            talk(plain, b"".join(mutated(dice, dice.choice(SEEDS)) for _ in range(many)), counts)
        else:
            context = ssl._create_unverified_context()
            context.set_alpn_protocols([kind])
            with context.wrap_socket(plain, server_hostname="localhost") as tls:
                data = frames(dice, many) if kind == "h2" else b"".join(mutated(dice, dice.choice(SEEDS)) for _ in range(many))
                talk(tls, data, counts)


def talk(connection: socket.socket, data: bytes, counts: Counter[str], quiet: float = 0.15) -> None:
    """Sends all, reads until the server is silent or closes, counts the HTTP/1.1 statuses."""
    connection.sendall(data)
    connection.settimeout(quiet)
    said = b""
    try:
        while part := connection.recv(65536):
            said += part
        counts["closed"] += 1
    except TimeoutError:
        counts["waiting"] += 1
    for status in re.findall(rb"(?:^|\n|\})HTTP/1\.[01] (\d{3}) ", said):
        counts[f"status {status.decode()}"] += 1
    for status in statuses(said):
        counts[f"status {status}"] += 1


def mutated(dice: random.Random, seed: bytes) -> bytes:
    """A few cuts, flips, repetitions and insertions."""
    data = bytearray(seed)
    for _ in range(dice.choice((0, 1, 1, 2, 3, 8))):
        at = dice.randrange(len(data) + 1)
        match dice.randrange(6):
            case 0:
                data[at : at + 1] = bytes([dice.randrange(256)])
            case 1:
                del data[at : at + dice.randint(1, 20)]
            case 2:
                data[at:at] = dice.randbytes(dice.randint(1, 30))
            case 3:
                data[at:at] = data[at : at + dice.randint(1, 200)]
            case 4:
                data[at:at] = dice.choice((b"\r\n", b"\n", b"\x00", b": ", b"\r\n\r\n", b"\xff\xfe", b" ", b"%", b"HTTP/9.9", b"outwork-risk: 1\r\n"))
            case 5:
                data += dice.choice(SEEDS)[: dice.randint(0, 80)]
    return bytes(data)


def frames(dice: random.Random, many: int) -> bytes:
    """An HTTP/2 connection: header blocks with arbitrary bytes, now and then a frame that is no frame."""
    encoder, out = Encoder(), bytearray(PREFACE)
    for number in range(many):
        pseudo = [(b":method", b"GET"), (b":scheme", b"https"), (b":authority", b"localhost"), (b":path", b"/" + dice.randbytes(dice.randint(0, 8)).hex().encode())]
        dice.shuffle(pseudo)
        names = (b"user-agent", b"cookie", b"outwork-risk", b"signature", b"sec-ch-ua", b"accept-language", dice.randbytes(3).hex().encode())
        regular = [(dice.choice(names), junk(dice)) for _ in range(dice.randint(0, 12))]
        block = encoder.encode(pseudo + regular)
        if dice.random() < 0.02:
            block = mutated(dice, block)
        out += frame(1, 0x5, 2 * number + 1, block)
        if dice.random() < 0.02:
            out += frame(dice.randrange(12), dice.randrange(256), dice.randrange(100), dice.randbytes(dice.randint(0, 40)))
    return bytes(out)


def junk(dice: random.Random) -> bytes:
    """A value that mostly is legal HTTP (no control characters) and never is sensible."""
    low = 0 if dice.random() < 0.01 else 33
    return bytes(dice.randint(low, 255) if low == 0 else dice.choice((dice.randint(33, 126), dice.randint(128, 255))) for _ in range(dice.randint(0, 60)))


def frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    """One HTTP/2 frame."""
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def statuses(said: bytes) -> list[str]:
    """The :status of each HEADERS frame, where the bytes are HTTP/2."""
    from hpack import Decoder
    from hpack.exceptions import HPACKError

    found, decoder, at = [], Decoder(), 0
    while at + 9 <= len(said) and not said.startswith(b"HTTP/"):
        length, kind = int.from_bytes(said[at : at + 3], "big"), said[at + 3]
        if kind == 1:
            try:
                found += [value for name, value in decoder.decode(said[at + 9 : at + 9 + length]) if name == ":status"]
            except HPACKError:
                return found
        at += 9 + length
    return found


if __name__ == "__main__":
    main()
