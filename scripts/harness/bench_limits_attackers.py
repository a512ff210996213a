"""Attackers with many addresses: whether memory stays bounded, heavy clients stay limited, and honest ones are let alone. By the engine over a store in
memory, and in a real Envoy under wrk."""

from __future__ import annotations

import re
import subprocess
import threading
import time
from dataclasses import dataclass, field
from typing import Callable

from . import bench_limits, bench_limits_accuracy, paths, progress, stack
from .crowd import Crowd, run
from .envoy import Envoy
from .problem import Problem

FOLDER = paths.STATE / "bench" / "attackers"
ADDRESSES = 10_000_000
# Pages of the store, and what they take in Envoy by filter/src/store.rs: 330 bytes each. The first is the default.
PAGES = (8_192, 40_960)
PAGE_BYTES = 330
# Requests a second of the attackers, and how often each address asks in a row.
SPRAYS = ((1_000, 1), (5_000, 1), (20_000, 1), (100_000, 1), (20_000, 20), (100_000, 20))
# Of what a bucket without bounds refuses heavy clients, and of what honest ones ask.
LEAST_REFUSED, MOST_LOST = 0.99, 0.001
# In Envoy: what heavy clients and honest ones ask for, beside the spray.
HEAVY, HONEST = 20, 500
MEMORY_MIB = 2
SPRAY = """local number = 0
request = function()
  number = number + 1
  local address = string.format("%d.%d.%d.%d", 20 + math.floor(number / 16777216), math.floor(number / 65536) % 256, math.floor(number / 256) % 256, number % 256)
  return "GET /many HTTP/1.1\\r\\nhost: bench\\r\\nx-forwarded-for: " .. address .. "\\r\\n\\r\\n"
end
"""


@dataclass(frozen=True)
class Curve:
    """One store under one spray, by the engine itself."""

    pages: int
    rate: int
    each: int
    seconds: int
    taken: int
    evicted: int
    heavy: tuple[int, int, int, int]
    honest: tuple[int, int, int]

    @property
    def refused(self) -> float:
        """Of what a bucket without bounds refuses heavy clients, what this one does."""
        _, excess, refused, _ = self.heavy
        return refused / max(excess, 1)

    @property
    def lost(self) -> float:
        """Of honest requests, those that this store alone refused."""
        asked, _, wrongly = self.honest
        return wrongly / max(asked, 1)


@dataclass
class Siege:
    """A real Envoy under a spray."""

    seconds: int
    spray: int = 0
    # When, in seconds, and resident bytes.
    memory: list[tuple[float, int]] = field(default_factory=list)
    crowds: list[Crowd] = field(default_factory=list)
    late: float = 0.0

    def growth(self) -> int:
        """Bytes by which Envoy grew once its buckets had filled, which the first tenth does many times over."""
        return self.memory[-1][1] - self.memory[1][1]


def curves(addresses: int = ADDRESSES) -> list[Curve]:
    """Every store under every spray."""
    progress.run("Building the bench of limits", ["cargo", "build", "--release", "--locked", "--target-dir", bench_limits.TARGET], log="bench-limits", cwd=bench_limits.PACKAGE)
    program = [bench_limits.TARGET / "release" / "attackers"]
    found = []
    for pages in PAGES:
        for rate, each in SPRAYS:
            # An address that asks more often is one of fewer, so that as many requests come.
            said = subprocess.run(program, input=f"{pages} {rate} {addresses // each} {each}\n", capture_output=True, text=True, check=True).stdout
            seconds, taken, evicted, *counts = map(int, said.split())
            found.append(Curve(pages, rate, each, seconds, taken, evicted, tuple(counts[:4]), tuple(counts[4:])))
    return found


def curves_table(found: list[Curve]) -> str:
    """Markdown."""
    lines = ["| pages (memory in Envoy) | attackers' requests/s | each address asks | lasts | words pushed out early | heavy clients' excess refused | honest requests lost |", "|---|---|---|---|---|---|---|"]
    for one in found:
        memory = f"{one.pages:,} ({one.pages * PAGE_BYTES / (1 << 20):.1f} MiB)"
        lines.append(f"| {memory} | {one.rate:,} | {one.each} × | {one.seconds:,} s | {one.evicted:,} | {100 * one.refused:.2f} % of {one.heavy[1]:,} | {one.honest[2]} of {one.honest[0]:,} |")
    return "\n".join(lines)


def siege(made: stack.Built, requests: int, say: Callable[[str], None]) -> Siege:
    """Envoy with two worker threads; wrk sends as much as it can until so many addresses have asked."""
    _, burst, refill = bench_limits_accuracy.MANY
    filter = bench_limits_accuracy.limited(made, "local", "--limits-memory", f"{MEMORY_MIB}MiB")
    with bench_limits_accuracy.started("siege", filter, 2) as envoy:
        rate = probe(envoy)
        seconds = max(10, round(requests / rate))
        say(f"{rate:,.0f} requests a second, so {requests:,} take about {seconds} s")
        result = Siege(seconds)
        result.crowds = [Crowd("heavy", "/many", HEAVY, refill * 10, burst, refill, (11, 1)), Crowd("honest", "/many", HONEST, refill / 2, burst, refill, (11, 2))]
        done = threading.Event()
        watcher = threading.Thread(target=watch, args=(envoy, result, done))
        watcher.start()
        wrk = subprocess.Popen(["wrk", "-t1", "-c32", f"-d{seconds}s", "-s", script(), f"http://127.0.0.1:{envoy.ports.http}/many"], stdout=subprocess.PIPE, text=True)
        try:
            result.late = run([envoy.ports.http], result.crowds, seconds - 1)
            said, _ = wrk.communicate(timeout=seconds + 30)
        finally:
            wrk.kill()
            done.set()
            watcher.join()
        result.spray = int(re.search(r"(\d+) requests in", said)[1])
    return result


def probe(envoy: Envoy) -> float:
    """How many requests a second come out of wrk, by a second of them."""
    said = subprocess.run(["wrk", "-t1", "-c32", "-d2s", "-s", script(), f"http://127.0.0.1:{envoy.ports.http}/many"], capture_output=True, text=True).stdout
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    if not found:
        raise Problem(f"wrk said: {said}")
    return float(found[1])


def script() -> str:
    """wrk's script: every request has an address of its own."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / "spray.lua"
    path.write_text(SPRAY)
    return str(path)


def watch(envoy: Envoy, result: Siege, done: threading.Event) -> None:
    """Memory, ten times over the whole."""
    began = time.monotonic()
    while True:
        result.memory.append((time.monotonic() - began, envoy.memory()))
        if done.wait(max(1.0, result.seconds / 10)):
            return


def siege_table(result: Siege) -> str:
    """Markdown."""
    lines = ["| clients | requests | admitted | an exact bucket admits | excess refused | answered otherwise |", "|---|---|---|---|---|---|"]
    for one in result.crowds:
        asked, admitted, exact = one.asked(), one.admitted(), one.exact()
        refused = f"{100 * (asked - admitted) / (asked - exact):.2f} %" if asked > exact else "none to refuse"
        lines.append(f"| {one.clients} {one.name} | {asked:,} | {admitted:,} | {exact:,} | {refused} | {one.errors} |")
    curve = ", ".join(f"{size / (1 << 20):.1f}" for _, size in result.memory)
    return "\n".join([*lines, "", f"{result.spray:,} requests from as many addresses in {result.seconds} s. Resident memory of Envoy in MiB, at even steps: {curve}."])


def missed(found: list[Curve], result: Siege | None) -> list[str]:
    """What is not as it must be."""
    # Addresses that empty their own buckets are limited themselves: what they do to a store of this size is shown, and no bar.
    wrong = [f"{one.pages} pages, {one.rate}/s: excess refused {100 * one.refused:.2f} %" for one in found if one.each == 1 and one.refused < LEAST_REFUSED]
    wrong += [f"{one.pages} pages, {one.rate}/s: honest requests lost {100 * one.lost:.3f} %" for one in found if one.lost > MOST_LOST]
    if result:
        heavy, honest = result.crowds
        if heavy.asked() - heavy.admitted() < LEAST_REFUSED * (heavy.asked() - heavy.exact()):
            wrong.append("heavy clients in Envoy")
        if honest.asked() - honest.admitted() > MOST_LOST * honest.asked():
            wrong.append("honest clients in Envoy")
        if result.growth() > MEMORY_MIB << 20:
            wrong.append(f"Envoy grew by {result.growth():,} bytes")
    return wrong
