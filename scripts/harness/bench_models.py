"""What it takes to score a request by a model: ours natively and in V8, LightGBM's C single-row call and CatBoost's C++ export, all in one run and in turns."""

from __future__ import annotations

import statistics
import subprocess
from pathlib import Path

from . import environment, paths, progress

PACKAGE = paths.ROOT / "engine" / "benches" / "models"
TARGET = paths.ROOT / "target" / "bench-models"
FOLDER = paths.STATE / "bench" / "models"
PROGRAM = "outwork-bench-models"
TREES = ("100", "300")
# Fresh instances of which the first call is measured.
FRESH = 5

# Nanoseconds in V8, binning included: a score by so many trees; with exact contributions and the reasons of them.
MOST = {"100": 350, "300": 800}
MOST_WHY = 3_000
# Microseconds of the first call of a fresh instance.
MOST_FIRST = 500
# How many times slower than ours rivals must be, natively, with 300 trees.
LEAST = {"lightgbm": 20, "catboost": 5}
# How far the sum of scores of all rows may be from CatBoost's, in logits a row: leaves are rounded to 16 bits.
MOST_OFF = 0.001

STAGES = {"bin": "bins of an array of values", "score": "and the score", "why": "and exact contributions, reasons", "readings": "values read one by one, bins, score", "scene": "the signals' values read out of a request"}


class Runner:
    """A program that measures one thing for each line that it is sent."""

    def __init__(self, command: list) -> None:
        self.process = subprocess.Popen([str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, line: str) -> float:
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        return self.read()

    def read(self) -> float:
        return float(self.process.stdout.readline())

    def stop(self) -> None:
        self.process.stdin.close()
        self.process.wait()


def measure(rounds: int) -> dict:
    """Of every variant its rounds; ratios can be taken within each."""
    library, sizes = prepare()
    native, wasm = [TARGET / "release" / PROGRAM, FOLDER], ["node", "--no-warnings", paths.ROOT / "scripts" / "harness" / "run_wasi.mjs", TARGET / "wasm32-wasip1" / "release" / f"{PROGRAM}.wasm", FOLDER]
    first = {"native": fresh(native), "V8": fresh(wasm)}
    runners = {"native": Runner(native), "V8": Runner(wasm), "rivals": Runner([FOLDER / "rivals", FOLDER, library])}
    for host in ("native", "V8"):
        runners[host].read()
    off = {trees: abs(runners["V8"].ask(f"{trees} sums") - runners["rivals"].ask(f"sums {trees} catboost")) / 4_000 for trees in TREES}
    asked = [(host, trees, stage, f"{trees} {stage}") for trees in TREES for stage in STAGES for host in ("native", "V8")]
    asked += [("rivals", trees, rival, f"{rival} {trees}") for trees in TREES for rival in LEAST]
    # A first round warms V8 up, which compiles what is called often once more.
    taken = [{(host, trees, what): runners[host].ask(line) for host, trees, what, line in asked} for _ in range(rounds + 1)][1:]
    for runner in runners.values():
        runner.stop()
    return {"rounds": taken, "first": first, "off": off, "sizes": sizes}


def prepare() -> tuple[str, dict]:
    """Trains the models, compiles everything. LightGBM's library, and the sizes of our models without contributions."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    environment.programs(["cc"])
    build = ["cargo", "build", "--release", "--locked", "--target-dir", TARGET]
    progress.run("Building the bench of models", build, log="bench-models", cwd=PACKAGE)
    progress.run("Building it as WebAssembly", [*build, "--bin", PROGRAM, "--target", "wasm32-wasip1"], log="bench-models-wasm", cwd=PACKAGE)
    importer = TARGET / "release" / "import"
    names = run([importer, "signals"])
    (FOLDER / "names").write_text(names)
    run([environment.trainer(), PACKAGE / "make.py", "catboost", FOLDER], names)
    said = run([environment.rivals(), PACKAGE / "make.py", "lightgbm", FOLDER], names)
    sizes = {trees: int(size) for trees, _, size in map(str.split, run([importer, FOLDER]).splitlines())}
    for trees in TREES:
        renamed = [f"-D{name}={name}{trees}" for name in ("CatboostModel", "CatboostModelStatic", "ApplyCatboostModel", "ApplyCatboostModelMulti")]
        run(["g++", "-O3", "-std=c++17", "-c", *renamed, FOLDER / f"catboost-{trees}.cpp", "-o", FOLDER / f"catboost-{trees}.o"])
    run(["g++", "-O3", "-std=c++17", PACKAGE / "rivals.cpp", *(FOLDER / f"catboost-{trees}.o" for trees in TREES), "-ldl", "-o", FOLDER / "rivals"])
    library = next(line.split(maxsplit=1)[1] for line in said.splitlines() if line.startswith("library "))
    return library, sizes


def run(command: list, given: str = "") -> str:
    return subprocess.run([str(part) for part in command], input=given, stdout=subprocess.PIPE, text=True, check=True).stdout


def fresh(command: list) -> list:
    """The first calls of fresh instances, in microseconds."""
    firsts = []
    for _ in range(FRESH):
        runner = Runner(command)
        firsts.append(runner.read())
        runner.stop()
    return firsts


def table(measured: dict) -> str:
    rounds = measured["rounds"]
    parts = ["| nanoseconds a row | " + " | ".join(f"{trees} trees, {host}" for trees in TREES for host in ("native", "V8")) + " |", "|---|---|---|---|---|"]
    parts += [f"| {called} | " + " | ".join(cell([taken[host, trees, stage] for taken in rounds]) for trees in TREES for host in ("native", "V8")) + " |" for stage, called in STAGES.items()]
    parts += ["", "| rival, nanoseconds a row | 100 trees | × ours, native | 300 trees | × ours, native | × ours, V8 |", "|---|---|---|---|---|---|"]
    names = {"lightgbm": "LightGBM 4.7.0, C, single row, fast, trees of 31 leaves", "catboost": "CatBoost 1.2.10, C++ export, g++ -O3"}
    for rival, called in names.items():
        small, large = ([taken["rivals", trees, rival] for taken in rounds] for trees in TREES)
        parts.append(f"| {called} | {cell(small)} | {cell(ratios(rounds, rival, '100', 'native'), 1)} | {cell(large)} | {cell(ratios(rounds, rival, '300', 'native'), 1)} | {cell(ratios(rounds, rival, '300', 'V8'), 1)} |")
    first = "; ".join(f"{host} {min(taken):.0f} to {max(taken):.0f} µs" for host, taken in measured["first"].items())
    sizes = " and ".join(f"{size:,} bytes ({trees} trees)" for trees, size in measured["sizes"].items())
    off = max(measured["off"].values())
    ending = f"First call of a fresh instance, model loaded: {first}. Files without contributions: {sizes}. The mean score is within {off:.5f} logits of CatBoost's own. {judged(measured)}"
    return "\n".join([*parts, "", ending])


def judged(measured: dict) -> str:
    missed = misses(measured)
    bars = f"The bars: {MOST['100']} and {MOST['300']} ns in V8 for bins and score, {MOST_WHY} with contributions, no slower natively, {LEAST['lightgbm']} × and {LEAST['catboost']} × at 300 trees, {MOST_FIRST} µs for a first call"
    return f"{bars}; missed: {', '.join(missed)}." if missed else f"{bars}: all met."


def misses(measured: dict) -> list[str]:
    rounds = measured["rounds"]

    def median(host: str, trees: str, what: str) -> float:
        return statistics.median(taken[host, trees, what] for taken in rounds)

    wrong = [f"{trees} trees in V8" for trees in TREES if median("V8", trees, "score") > MOST[trees]]
    wrong += [f"contributions of {trees} trees" for trees in TREES if median("V8", trees, "why") > MOST_WHY]
    wrong += [f"{trees} trees natively" for trees in TREES if statistics.median(taken["native", trees, "score"] / taken["V8", trees, "score"] for taken in rounds) > 1]
    wrong += [f"{rival} {least} ×" for rival, least in LEAST.items() if statistics.median(ratios(rounds, rival, "300", "native")) < least]
    wrong += ["first call"] if statistics.median(measured["first"]["V8"]) > MOST_FIRST else []
    return wrong + [f"{trees} trees as CatBoost scores them" for trees, off in measured["off"].items() if off > MOST_OFF]


def ratios(rounds: list[dict], rival: str, trees: str, host: str) -> list[float]:
    return [taken["rivals", trees, rival] / taken[host, trees, "score"] for taken in rounds]


def cell(figures: list[float], digits: int = 0) -> str:
    low, middle, high = statistics.quantiles(figures, n=4) if len(figures) > 1 else figures * 3
    return f"{middle:,.{digits}f} ({low:,.{digits}f}–{high:,.{digits}f})"
