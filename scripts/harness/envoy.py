"""An Envoy process: validated, started, asked for its statistics, stopped."""

from __future__ import annotations

import os
import re
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

from . import environment
from .edge import Ports
from .process import Server

# Envoy holds access log lines back for ten seconds unless told otherwise; here somebody is watching.
FLUSH_MS = "50"
TRAP = re.compile(r"panicked|Uncaught|RuntimeError|in-VM backtrace|wasm_fail_stream")


class Envoy(Server):
    """A running Envoy. Its log is `run`/envoy.log, its access log `run`/log/access.json."""

    def __init__(self, run: Path, configuration: Path, ports: Ports, *, env: dict[str, str] | None = None, concurrency: int = 2, level: str = "warning") -> None:
        self.run = run
        self.ports = ports
        self.access_log = run / "log" / "access.json"
        self.access_log.parent.mkdir(parents=True, exist_ok=True)
        self.access_log.write_bytes(b"")
        argv = [environment.envoy(), "-c", configuration, "--concurrency", str(concurrency), "-l", level,
                "--file-flush-interval-msec", FLUSH_MS, "--disable-hot-restart", "--drain-time-s", "1"]
        super().__init__("Envoy", argv, run / "envoy.log", env=env)

    def wait_ready(self) -> None:
        """Returns when every listener has its filter and accepts connections."""
        self.wait_until(self.ready)

    def ready(self) -> bool:
        """What the admin's /ready says."""
        try:
            return self.admin("/ready").strip() == "LIVE"
        except OSError:
            return False

    def admin(self, path: str) -> str:
        """The text of an admin page."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.ports.admin}{path}", timeout=120) as answer:
            return answer.read().decode()

    def stats(self, pattern: str) -> dict[str, int]:
        """Counters and gauges whose name matches, by name."""
        found = {}
        for line in self.admin("/stats").splitlines():
            name, _, value = line.partition(": ")
            if re.search(pattern, name) and value.strip().lstrip("-").isdigit():
                found[name] = int(value)
        return found

    def memory(self) -> int:
        """Resident bytes of the process."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def cpu(self) -> float:
        """CPU seconds the process has used, to the nanosecond the scheduler counts."""
        total = 0
        for task in Path(f"/proc/{self.pid}/task").iterdir():
            total += int((task / "schedstat").read_text().split()[0])
        return total / 1e9

    def traps(self) -> list[str]:
        """Log lines that a panic or a trap of a module leaves. A refused configuration is no trap."""
        return [line for line in self.log.read_text(errors="replace").splitlines() if TRAP.search(line)]


def validate(configuration: Path, env: dict[str, str] | None = None) -> tuple[int, str]:
    """`envoy --mode validate`: its exit code and what it wrote. It configures the filter for real, so it checks bundle and keys."""
    asked = subprocess.run(
        [environment.envoy(), "--mode", "validate", "-c", configuration, "-l", "warning"],
        capture_output=True, text=True, timeout=300, env={**os.environ, **(env or {})},
    )
    return asked.returncode, asked.stdout + asked.stderr
