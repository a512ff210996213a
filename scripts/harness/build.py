"""What cargo makes: the filter, the rivals of the benchmark, the `outwork` command, and with it the policy bundle."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from . import paths, progress

WASM = "wasm32-wasip1"

# Names the `outwork` command that is built already: alone it is built with other features of its libraries than for the tests of all crates, and so are those.
COMMAND = "OUTWORK_COMMAND"


def filter() -> Path:
    """The filter as Envoy loads it."""
    progress.run("Building the filter (wasm)", ["cargo", "build", "--locked", "--release", "-p", "outwork-filter", "--target", WASM], log="build-filter")
    return paths.TARGET / WASM / "release" / "outwork_filter.wasm"


def insert() -> Path:
    """The filter that inserts the beacon's script into HTML."""
    progress.run("Building the inserting filter (wasm)", ["cargo", "build", "--locked", "--release", "-p", "outwork-insert", "--target", WASM], log="build-insert")
    return paths.TARGET / WASM / "release" / "outwork_insert.wasm"


def command() -> Path:
    """The `outwork` command."""
    if built := os.environ.get(COMMAND):
        return Path(built)
    progress.run("Building the outwork command", ["cargo", "build", "--locked", "-p", "outwork-cli"], log="build-command")
    return paths.TARGET / "debug" / "outwork"


def fast_command() -> Path:
    """The `outwork` command as its users build it."""
    progress.run("Building the outwork command (release)", ["cargo", "build", "--locked", "--release", "-p", "outwork-cli"], log="build-fast-command")
    return paths.TARGET / "release" / "outwork"


def bundle(outwork: Path, policy: Path, to: Path) -> Path:
    """One policy folder, checked, tested and compiled. What is there already is replaced as a whole: suites run beside one another."""
    to.parent.mkdir(parents=True, exist_ok=True)
    fresh = to.with_name(f".{to.name}.{os.getpid()}")
    progress.run(f"Building the policy {paths.relative(policy)}", [outwork, "build", policy, "-o", fresh], log="build-policy")
    os.replace(fresh, to)
    return to


def publish(outwork: Path, bundle: Path, wasm: Path, to: Path, *options: str) -> Path:
    """The file that a running Envoy watches. The command writes it beside itself and renames it."""
    to.parent.mkdir(parents=True, exist_ok=True)
    progress.run("Publishing the policy", [outwork, "publish", bundle, "--wasm", wasm, "--out", to, *options], log="publish")
    return to


def rate_limit_service() -> Path:
    """The rate limit service of the tests and the demo."""
    target = paths.TARGET / "rls"
    progress.run("Building the rate limit service", ["cargo", "build", "--locked"], log="build-rls", cwd=paths.RLS, env={"CARGO_TARGET_DIR": str(target)})
    return target / "debug" / "outwork-rls"


def axum_origin() -> Path:
    """The example origin of origin/rust."""
    progress.run("Building the example origin", ["cargo", "build", "--locked", "--example", "axum"], log="build-axum-origin", cwd=paths.ORIGIN_RUST, env={"CARGO_TARGET_DIR": str(paths.ORIGIN_TARGET)})
    return paths.ORIGIN_TARGET / "debug" / "examples" / "axum"


def export(outwork: Path, policy: Path, service: str) -> str:
    """The limits file of a rate limit service for a policy's global limits."""
    return subprocess.run([outwork, "limits", "export", "--format", service, "--policy", policy], capture_output=True, text=True, check=True).stdout


def rivals() -> dict[str, Path]:
    """The filters that the benchmark compares with, by name."""
    target = paths.TARGET / "rivals"
    progress.run("Building the rival filters (wasm)", ["cargo", "build", "--locked", "--release", "--examples", "--target", WASM], log="build-rivals", cwd=paths.RIVALS, env={"CARGO_TARGET_DIR": str(target)})
    folder = target / WASM / "release" / "examples"
    return {"no-op": folder / "noop.wasm", "copy": folder / "copy.wasm"}


def log_lines() -> Path:
    """The program that writes logs to replay, and reads them as a rival does."""
    argv = ["cargo", "bench", "--locked", "-p", "outwork-replay", "--bench", "lines", "--no-run", "--message-format", "json"]
    progress.run("Building the generator of logs", argv[:-2], log="build-log-lines")
    made = subprocess.run(argv, cwd=paths.ROOT, capture_output=True, text=True, check=True).stdout
    programs = [message["executable"] for message in map(json.loads, made.splitlines()) if message.get("executable")]
    return Path(programs[-1])


def rule_engines() -> Path:
    """The program that asks Outwork's rules and those of others the same."""
    return _rival("rules", "Building the rival rule engines")


def mix() -> Path:
    """The program that writes policies of a realistic mix, and requests for them."""
    return _rival("mix", "Building the generator of policies")


def _rival(package: str, title: str) -> Path:
    target = paths.TARGET / "rivals"
    progress.run(title, ["cargo", "build", "--locked", "--release", "-p", package], log=f"build-{package}", cwd=paths.RIVALS, env={"CARGO_TARGET_DIR": str(target)})
    return target / "release" / package
