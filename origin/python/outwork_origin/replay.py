"""Whether a request was here before."""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Awaitable
from typing import Protocol, Union


class Full(RuntimeError):
    """The cache has no room for one more: nothing can be said of this request."""


class ReplayCache(Protocol):
    """Keeps what must come only once. With Redis: `redis.set(f"outwork:{nonce}", 1, nx=True, exat=until + 60) is True`: a minute longer, for clocks that differ."""

    def first(self, nonce: str, until: int) -> Union[bool, Awaitable[bool]]:
        """True once for each `nonce`, which has to be kept until then (seconds since 1970). An exception refuses the request."""


class MemoryReplayCache:
    """For a server of one process: others have a memory of their own, where the same request is new once more.

    When `capacity` nonces are kept at once, more are refused: to forget one would let it come again. A signature is good for a
    minute, so this many serve 3,000 requests a second.
    """

    def __init__(self, capacity: int = 200_000) -> None:
        self.capacity = capacity
        self._known: set[str] = set()
        self._ends: list[tuple[int, str]] = []
        self._lock = threading.Lock()

    def first(self, nonce: str, until: int) -> bool:
        """As `ReplayCache` has it."""
        with self._lock:
            self._forget(time.time())
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
