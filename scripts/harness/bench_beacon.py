"""What it takes to open a blob of 256 events and compute its features: a program of its own, natively and in V8 by Node's WASI."""

import subprocess

from . import paths

PACKAGE = paths.ROOT / "engine" / "benches" / "beacon"
TARGET = paths.ROOT / "target" / "bench-beacon"
PROGRAM = "outwork-bench-beacon"

# Microseconds, of a blob opened with its features computed.
MOST_NATIVE = 60
MOST_V8 = 150

STAGES = {"opened": "MAC and events", "features": "and features", "sketched": "and the sketch of its path"}


def measure() -> tuple[dict, dict]:
    """Of each stage the fastest and the median round, in microseconds: natively, and in V8."""
    build = ["cargo", "build", "--release", "--locked", "--target-dir", TARGET]
    subprocess.run(build, cwd=PACKAGE, check=True)
    subprocess.run([*build, "--target", "wasm32-wasip1"], cwd=PACKAGE, check=True)
    wasm = TARGET / "wasm32-wasip1" / "release" / f"{PROGRAM}.wasm"
    runner = paths.ROOT / "scripts" / "harness" / "run_wasi.mjs"
    return run([TARGET / "release" / PROGRAM]), run(["node", "--no-warnings", runner, wasm])


def run(command: list) -> dict:
    printed = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    return {name: [float(figure) for figure in figures] for name, *figures in map(str.split, printed.splitlines())}


def table(native: dict, wasm: dict) -> str:
    head = f"A blob of {native['events'][0]:.0f} events, {native['bytes'][0]:,.0f} bytes; the fastest of many short rounds, and the median, in µs. Each line holds those above it."
    rows = [f"| {called} | {cell(native[stage])} | {cell(wasm[stage])} |" for stage, called in STAGES.items()]
    bars = f"The bars are {MOST_NATIVE} µs natively and {MOST_V8} µs in V8, for the blob opened with its features."
    return "\n".join([head, "", "| | native | V8 |", "|---|---|---|", *rows, "", bars])


def cell(figures: list) -> str:
    fastest, median = figures
    return f"{fastest:.1f} ({median:.1f})"


def is_within(native: dict, wasm: dict) -> bool:
    """By the fastest round: other programs on the machine only ever add time."""
    return native["features"][0] <= MOST_NATIVE and wasm["features"][0] <= MOST_V8
