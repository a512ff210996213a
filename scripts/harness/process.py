"""Servers that the scripts start: each in its own session, logged to a file, stopped by its own pid, gone when the script is gone."""

from __future__ import annotations

import ctypes
import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable, Sequence

from . import progress
from .problem import Problem

PR_SET_PDEATHSIG = 1
# The first and the last port that servers here may have, where others are of another suite.
PORTS = "OUTWORK_PORTS"
_given: set[int] = set()


class Server:
    """A child process with a log. Start it from the main thread: Linux ties `die with your parent` to the thread that forked."""

    def __init__(self, name: str, argv: Sequence[str | os.PathLike[str]], log: Path, *, env: dict[str, str] | None = None, cwd: Path | None = None, input: int = subprocess.DEVNULL) -> None:
        self.name = name
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_bytes(b"")
        self._options = {"args": argv, "stdin": input, "cwd": cwd, "env": {**os.environ, **(env or {})}}
        self.child = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        with open(self.log, "ab") as out:
            return subprocess.Popen(**self._options, stdout=out, stderr=subprocess.STDOUT, start_new_session=True, preexec_fn=_die_with_parent)

    @property
    def pid(self) -> int:
        """The process id."""
        return self.child.pid

    def running(self) -> bool:
        """False once the process has ended, however."""
        return self.child.poll() is None

    def wait_until(self, ready: Callable[[], bool], seconds: float = 120.0) -> None:
        """Waits for `ready`, also on a machine that builds something else meanwhile; a server that ends or stays silent is a problem that shows its log."""
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.running():
                raise Problem(f"{self.name} ended at its start (exit {self.child.returncode}):\n{progress.tail(self.log)}")
            if time.monotonic() > deadline:
                self.stop()
                raise Problem(f"{self.name} was not ready after {seconds:.0f} s:\n{progress.tail(self.log)}")
            time.sleep(0.02)

    def stop(self, seconds: float = 5.0) -> int | None:
        """Asks the process to end, and insists after `seconds`. Returns its exit code."""
        if self.running():
            self.child.send_signal(signal.SIGTERM)
            try:
                self.child.wait(seconds)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()
        return self.child.returncode

    def kill(self) -> None:
        """Ends the process as a crash would."""
        self.child.kill()
        self.child.wait()

    def again(self) -> None:
        """Starts the process once more, as it was started first, after it has ended."""
        self.child = self._start()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def listening(port: int, host: str = "127.0.0.1") -> bool:
    """True where a connection is accepted."""
    with socket.socket() as probe:
        probe.settimeout(10)
        return probe.connect_ex((host, port)) == 0


def free_port() -> int:
    """A port that was free a moment ago, and that nobody else is given meanwhile: no connection as its own, for those begin at 32,768, and no suite beside this one."""
    first, last = map(int, os.environ.get(PORTS, "20000-32767").split("-"))
    while True:
        port = random.randint(first, last)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in _given:
            _given.add(port)
            return port


def require_free(port: int, option: str) -> None:
    """A taken port is found before anything is started."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise Problem(f"port {port} needs privileges that this user does not have", f"choose another port: {option} {port + 8000}") from None
        except (OSError, OverflowError) as error:
            raise Problem(f"port {port} cannot be used: {error}", f"stop what listens there, or choose another port: {option} {free_port()}") from None


def _die_with_parent() -> None:
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
