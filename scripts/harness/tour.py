"""The tour: real clients, one after the other, and what Outwork made of each."""

from __future__ import annotations

import subprocess
import sys
import uuid
from pathlib import Path

from . import decisions, paths, progress
from .decisions import Decision
from .envoy import Envoy
from .terminal import paint

sys.path.insert(0, str(paths.LIVE))
from clients.catalogue import CLIENTS, Client, fault  # noqa: E402

# Of the clients' programs, those that Debian has; the tour says which clients did not run without them.
PROGRAMS = ("curl", "wget", "chromium")


def run(envoy: Envoy, python: Path) -> int:
    """Prints the table. Exit code 1 where a verdict is not what the catalogue asks for."""
    print(f"\n{'client':36}{'is a':15}{'verdict':9}{'risk':>4}  reasons")
    wrong = absent = 0
    for client in CLIENTS:
        if not client.there():
            absent += 1
            print(f"{client.name:36}{client.kind:15}{paint('did not run', 'dim')}: {client.program} is not on this machine", flush=True)
            continue
        wrong += not show(client, *visit(envoy, client, python))
    print(f"\n{len(CLIENTS) - absent} clients, {wrong} unexpected" + (f", {absent} not on this machine" if absent else ""))
    behaviour = subprocess.run([python, "-m", "harness.behaviour", str(envoy.ports.https)], cwd=paths.ROOT / "scripts")
    return 1 if wrong or behaviour.returncode else 0


def visit(envoy: Envoy, client: Client, python: Path) -> tuple[Decision | None, str]:
    """One request by one client: the decision, or why there is none."""
    path = f"/tour/{uuid.uuid4().hex[:12]}"
    with progress.step(client.name, passing=True):
        try:
            ended = client.run(f"https://localhost:{envoy.ports.https}{path}", python)
            return decisions.wait_for(envoy.access_log, path), ""
        except LookupError as error:
            return None, f"{error}; the client said: {(ended.stderr or ended.stdout).strip()[-200:]}"
        except subprocess.TimeoutExpired:
            return None, "the client did not end within a minute"


def show(client: Client, decision: Decision | None, problem: str) -> bool:
    """One row; true where it is as expected."""
    problem = problem or fault(client, decision)
    if decision is None:
        print(f"{client.name:36}{client.kind:15}{paint(problem, 'red')}", flush=True)
        return False
    verdict = paint(f"{decision.verdict:9}", decisions.COLOURS.get(decision.verdict, ""))
    print(f"{client.name:36}{client.kind:15}{verdict}{decision.risk:>4}  {', '.join(decision.reasons)}", flush=True)
    if problem:
        print(f"{'':36}{paint('unexpected', 'red')}: {problem}", flush=True)
    return not problem
