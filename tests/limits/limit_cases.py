"""The cases of cases.json against a running Envoy: all at the same time, each from addresses of its own, by the clock."""

from __future__ import annotations

import http.client
import json
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness import build, decisions
from harness.envoy import Envoy

HERE = Path(__file__).resolve().parent
SUITE = json.loads((HERE / "cases.json").read_text())
CASES = SUITE["cases"]
NAMES = [case["name"] for case in CASES]
LOG_SECONDS = 60


@dataclass(frozen=True)
class Asked:
    """A request: what becomes of it by the case, and what its client was told."""

    path: str
    outcome: str
    reasons: list[str] | None
    status: int
    retry: bool
    early: bool


def bundle(outwork: Path, scope: str, folder: Path) -> Path:
    """The suite's policy, its limits of this scope."""
    shutil.copytree(HERE / "policy", folder / "policy")
    file = folder / "policy" / "outwork.toml"
    file.write_text(file.read_text().replace('scope = "local"', f'scope = "{scope}"'))
    return build.bundle(outwork, folder / "policy", folder / "limits.bundle")


def limits_file(outwork: Path, made: Path, to: Path) -> Path:
    """What the rate limit service counts by: made of the policy, as a user makes it."""
    argv = [outwork, "limits", "export", "--policy", made, "--format", "limitador"]
    to.write_text(subprocess.run(argv, capture_output=True, text=True, check=True).stdout)
    return to


def play(envoy: Envoy) -> dict[str, list[str]]:
    """Plays every case. What went wrong, by the case's name: each line says what was to be, and what was."""
    with ThreadPoolExecutor(len(CASES)) as pool:
        played = list(pool.map(lambda numbered: _case(envoy.ports.http, *numbered), enumerate(CASES, 1)))
    records = _records(envoy.access_log, {asked.path for case in played for asked in case})
    return {case["name"]: [line for one in asked if (line := _wrong(one, records.get(one.path)))] for case, asked in zip(CASES, played)}


def _case(port: int, number: int, case: dict[str, Any]) -> list[Asked]:
    asked, clients = [], [""]
    for place, step in enumerate(case["steps"]):
        time.sleep(step.get("wait", 0) / 1000)
        name = step.get("as", "")
        clients += [] if name in clients else [name]
        address = f"127.1.{number}.{clients.index(name) + 1}"
        for turn, outcome in enumerate(step.get("ask", [])):
            path = f"{step.get('path', case['path'])}{100 * place + turn}"
            began = time.monotonic()
            status, retry = _send(port, address, step.get("method", "GET"), path, step.get("headers", {}))
            reasons = None if outcome == "allow" else step["reasons"]
            # A timer may be early by a tenth of what it was told; a machine may be late by any time.
            early = outcome != "allow" and time.monotonic() - began < 0.9 * step.get("held", 0) / 1000
            asked.append(Asked(path, outcome, reasons, status, retry, early))
    return asked


def _send(port: int, address: str, method: str, path: str, headers: dict[str, str]) -> tuple[int, bool]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60, source_address=(address, 0))
    try:
        connection.request(method, path, headers={"host": "shop.example", **headers})
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.getheader("retry-after") is not None
    finally:
        connection.close()


def _records(log: Path, paths: set[str]) -> dict[str, decisions.Decision]:
    found, deadline = {}, time.monotonic() + LOG_SECONDS
    for decision in decisions.follow(log, lambda: paths <= found.keys() or time.monotonic() > deadline):
        found[decision.path] = decision
    return found


def _wrong(asked: Asked, decision: decisions.Decision | None) -> str:
    wanted = SUITE["outcomes"][asked.outcome]
    verdict = decision.verdict if decision else "no record"
    reasons = decision.reasons if decision and asked.reasons is not None else None
    got = {"verdict": verdict, "status": asked.status, "retry": asked.retry}
    if got == wanted and reasons == asked.reasons and not asked.early:
        return ""
    return f"{asked.path}: {asked.outcome} {asked.reasons or ''} expected, got {got} {reasons or ''}{', not held back' if asked.early else ''}"
