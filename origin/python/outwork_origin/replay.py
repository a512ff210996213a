"""Whether a request was here before."""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Protocol, Union

from . import checks


class Full(RuntimeError):
    """The cache has no room for one more: nothing can be said of this request."""


class ReplayCache(Protocol):
    """Keeps what must come only once. One that also has `first_transaction` is asked by that for transactions. With Redis: `redis.set(f"outwork:{nonce}", 1, nx=True, exat=until + 60) is True`: a minute longer, for clocks that differ."""

    def first(self, nonce: str, until: int) -> Union[bool, Awaitable[bool]]:
        """True once for each `nonce`, which has to be kept until then (seconds since 1970). An exception refuses the request."""


class MemoryReplayCache:
    """For a server of one process: others have a memory of their own, where the same request is new once more, and so has this one after it was started anew.

    When `capacity` nonces are kept at once, more are refused: to forget one would let it come again. A signature is good for a
    minute, so this many serve 3,000 requests a second. Transactions have as much room of their own, which nothing else takes.
    `clock` is that of the settings, where they have one.
    """

    def __init__(self, capacity: int = 200_000, clock: Callable[[], float] = time.time) -> None:
        checks.whole("capacity", capacity, 0, 10_000_000)
        checks.function("clock", clock)
        self._others = _Room(capacity, clock)
        self._transactions = _Room(capacity, clock)

    def first(self, nonce: str, until: int) -> bool:
        """As `ReplayCache` has it."""
        return self._others.first(nonce, until)

    def first_transaction(self, nonce: str, until: int) -> bool:
        """The same of a transaction."""
        return self._transactions.first(nonce, until)


class _Room:
    def __init__(self, capacity: int, clock: Callable[[], float]) -> None:
        self.capacity = capacity
        self.clock = clock
        self._known: set[str] = set()
        self._ends: list[tuple[int, str]] = []
        self._lock = threading.Lock()

    def first(self, nonce: str, until: int) -> bool:
        with self._lock:
            self._forget(self.clock())
            if nonce in self._known:
                return False
            if len(self._known) >= self.capacity:
                raise Full(f"{self.capacity} requests are remembered already")
            self._known.add(nonce)
            heapq.heappush(self._ends, (until, nonce))
            return True

    def _forget(self, now: float) -> None:
        while self._ends and self._ends[0][0] < now:
            self._known.discard(heapq.heappop(self._ends)[1])
