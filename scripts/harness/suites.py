"""Every suite of ./scripts/test: its name, its commands, and how what they print is counted."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Sequence

from . import build, environment, paths


DID_NOT_RUN = "DID NOT RUN"

# The suite that builds the `outwork` command by the way.
CARGO_TEST = "cargo test"
# What `cargo test` writes and the verifiers of origin/ read: honest requests, and the same with a change.
TAMPERING = {"OUTWORK_TAMPERING": str(paths.TARGET / "tmp" / "tampering.jsonl")}


@dataclass(frozen=True)
class Suite:
    """A named list of commands, run in order. `missing` says why the suite cannot run here, or nothing; an `idle` one takes what time the processors have left, some
    only `after` the native ones, of which they need something. A `bare` one needs nothing that is installed for the suites."""

    name: str
    commands: Callable[[], Sequence[Sequence[str | os.PathLike[str]]]]
    native: bool = False
    bare: bool = False
    idle: bool = False
    after: bool = False
    cwd: Path = paths.ROOT
    env: dict[str, str] = field(default_factory=dict)
    missing: Callable[[], str] = lambda: ""


@dataclass
class Count:
    """What a suite's output says."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)


def count(output: str, code: int) -> Count:
    """Reads the summaries of cargo test, pytest and node:test. A command that prints none is one test, by its exit code."""
    total = Count()
    for line in re.findall(r"^test result: .*$", output, re.M):
        total.passed += _number(line, "passed")
        total.failed += _number(line, "failed")
        total.skipped += _number(line, "ignored")
    for line in re.findall(r"^(?:=+ )?\d+ (?:passed|failed|skipped|errors?|deselected)\b.* in [\d.]+s.*$", output, re.M):
        total.passed += _number(line, "passed")
        total.failed += _number(line, "failed") + _number(line, "errors?")
        total.skipped += _number(line, "skipped")
    for word, number in re.findall(r"^(?:#|ℹ) (pass|fail|skipped) (\d+)$", output, re.M):
        name = {"pass": "passed", "fail": "failed", "skipped": "skipped"}[word]
        setattr(total, name, getattr(total, name) + int(number))
    # A test of ours that lacks its data says so and returns, which cargo counts as passed.
    absent = min(output.count(DID_NOT_RUN), total.passed)
    total.passed -= absent
    total.skipped += absent
    if code == 0 and total == Count():
        total.passed = 1
    if code != 0 and total.failed == 0:
        total.failed = 1
    return total


def all_suites() -> list[Suite]:
    """In the order they begin: what fails fast comes first, and of the hosts what takes longest, so that no long one is left over for the end."""
    return [*_native(), *_hosts()]


def _native() -> list[Suite]:
    cargo = ["cargo"]
    wasm = ["--target", "wasm32-wasip1"]
    return [
        Suite("format", lambda: [[*cargo, "fmt", "--all", "--check"]], native=True, bare=True),
        Suite("tidy", lambda: [["scripts/tidy"]], native=True, bare=True),
        Suite("lints", lambda: [
            [*cargo, "clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"],
            [*cargo, "clippy", "--locked", "-p", "outwork-filter", "-p", "outwork-insert", *wasm, "--", "-D", "warnings"],
            [*cargo, "clippy", "--locked", "-p", "outwork-worker", "--target", "wasm32-unknown-unknown", "--", "-D", "warnings"],
        ], native=True, bare=True),
        Suite("engine without std", lambda: [[*cargo, "build", "--locked", "-p", "outwork-engine", "--target", "x86_64-unknown-none"]], native=True, bare=True),
        Suite(CARGO_TEST, lambda: [[*cargo, "test", "--locked", "--workspace", "--no-fail-fast"]], native=True),
        Suite("rules", lambda: [[build.command(), word, "rules"] for word in ("check", "test")], native=True, missing=_needs("rules/outwork.toml")),
        Suite("scripts", lambda: [[environment.python(), "-m", "pytest", "-q", "-rs", "tests/scripts"]], native=True, missing=_needs("tests/scripts")),
        Suite("demo shop", lambda: [["node", "--test", "origin/shop/shop.test.mjs"]], native=True),
    ]


def _hosts() -> list[Suite]:
    pytest = [environment.PYTHON, "-m", "pytest", "-q", "-rs", "--color=no"]
    return [
        # First of those that only compile: suites of the hosts want them, in this order.
        Suite("modules for hosts", _modules, idle=True),
        Suite("rate limit service", lambda: [["cargo", "test", "--locked"]], idle=True, cwd=paths.RLS, env={"CARGO_TARGET_DIR": str(paths.TARGET / "rls")}),
        Suite("worker builds", lambda: [["worker/build"]], idle=True, after=True),
        Suite("fuzz targets compile", lambda: [["cargo", "check", "--locked", "--manifest-path", "fuzz/Cargo.toml", "--no-default-features", "--bins"]], idle=True, missing=_needs("fuzz/Cargo.toml")),
        Suite("rival rule engines compile", lambda: [["cargo", "check", "--locked", "--workspace"], ["cargo", "test", "--locked", "-q", "-p", "mix"]], idle=True, cwd=paths.RIVALS, env={"CARGO_TARGET_DIR": str(paths.TARGET / "rivals")}),
        Suite("rival filters compile", lambda: [["cargo", "check", "--locked", "--examples", "--target", "wasm32-wasip1"]], idle=True, cwd=paths.RIVALS, env={"CARGO_TARGET_DIR": str(paths.TARGET / "rivals")}),
        Suite("dependencies", lambda: [["cargo", "deny", "--offline", "check", "licenses", "bans", "sources"]], missing=lambda: "" if shutil.which("cargo-deny") else "cargo-deny is not installed"),
        Suite("origin/rust", _origin_in_rust, idle=True, after=True, cwd=paths.ORIGIN_RUST, env={"CARGO_TARGET_DIR": str(paths.ORIGIN_TARGET), **TAMPERING}),
        Suite("live clients", lambda: [[*pytest, "tests/live"]]),
        Suite("tests/browser", lambda: [[*pytest, "tests/browser"]]),
        Suite("tests/envoy", lambda: [[*pytest, "tests/envoy"]]),
        Suite("worker", _worker, missing=_needs("worker/test")),
        *(Suite(f"tests/{folder.name}", lambda folder=folder: [[*pytest, folder]]) for folder in _pytest_folders()),
        Suite("origin/python", lambda: [[environment.PYTHON, "-m", "mypy"], [*pytest, "tests"]], cwd=paths.ROOT / "origin" / "python", env=TAMPERING),
        *(Suite(f"{paths.relative(folder)} (node)", lambda folder=folder: _npm(folder), cwd=folder, env=TAMPERING) for folder in _node_folders()),
    ]


def _modules() -> list[list[str]]:
    """For Envoy as harness/build.py makes them, and the Worker's core."""
    return [*(["cargo", "build", "--locked", "--release", "-p", package, "--target", build.WASM] for package in ("outwork-filter", "outwork-insert")), ["worker/build", "--core"]]


def _origin_in_rust() -> list[list[str]]:
    """The crate is a workspace of its own, so that formatting and lints are asked for once more."""
    return [["cargo", "fmt", "--check"], ["cargo", "clippy", "--locked", "--all-targets", "--", "-D", "warnings"], ["cargo", "test", "--locked"]]


def _worker() -> list[list[str | Path]]:
    """The Worker in a real workerd. Only its test files are named: the folder beside them holds what they share."""
    environment.node_packages(paths.ROOT)
    environment.node_packages(paths.ROOT / "tests" / "agents")
    tests = sorted((paths.ROOT / "worker" / "test").glob("*.test.mjs"))
    return [["worker/build"], ["npx", "--no-install", "tsc", "-p", "worker/tsconfig.json"], ["node", "--test", "--test-timeout=300000", "--test-force-exit", *tests]]


def _npm(folder: Path) -> list[list[str]]:
    """A folder's own tests, with the packages of its lock file."""
    if (folder / "package-lock.json").exists():
        environment.node_packages(folder)
    return [["npm", "test", "--silent"]]


def node_folders() -> list[Path]:
    """Folders with packages of Node's."""
    return [paths.ROOT, *sorted(lock.parent for lock in paths.ROOT.glob("*/*/package-lock.json")), *sorted(lock.parent for lock in paths.ROOT.glob("*/package-lock.json"))]


def _needs(path: str) -> Callable[[], str]:
    return lambda: "" if (paths.ROOT / path).exists() else f"{path} is not there"


def _pytest_folders() -> list[Path]:
    """Folders of tests/ that hold pytest files, but for those with a suite of their own above."""
    named = {"live", "scripts", "browser", "envoy"}
    return sorted({file.parent for file in (paths.ROOT / "tests").glob("*/test_*.py")} - {paths.ROOT / "tests" / name for name in named})


def _node_folders() -> list[Path]:
    """Folders with a package.json that names a test command; the demo shop has its own suite above."""
    found = [*(paths.ROOT / "tests").glob("*/package.json"), *paths.ROOT.glob("*/package.json"), *(paths.ROOT / "worker").glob("*/package.json"), *(paths.ROOT / "origin").glob("*/package.json")]
    return sorted(file.parent for file in found if '"test"' in file.read_text())


def _number(line: str, word: str) -> int:
    found = re.search(rf"(\d+) {word}\b", line)
    return int(found[1]) if found else 0
