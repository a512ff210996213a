"""Long steps say what they do and for how long: a moving line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, Iterator, Sequence

from . import paths
from .problem import Problem
from .terminal import paint, width

# A step that is over sooner than this is not worth a line: a second start prints almost nothing.
QUIET_FOR = 0.7
# Where lines cannot move, one line a minute shows that the step is alive.
PLAIN_EVERY = 60.0


@contextmanager
def step(title: str | Callable[[], str], passing: bool = False) -> Iterator[None]:
    """Shows `title`, as it is at the time, and the elapsed time while the body runs. A `passing` step is reported by its caller, so nothing of it remains."""
    done = threading.Event()
    began = time.monotonic()
    shown = threading.Event()
    named = title if callable(title) else lambda: title
    ticker = threading.Thread(target=_tick, args=(named, began, done, shown, passing), daemon=True)
    ticker.start()
    outcome = "failed"
    try:
        yield
        outcome = "done"
    finally:
        done.set()
        ticker.join()
        if shown.is_set() and passing:
            print("\r\x1b[K" if sys.stderr.isatty() else "", end="", file=sys.stderr, flush=True)
        elif shown.is_set():
            _finish(named(), outcome, time.monotonic() - began)


def run(title: str, argv: Sequence[str | os.PathLike[str]], *, log: str, cwd: Path = paths.ROOT, env: dict[str, str] | None = None, help: str = "") -> None:
    """Runs a command as one step, its output in .outwork/logs/. A failure shows the end of that log."""
    paths.LOGS.mkdir(parents=True, exist_ok=True)
    path = paths.LOGS / f"{log}.log"
    with step(title), open(path, "wb") as out:
        code = _run(argv, out, cwd, env)
    if code != 0:
        raise Problem(f"{title[0].lower()}{title[1:]} failed (exit {code}); the end of {paths.relative(path)}:\n{tail(path)}", help)


def tail(path: Path, lines: int = 25) -> str:
    """The last lines of a log, indented."""
    text = path.read_text(errors="replace").splitlines()[-lines:]
    return "\n".join(f"    {line}" for line in text)


def _run(argv: Sequence[str | os.PathLike[str]], out: object, cwd: Path, env: dict[str, str] | None) -> int:
    child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, cwd=cwd, env={**os.environ, **(env or {})})  # type: ignore[call-overload]
    try:
        return child.wait()
    except BaseException:
        child.terminate()
        child.wait()
        raise


def _tick(title: Callable[[], str], began: float, done: threading.Event, shown: threading.Event, passing: bool) -> None:
    if done.wait(QUIET_FOR):
        return
    shown.set()
    moving = sys.stderr.isatty()
    if not moving and not passing:
        print(f"{title()} ...", file=sys.stderr, flush=True)
    while not done.wait(0.5 if moving else PLAIN_EVERY):
        elapsed = time.monotonic() - began
        if moving:
            print(f"\r\x1b[K{title()} ... {elapsed:.0f} s"[: width() + 4], end="", file=sys.stderr, flush=True)
        else:
            print(f"{title()} ... {elapsed:.0f} s so far", file=sys.stderr, flush=True)


def _finish(title: str, outcome: str, elapsed: float) -> None:
    clear = "\r\x1b[K" if sys.stderr.isatty() else ""
    word = outcome if outcome == "done" else paint(outcome, "red", sys.stderr)
    print(f"{clear}{title}: {word} in {elapsed:.1f} s", file=sys.stderr, flush=True)
