"""When each suite runs, and what is said of it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import IO, Iterator

from . import build, certificate, environment, paths, process, progress
from .suites import CARGO_TEST, DID_NOT_RUN, Count, Suite, count, node_folders
from .terminal import paint

# The ports of each of those that run beside one another.
LANES = ("20000-26383", "26384-32767")
# What is under way, for who watches.
_running: list[str] = []


def run_all(suites: list[Suite]) -> Iterator[Count]:
    """What needs no host goes first, one after another. Then the hosts' suites go two at a time, for most of their time they wait. What only compiles has build folders of
    its own, and takes what time the processors have left, from the start; so does what has to be installed."""
    hosts = deque(suite for suite in suites if not suite.native and not suite.idle)
    spare, lanes = ThreadPoolExecutor(1), ThreadPoolExecutor(len(LANES))
    try:
        with progress.step(lambda: ", ".join(_running), passing=True):
            wants_hosts = not all(suite.native for suite in suites)
            installed, node = spare.submit(_install, wants_hosts), spare.submit(_install_node, wants_hosts)
            beside = [spare.submit(_run, suite) for suite in suites if suite.idle and not suite.after]
            for suite in suites:
                if suite.native:
                    if not suite.bare or installed.done():
                        installed.result()
                    yield _run(suite)
            for done in (installed, node):
                done.result()
            beside += [spare.submit(_run, suite) for suite in suites if suite.idle and suite.after]
            beside += [lanes.submit(_run_next, hosts, ports) for ports in LANES]
            for done in as_completed(beside):
                yield done.result()
    finally:
        hosts.clear()
        spare.shutdown(cancel_futures=True)
        lanes.shutdown()


def _install(hosts: bool) -> None:
    """What is not ours and many suites want: programs and Python packages."""
    if hosts:
        environment.programs(["curl", "wget", "wrk", "h2load", "chromium", "chromedriver", "redis-server"])
    environment.python()
    environment.trainer()
    if hosts:
        environment.origins()
    # Here, before suites run beside one another, of which each would make one.
    certificate.certificate()


def _install_node(hosts: bool) -> None:
    """Packages of Node's; suites ask for them once more."""
    for folder in node_folders() if hosts else ():
        environment.node_packages(folder)


def _run_next(hosts: deque[Suite], ports: str) -> Count:
    """One suite after another, until none is left; their servers have ports that no other lane's have."""
    total = Count()
    while True:
        try:
            suite = hosts.popleft()
        except IndexError:
            return total
        total += _run(suite, {process.PORTS: ports})


def _run(suite: Suite, env: dict[str, str] | None = None) -> Count:
    missing = suite.missing()
    if missing:
        _say(f"{suite.name:28} {paint('did not run', 'yellow')}: {missing}")
        return Count(skipped=1)
    began = time.monotonic()
    name = suite.name.replace(" ", "-").replace("/", "-")
    log = paths.LOGS / f"test-{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    total = Count()
    _running.append(suite.name)
    # What two suites build at the same time has a log in each.
    env = {**suite.env, **(env or {}), "OUTWORK_LOGS": str(paths.LOGS / name)}
    with open(log, "w") as out:
        for argv in suite.commands():
            total += _one(suite, argv, env, out)
    _running.remove(suite.name)
    command = paths.TARGET / "debug" / "outwork"
    if suite.name == CARGO_TEST and command.exists():
        os.environ[build.COMMAND] = str(command)
    _report(suite, total, time.monotonic() - began, log)
    return total


def _one(suite: Suite, argv: list, env: dict[str, str], out: IO[str]) -> Count:
    argv = [*(["nice", "-n", "19"] if suite.idle else []), *map(str, argv)]
    out.write(f"$ {' '.join(argv)}\n")
    try:
        child = subprocess.Popen(argv, cwd=suite.cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", env={**os.environ, **env, "CARGO_TERM_COLOR": "never"})
    except OSError as error:
        out.write(f"{error}\n")
        return Count(failed=1)
    try:
        said, _ = child.communicate()
    except BaseException:
        child.terminate()
        child.wait()
        raise
    out.write(said)
    out.flush()
    return count(said, child.returncode)


def _report(suite: Suite, total: Count, seconds: float, log: Path) -> None:
    result = paint(f"{total.passed:5} passed", "green") if not total.failed else paint(f"{total.failed:5} failed", "red") + f", {total.passed} passed"
    skipped = f", {total.skipped} did not run" if total.skipped else ""
    lines = log.read_text(errors="replace").splitlines()
    told = [line for line in lines if line.startswith("SKIPPED") or DID_NOT_RUN in line]
    if total.failed:
        told += [*lines[-60:], f"all of it: {paths.relative(log)}"]
    _say("\n    ".join([f"{suite.name:28} {result}{skipped}   {seconds:.1f} s", *told]))


def _say(text: str) -> None:
    """Lines that nothing of another suite comes between, in the place of the line that moves."""
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
