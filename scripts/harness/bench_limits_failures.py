"""What a global limit costs a request while what counts it is killed, stopped or slow, and how soon it holds again: tests/global's policy under load."""

from __future__ import annotations

import contextlib
import json
import math
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import ContextManager

from . import edge, global_limits, paths, process, shop, stack
from .envoy import Envoy
from .global_limits import Redis, Service, absent, in_place_of
from .load import Load

TESTS = paths.ROOT / "tests" / "global"
# Milliseconds that a request waits for the service: what it is where nothing is said.
TIMEOUT = 20
CLIENTS = 8
# Seconds of load before it happens, while it lasts, and after.
BEFORE, DURING, AFTER = 2.0, 2.0, 4.0
# The bars: milliseconds beyond the timeout, and seconds until the limit holds again.
MOST_BEYOND, MOST_UNTIL_BACK = 5, 2.0
SLOW = 5 * TIMEOUT
# The limit that the service grants once an hour and the bucket in its place always: who is admitted was not counted by the service.
LIMITED, FREE = "/once", "/none"
PLAIN, COUNTED, KILLED = "a request without a limit", "counted, and nothing happens", "Redis killed and started again"


@dataclass
class Seen:
    """What became of the requests of all rounds."""

    milliseconds: list[int] = field(default_factory=list)
    failed: int = 0
    uncounted: int = 0
    until_back: list[float] = field(default_factory=list)

    @property
    def late(self) -> int:
        """Requests beyond the timeout and what the bar adds to it."""
        return sum(one > TIMEOUT + MOST_BEYOND for one in self.milliseconds)


def measure(made: stack.Built, rounds: int, say: Callable[[str], None]) -> dict[str, Seen]:
    """By what happens. Each round has clients of its own, so that each is counted anew."""
    run = paths.STATE / "bench" / "failures"
    run.mkdir(parents=True, exist_ok=True)
    origin = process.free_port()
    with Redis(run) as redis, Service(run, TESTS / "limits.yaml", redis=redis) as service, shop.shop(origin, run / "shop.log"):
        options = ("--global-cluster", "ratelimit", "--global-timeout", str(TIMEOUT))
        with stack.start(run / "envoy", made, edge.Ports(origin=origin), template=global_limits.template(run, service.port), options=options) as envoy:
            happenings = _happenings(redis, service, run)
            seen = {name: Seen() for name in happenings}
            first = 256
            for at in range(rounds):
                for name, (path, happening) in happenings.items():
                    _round(envoy, seen[name], path, happening, range(first, first + CLIENTS))
                    first += CLIENTS
                say(f"round {at + 1} of {rounds}")
            return seen


def table(seen: dict[str, Seen]) -> str:
    """Markdown."""
    lines = ["| | requests | 5xx | not counted | p50 ms | p99 ms | longest ms | over 25 ms | holds again after s, at most |", "|---|---|---|---|---|---|---|---|---|"]
    for name, one in seen.items():
        times = sorted(one.milliseconds)
        back = "" if name in (PLAIN, COUNTED) else f"{max(one.until_back):.2f}"
        uncounted = "" if name == PLAIN else one.uncounted
        lines.append(f"| {name} | {len(times):,} | {one.failed} | {uncounted} | {times[len(times) // 2]} | {times[len(times) * 99 // 100]} | {times[-1]} | {one.late} | {back} |")
    return "\n".join(lines)


def missed(seen: dict[str, Seen]) -> list[str]:
    """Which bars are missed by a Redis that is killed."""
    killed = seen[KILLED]
    found = [f"{killed.failed} requests failed"] if killed.failed else []
    found += [f"{killed.late} of {len(killed.milliseconds):,} requests took longer than {TIMEOUT + MOST_BEYOND} ms"] if killed.late else []
    found += [f"the limit held again only after {max(killed.until_back):.2f} s"] if max(killed.until_back) > MOST_UNTIL_BACK else []
    return found


def _happenings(redis: Redis, service: Service, run: Path) -> dict[str, tuple[str, Callable[[], ContextManager[None]]]]:
    return {
        PLAIN: (FREE, contextlib.nullcontext),
        COUNTED: (LIMITED, contextlib.nullcontext),
        KILLED: (LIMITED, lambda: absent(redis)),
        "Redis stopped (SIGSTOP), and it goes on": (LIMITED, lambda: _stopped(redis)),
        "the service killed and started again": (LIMITED, lambda: absent(service)),
        f"the service {SLOW} ms slow": (LIMITED, lambda: in_place_of(service, run, delay_ms=SLOW)),
    }


@contextlib.contextmanager
def _stopped(redis: Redis) -> Iterator[None]:
    os.kill(redis.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(redis.pid, signal.SIGCONT)


def _round(envoy: Envoy, seen: Seen, path: str, happening: Callable[[], ContextManager[None]], clients: range) -> None:
    """The time that each request took is Envoy's, whole milliseconds: that of the clients here would measure Python, too."""
    written = envoy.access_log.stat().st_size
    load = Load(envoy, path, clients)
    time.sleep(BEFORE)
    with happening():
        time.sleep(DURING)
    back = time.monotonic()
    time.sleep(AFTER)
    replies = load.stop()
    time.sleep(0.3)
    with open(envoy.access_log, "rb") as log:
        log.seek(written)
        seen.milliseconds += [json.loads(line)["duration_ms"] for line in log]
    seen.failed += sum(reply.status >= 500 for _, reply in replies)
    seen.uncounted += sum(reply.status != 429 for _, reply in replies) - CLIENTS
    refused = {reply.client: at - back for at, reply in reversed(replies) if reply.status == 429 and at > back}
    # A client who was not refused any more is one for whom the limit never held again.
    seen.until_back.append(max(refused.get(client, math.inf) for client in clients))
    # Breakers close before the next round.
    time.sleep(1.2)
