"""What evidence costs: signing in the edge natively and in V8, verifying at origins in Rust, Node and Python, beside other libraries."""

from __future__ import annotations

import json
import statistics
import subprocess

from . import build, paths, progress
from .bench_models import Runner, cell

PACKAGE = paths.ROOT / "engine" / "benches" / "evidence"
TARGET = paths.TARGET / "bench-evidence"
FOLDER = paths.STATE / "bench" / "evidence"
POLICY = paths.ROOT / "tests" / "origin" / "policy"
# Microseconds: of signing in V8, and of verifying in Rust.
MOST_SIGNING, MOST_VERIFYING = 6.0, 30.0
CASES = ("a page", "twelve long reasons", "signed: a bound body")
SHAPES = {"": "a page", " body": "a payment with a body of 4 KiB"}

ABOUT = (
    "Signing is the difference between whole decisions of one policy in force and in shadow, which signs nothing and is the same otherwise, in turns; V8 is Node's. The SHA-256 of a body is computed in both. "
    "Verifying is all that an origin does but for its replay cache: labels, components, parameters, times, the MAC, the typed risk, and the digest of a body. `httpsig` and `http-message-signatures` are asked "
    "for less: they parse, rebuild the base and compute the MAC (`httpsig` of component values that are ready made). Each figure is the median of slices; medians of the rounds, with quartiles in brackets; ratios within each round."
)

Round = dict[str, float]


def signing(rounds: int) -> list[Round]:
    """Microseconds a decision, by host and name."""
    argv = ["cargo", "build", "--release", "--locked", "--target-dir", TARGET]
    progress.run("Building the bench of evidence", argv, log="bench-evidence", cwd=PACKAGE)
    progress.run("Building it as WebAssembly", [*argv, "--target", "wasm32-wasip1"], log="bench-evidence-wasm", cwd=PACKAGE)
    bundles()
    name = "outwork-bench-evidence"
    native = Runner([TARGET / "release" / name, FOLDER])
    wasm = Runner(["node", "--no-warnings", paths.ROOT / "scripts" / "harness" / "run_wasi.mjs", TARGET / "wasm32-wasip1" / "release" / f"{name}.wasm", FOLDER])
    asked = [f"{what}{shape}" for shape in SHAPES for what in ("signed", "unsigned")]
    # A first round warms V8 up, which compiles what is called often once more.
    taken = [{f"{host} {what}": runner.ask(what) for what in asked for host, runner in (("native", native), ("V8", wasm))} for _ in range(rounds + 1)][1:]
    native.stop()
    wasm.stop()
    return taken


def bundles() -> None:
    """One policy in both modes."""
    outwork = build.command()
    for mode in ("enforce", "shadow"):
        folder = FOLDER / mode
        folder.mkdir(parents=True, exist_ok=True)
        for file in POLICY.glob("*.toml"):
            (folder / file.name).write_text(file.read_text().replace('mode = "enforce"', f'mode = "{mode}"'))
        build.bundle(outwork, folder, FOLDER / f"{mode}.bundle")


def costs(taken: list[Round], host: str, shape: str) -> list[float]:
    """What signing adds, round by round."""
    return [one[f"{host} signed{shape}"] - one[f"{host} unsigned{shape}"] for one in taken]


def signing_table(taken: list[Round]) -> str:
    """Markdown."""
    lines = ["| µs a decision | unsigned | signed | signing |", "|---|---|---|---|"]
    for shape, called in SHAPES.items():
        for host in ("native", "V8"):
            unsigned, signed = ([one[f"{host} {what}{shape}"] for one in taken] for what in ("unsigned", "signed"))
            lines.append(f"| {called}, {host} | {cell(unsigned, 2)} | {cell(signed, 2)} | {cell(costs(taken, host, shape), 2)} |")
    return "\n".join(lines)


def verifying(rounds: int) -> dict[str, dict[str, list[float]]]:
    """Microseconds a request by case and library, round by round."""
    argv = ["cargo", "bench", "--locked", "--bench", "verify", "--target-dir", paths.ORIGIN_TARGET, "--", str(rounds)]
    rust = subprocess.run(argv, cwd=paths.ORIGIN_RUST, stdout=subprocess.PIPE, text=True, check=True).stdout
    taken = {line["case"]: {"Rust": line["ours"], "`httpsig` 0.0.26": line["httpsig"]} for line in map(json.loads, rust.splitlines())}
    node = Runner(["node", paths.ROOT / "scripts" / "harness" / "bench_verify.mjs"])
    ours, theirs = "Python", "`http-message-signatures` 3.0.0"
    python = Runner([paths.VENV / "bin" / "python", paths.ROOT / "scripts" / "harness" / "bench_verify.py"])
    for _ in range(rounds + 1):
        for name in CASES:
            found = {"Node": node.ask(name), ours: python.ask(f"ours\t{name}"), theirs: python.ask(f"theirs\t{name}")}
            for library, figure in found.items():
                taken[name].setdefault(library, []).append(figure)
    node.stop()
    python.stop()
    for libraries in taken.values():
        for library in ("Node", ours, theirs):
            # The first round warms up.
            del libraries[library][0]
    return taken


def verifying_table(taken: dict[str, dict[str, list[float]]]) -> str:
    """Markdown."""
    libraries = list(next(iter(taken.values())))
    lines = [f"| µs a request | {' | '.join(libraries)} |", f"|---|{'---|' * len(libraries)}"]
    lines += [f"| {name} | {' | '.join(cell(found[library], 1) for library in libraries)} |" for name, found in taken.items()]
    ratios = [theirs / ours for found in taken.values() for theirs, ours in zip(found["`httpsig` 0.0.26"], found["Rust"])]
    return "\n".join([*lines, "", f"`httpsig` takes {cell(ratios, 2)} times as long as ours in Rust."])


def missed(signed: list[Round], verified: dict[str, dict[str, list[float]]]) -> list[str]:
    """Which bars are not met."""
    signing_cost = statistics.median(costs(signed, "V8", ""))
    verifying_cost = max(statistics.median(found["Rust"]) for found in verified.values())
    return [
        *([f"signing in V8 takes {signing_cost:.2f} µs"] if signing_cost > MOST_SIGNING else []),
        *([f"verifying in Rust takes {verifying_cost:.1f} µs"] if verifying_cost > MOST_VERIFYING else []),
    ]
