"""What `outwork replay` takes for each line of a log, beside programs that do less with the same lines."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
from pathlib import Path

from . import build, paths

LINES = 100_000
FORMATS = ("envoy", "logpush", "combined")
# The bar: lines of JSON a second on one core.
LEAST = 150_000
OUTWORK, VALUES, JQ = "`outwork replay --jobs 1`", "`serde_json::Value` of each line", "`jq -c .`"
FOLDER = paths.STATE / "bench" / "replay"
Samples = dict[str, list[float]]


def measure(outwork: Path, bundle: Path, rounds: int) -> dict[str, tuple[int, Samples]]:
    """Of each format the bytes of a line, and of each program the processor seconds of every round."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    lines = build.log_lines()
    measured = {}
    for format in FORMATS:
        log = FOLDER / f"{format}.log"
        subprocess.run([lines, "generate", log, str(LINES), format], check=True)
        programs = {OUTWORK: [outwork, "replay", log, "--policy", bundle, "--format", format, "--jobs", "1"]}
        if format != "combined":
            programs[VALUES] = [lines, "values", log]
            programs |= {JQ: ["jq", "-c", ".", log]} if shutil.which("jq") else {}
        samples: Samples = {name: [] for name in programs}
        for _ in range(rounds):
            for name, argv in programs.items():
                samples[name].append(_seconds(argv))
        measured[format] = (log.stat().st_size // LINES, samples)
    return measured


def table(measured: dict[str, tuple[int, Samples]]) -> str:
    """Markdown."""
    rows = ["| format | bytes a line | program | lines/s | × the lines/s of `serde_json::Value` |", "|---|---|---|---|---|"]
    for format, (size, samples) in measured.items():
        for name, seconds in samples.items():
            rows.append(f"| {format} | {size} | {name} | {_spread([LINES / one for one in seconds], ',.0f')} | {_ratio(samples, name)} |")
    slowest = min(slow(measured).items(), key=lambda one: one[1])
    return "\n".join([*rows, "", f"JSON lines a second on one core, at the least: {slowest[1]:,.0f} ({slowest[0]}); the bar is {LEAST:,}."])


def slow(measured: dict[str, tuple[int, Samples]]) -> dict[str, float]:
    """The median lines a second of every format that is JSON."""
    return {format: LINES / statistics.median(samples[OUTWORK]) for format, (_, samples) in measured.items() if VALUES in samples}


def _ratio(samples: Samples, name: str) -> str:
    if VALUES not in samples or name == VALUES:
        return "1" if name == VALUES else ""
    return _spread([rival / own for rival, own in zip(samples[VALUES], samples[name])], ".2f")


def _spread(numbers: list[float], form: str) -> str:
    low, middle, high = statistics.quantiles(numbers, n=4) if len(numbers) > 1 else numbers * 3
    return f"{middle:{form}} ({low:{form}}–{high:{form}})"


def _seconds(argv: list[str | Path]) -> float:
    """What a program has had of the processor, in it and for it."""
    core = max(os.sched_getaffinity(0))
    process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, preexec_fn=lambda: os.sched_setaffinity(0, {core}))
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    return used.ru_utime + used.ru_stime
