"""The shipped edge configuration with the built filter, and a policy whose reasons say what the filter saw."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests" / "live")]

from harness import build, stack  # noqa: E402
from harness.edge import Ports  # noqa: E402
from harness.envoy import Envoy  # noqa: E402
from origin import Echo  # noqa: E402


@dataclass
class Edge:
    """A running Envoy with its origin."""

    envoy: Envoy
    echo: Echo
    made: stack.Built

    def url(self, path: str, scheme: str = "https") -> str:
        """An address of this Envoy."""
        port = self.envoy.ports.https if scheme == "https" else self.envoy.ports.http
        return f"{scheme}://localhost:{port}{path}"

    def curl(self, path: str, *options: str, scheme: str = "https") -> str:
        """What curl prints: the status, unless the options say otherwise."""
        argv = ["curl", "-sk", "-o", "/dev/null", "-w", "%{http_code}", *options, self.url(path, scheme)]
        return subprocess.run(argv, capture_output=True, text=True, check=True).stdout

    def reasons(self, *options: str, scheme: str = "https") -> set[str]:
        """Why the filter decided as it did about a request with these options of curl."""
        self.echo.seen.pop("/seen", None)
        assert self.curl("/seen", *options, scheme=scheme) == "200"
        (risk,) = [value for name, value in self.echo.seen["/seen"] if name == "outwork-risk"]
        return set(re.findall(r'"([^"]*)"', re.search(r"reasons=\(([^)]*)\)", risk)[1]))


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> stack.Built:
    """The filter, the command, and the bundle of ./policy."""
    wasm, outwork = build.filter(), build.command()
    return stack.Built(wasm, outwork, build.bundle(outwork, HERE / "policy", tmp_path_factory.mktemp("policy") / "seen.bundle"))


@pytest.fixture(scope="session")
def limits(made: stack.Built, tmp_path_factory: pytest.TempPathFactory) -> stack.Built:
    """The bundle of ./limits."""
    return stack.Built(made.wasm, made.outwork, build.bundle(made.outwork, HERE / "limits", tmp_path_factory.mktemp("limits") / "limits.bundle"))


@pytest.fixture(scope="module")
def edge(made: stack.Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """Started once a module, stopped whatever happens."""
    echo = Echo()
    try:
        with stack.start(tmp_path_factory.mktemp("envoy"), made, Ports(origin=echo.port)) as envoy:
            yield Edge(envoy, echo, made)
    finally:
        echo.close()
