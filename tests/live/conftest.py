"""The stack under test: the shipped edge configuration, the built filter, the baseline policy, and an origin that repeats what it got."""

from __future__ import annotations

import json
import os
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "scripts")]
os.environ["no_proxy"] = "*"

from harness import decisions, edge, stack  # noqa: E402
from harness.envoy import Envoy  # noqa: E402
from origin import Echo  # noqa: E402


@dataclass
class Live:
    """A running Envoy with its origin."""

    envoy: Envoy
    echo: Echo
    made: stack.Built
    keys: dict[str, str]

    def url(self, path: str, scheme: str = "https") -> str:
        """An address of this Envoy."""
        port = self.envoy.ports.https if scheme == "https" else self.envoy.ports.http
        return f"{scheme}://localhost:{port}{path}"

    def path(self) -> str:
        """A path that nothing else asks for, by which a decision is found again."""
        return f"/live/{uuid.uuid4().hex[:12]}"

    def decision(self, path: str) -> decisions.Decision:
        """What was decided about the request for `path`."""
        return decisions.wait_for(self.envoy.access_log, path)

    def arrived(self, path: str) -> dict[str, list[str]]:
        """The headers that reached the origin with the request for `path`."""
        lines: dict[str, list[str]] = {}
        for name, value in self.echo.seen[path]:
            lines.setdefault(name, []).append(value)
        return lines


@pytest.fixture(scope="session")
def made() -> stack.Built:
    """The filter, the command and the baseline's bundle, built once."""
    return stack.built()


@pytest.fixture(scope="module")
def live(made: stack.Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """An Envoy of the module's own. It must end as it began: no VM reloaded, no trap in its log."""
    echo = Echo()
    keys = edge.keys()
    envoy = stack.start(tmp_path_factory.mktemp("edge"), made, edge.Ports(origin=echo.port), env=keys)
    try:
        yield Live(envoy, echo, made, keys)
        assert envoy.running(), envoy.log.read_text()[-2000:]
        assert not any(envoy.stats(r"^wasm\..*vm_reload").values())
        assert envoy.traps() == []
    finally:
        envoy.stop()
        echo.close()


@pytest.fixture(scope="module")
def extension(live: Live) -> dict:
    """The filter configuration as first published, for a test to break."""
    return json.loads(edge.watched(live.envoy.run).read_text())["resources"][0]["typed_config"]
