"""envoy-config/web-bot-auth/ is the edge with a way out, which does not lead to private addresses."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from harness import certificate, stack
from harness import edge as edges
from harness import envoy as program
from harness.edge import Ports
from harness.envoy import Envoy
from harness.process import free_port
from origin import Echo

from conftest import SCENARIO, template


def test_the_scenario_is_the_edge_with_a_way_out():
    own, same = (yaml.safe_load(path.read_text()) for path in (SCENARIO, edges.TEMPLATE))
    resources = own["static_resources"]
    resources["clusters"] = [one for one in resources["clusters"] if one["name"] not in ("agents", "internet")]
    resources["listeners"] = [one for one in resources["listeners"] if one["name"] != "agents"]
    assert own.pop("layered_runtime")
    assert own == same


@pytest.fixture(scope="module")
def way_out(made: stack.Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Envoy, int, Echo]]:
    """The scenario as it is, where its way out listens, and a server on loopback that it must not reach."""
    run, port, echo = tmp_path_factory.mktemp("envoy"), free_port(), Echo()
    try:
        with stack.start(run, made, Ports(origin=echo.port), template=template(run, port), options=("--agents-cluster", "agents")) as envoy:
            yield envoy, port, echo
    finally:
        echo.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "10.0.0.1", "169.254.169.254", "[fe80::1]", "[::ffff:127.0.0.1]", "0.0.0.0"])
def test_it_leads_to_no_private_address(way_out, host):
    _, port, echo = way_out
    echo.seen.clear()
    argv = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-H", f"host: {host}:{echo.port}", f"http://127.0.0.1:{port}/inside"]
    status = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    assert status in ("403", "503"), status
    if host in ("127.0.0.1", "localhost", "10.0.0.1", "169.254.169.254"):
        assert status == "403"
    assert not echo.seen


def test_it_takes_nothing_but_get(way_out):
    _, port, _ = way_out
    argv = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-X", "POST", "-H", "host: agents.test", f"http://127.0.0.1:{port}/"]
    assert subprocess.run(argv, capture_output=True, text=True, check=True).stdout in ("404", "503")


def test_envoy_takes_it(tmp_path: Path):
    file = edges.configuration(tmp_path, Ports(origin=1), certificate.certificate(), template(tmp_path, 2))
    edges.watched(tmp_path).write_text('{"resources": []}')
    code, said = program.validate(file, edges.keys())
    assert code == 0, said
