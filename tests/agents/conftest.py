"""The scenario envoy-config/web-bot-auth, and the same with a server of directories in the place of the internet."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests" / "live"), str(HERE)]

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: E402
from directory import Directories  # noqa: E402
from harness import build, environment, paths, stack  # noqa: E402
from harness.edge import Ports  # noqa: E402
from harness.envoy import Envoy  # noqa: E402
from harness.process import free_port  # noqa: E402
from origin import Echo  # noqa: E402

# How long a directory may take, of which one on a busy machine takes some.
TIMEOUT_MS = 8_000
SCENARIO = paths.ROOT / "envoy-config" / "web-bot-auth" / "envoy.yaml"


@dataclass
class Edge:
    """A running Envoy, its origin, and who serves directories."""

    envoy: Envoy
    echo: Echo
    directories: Directories
    key: Ed25519PrivateKey

    @property
    def authority(self) -> str:
        """What a request to it is addressed to."""
        return f"localhost:{self.envoy.ports.http}"

    def ask(self, headers: dict[str, str], path: str = "/page") -> tuple[int, float, set[str]]:
        """The status, how many seconds it took, and the reasons that the origin was told."""
        self.echo.seen.pop(path, None)
        fields = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
        argv = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code} %{time_total}", *fields, f"http://{self.authority}{path}"]
        status, seconds = subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split()
        risk = [value for name, value in self.echo.seen.get(path, []) if name == "outwork-risk"]
        found = re.search(r"reasons=\(([^)]*)\)", risk[0]) if risk else None
        return int(status), float(seconds), set(re.findall(r'"([^"]*)"', found[1])) if found else set()

    def answer(self, path: str, headers: dict[str, str], body: str | None = None) -> tuple[int, dict[str, str]]:
        """The status and the fields of the answer; with a body, to a POST."""
        self.echo.seen.pop(path, None)
        fields = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
        sent = [] if body is None else ["--data-binary", body]
        argv = ["curl", "-s", "-o", "/dev/null", "-D", "-", *fields, *sent, f"http://{self.authority}{path}"]
        first, *lines = subprocess.run(argv, capture_output=True, text=True, check=True).stdout.strip().splitlines()
        return int(first.split()[1]), {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}

    def outcomes(self) -> dict[str, int]:
        """How many signatures had which outcome."""
        return {name.rpartition(".")[2]: count for name, count in self.envoy.stats(r"outwork_agents").items()}

    def fetches(self) -> dict[str, int]:
        """How many fetches had which result."""
        return {name.rpartition(".")[2]: count for name, count in self.envoy.stats(r"outwork_directories").items()}


def template(run: Path, egress: int) -> Path:
    """The scenario's envoy.yaml, whose way out listens on another port."""
    run.mkdir(parents=True, exist_ok=True)
    path, text = run / "template.yaml", SCENARIO.read_text()
    assert text.count("port_value: 8082") == 2
    path.write_text(text.replace("port_value: 8082", f"port_value: {egress}"))
    return path


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> stack.Built:
    """The filter, the command, and the bundle of ./policy."""
    wasm, outwork = build.filter(), build.command()
    return stack.Built(wasm, outwork, build.bundle(outwork, HERE / "policy", tmp_path_factory.mktemp("policy") / "agents.bundle"))


@pytest.fixture(scope="session")
def packages() -> None:
    """The npm packages of this folder."""
    environment.node_packages(HERE)


@pytest.fixture(scope="module")
def edge(made: stack.Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """An Envoy with the policy of ./policy."""
    with started(made, tmp_path_factory.mktemp("envoy")) as edge:
        yield edge


@pytest.fixture(scope="module")
def asking(made: stack.Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """An Envoy with the policy of ./asked, whose only agent has a directory that is fetched every second. It has one thread: each knows what it fetched itself."""
    run = tmp_path_factory.mktemp("asked")
    bundle = build.bundle(made.outwork, HERE / "asked", run / "asked.bundle")
    with started(stack.Built(made.wasm, made.outwork, bundle), run, concurrency=1, ages={"rotating": 1}) as edge:
        yield edge


@contextmanager
def started(made: stack.Built, run: Path, concurrency: int = 2, ages: Mapping[str, int] = MappingProxyType({})) -> Iterator[Edge]:
    """An Envoy whose way out leads to the server of directories, in plain text. It fetches them when it starts, and asks how old they may be."""
    key = Ed25519PrivateKey.generate()
    echo, directories = Echo(), Directories([key])
    directories.ages.update(ages)
    text = template(run, free_port()).read_text()
    cluster = text.index("  - name: agents\n    type: STATIC")
    served = re.sub(r"port_value: \d+", f"port_value: {directories.port}", text[cluster:], count=1)
    (run / "template.yaml").write_text(text[:cluster] + served)
    options = ("--agents-cluster", "agents", "--agents-timeout", str(TIMEOUT_MS))
    try:
        with stack.start(run, made, Ports(origin=echo.port), template=run / "template.yaml", options=options, concurrency=concurrency) as envoy:
            yield Edge(envoy, echo, directories, key)
    finally:
        directories.close()
        echo.close()
