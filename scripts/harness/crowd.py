"""Crowds of clients that ask at an even pace, each under an address of its own, over a pool of connections. No client waits for another.

The address is the last of X-Forwarded-For: the Envoys that are asked trust one hop (bench_config.edge(hops=1)).
"""

from __future__ import annotations

import asyncio
import heapq
import random
import time
from collections import deque
from dataclasses import dataclass, field

# A connection answers one request after the other. Enough of them that none is waited for at these rates.
CONNECTIONS = 96


@dataclass
class Crowd:
    """Clients that ask for `path`, each `rate` times a second, over a bucket of `burst` tokens that fills with `refill` a second."""

    name: str
    path: str
    clients: int
    rate: float
    burst: int
    refill: float
    # The first two bytes of their addresses, so that no two crowds share one.
    network: tuple[int, int]
    # Of each client: when its requests were sent, in seconds, and whether each was admitted.
    sent: list[list[tuple[float, bool]]] = field(default_factory=list)
    errors: int = 0

    def address(self, client: int) -> str:
        """A client's address."""
        return f"{self.network[0]}.{self.network[1]}.{client // 250}.{client % 250 + 1}"

    def admitted(self) -> int:
        """How many requests were let through."""
        return sum(is_admitted for client in self.sent for _, is_admitted in client)

    def asked(self) -> int:
        """How many there were."""
        return sum(len(client) for client in self.sent)

    def exact(self) -> int:
        """How many an exact bucket would have let through at the instants at which they were sent."""
        return sum(exact([at for at, _ in sorted(client)], self.burst, self.refill) for client in self.sent)

    def error(self) -> float:
        """By what share of the exact number more or fewer were let through."""
        return self.admitted() / max(self.exact(), 1) - 1


def exact(times: list[float], burst: float, refill: float) -> int:
    """A token bucket in floating point: what it lets through of requests at these instants."""
    tokens, last, admitted = float(burst), times[0] if times else 0.0, 0
    for at in times:
        tokens, last = min(burst, tokens + (at - last) * refill), at
        if tokens >= 1:
            tokens -= 1
            admitted += 1
    return admitted


def windows(times: list[float], most: int, seconds: float) -> int:
    """A window that begins with the first request and begins anew with the first after its end: what it lets through."""
    began, left, admitted = float("-inf"), 0, 0
    for at in sorted(times):
        if at >= began + seconds:
            began, left = at, most
        if left > 0:
            left -= 1
            admitted += 1
    return admitted


def run(ports: list[int], crowds: list[Crowd], seconds: float) -> float:
    """All crowds at once, spread over the Envoys on these ports. By how many seconds the worst request was sent too late."""
    return asyncio.run(_run(ports, crowds, seconds))


class Connection(asyncio.Protocol):
    """One request at a time; once it is answered the connection goes back to its pool."""

    def __init__(self, pool: deque[Connection]) -> None:
        self.pool = pool
        self.read = b""
        self.asking: tuple[Crowd, int, float] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It can be used."""
        self.transport = transport
        self.pool.append(self)

    def ask(self, crowd: Crowd, client: int, at: float) -> None:
        """Sends a client's request."""
        self.asking = (crowd, client, at)
        self.transport.write(f"GET {crowd.path} HTTP/1.1\r\nhost: bench\r\nx-forwarded-for: {crowd.address(client)}\r\n\r\n".encode())

    def data_received(self, data: bytes) -> None:
        """Takes in an answer."""
        self.read += data
        head, end, body = self.read.partition(b"\r\n\r\n")
        if not end or len(body) < int(head.lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0]):
            return
        crowd, client, at = self.asking
        status, self.read, self.asking = int(head[9:12]), b"", None
        crowd.errors += status not in (200, 429)
        crowd.sent[client].append((at, status == 200))
        self.pool.append(self)

    def connection_lost(self, _: Exception | None) -> None:
        """An answer that never came is an error."""
        if self.asking:
            self.asking[0].errors += 1
            self.asking = None


async def _run(ports: list[int], crowds: list[Crowd], seconds: float) -> float:
    pools: list[deque[Connection]] = [deque() for _ in ports]
    all_of = [await _connected(port, pool) for port, pool in zip(ports, pools) for _ in range(CONNECTIONS // len(ports))]
    due: list[tuple[float, int, int]] = []
    for number, crowd in enumerate(crowds):
        crowd.sent = [[] for _ in range(crowd.clients)]
        due += [(random.random() / crowd.rate, number, client) for client in range(crowd.clients)]
    heapq.heapify(due)
    began, latest, turn = time.monotonic(), 0.0, 0
    while due and due[0][0] < seconds:
        at, number, client = due[0]
        ahead = at - (time.monotonic() - began)
        # What is due goes out in small bunches, between which answers are read.
        if ahead > 0.001:
            await asyncio.sleep(ahead)
        elif turn % 8 == 0:
            await asyncio.sleep(0)
        heapq.heapreplace(due, (at + 1 / crowds[number].rate, number, client))
        turn += 1
        pool = pools[turn % len(pools)]
        while not pool:
            await asyncio.sleep(0)
        latest = max(latest, time.monotonic() - began - at)
        # Any of the free ones: a client's requests come to all threads of an Envoy.
        pool.rotate(random.randrange(len(pool)))
        pool.popleft().ask(crowds[number], client, time.monotonic() - began)
    deadline = time.monotonic() + 5
    while any(connection.asking for connection in all_of) and time.monotonic() < deadline:
        await asyncio.sleep(0.01)
    for connection in all_of:
        connection.transport.close()
    return latest


async def _connected(port: int, pool: deque[Connection]) -> Connection:
    _, connection = await asyncio.get_running_loop().create_connection(lambda: Connection(pool), "127.0.0.1", port)
    return connection
