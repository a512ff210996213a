"""envoy-config/global-limits/ is the edge with a rate limit service, and nothing else is different."""

from __future__ import annotations

import re

import yaml
from harness import certificate, edge
from harness import envoy as program
from harness.edge import Ports
from harness.global_limits import SCENARIO, template


def test_the_scenario_is_the_edge_with_a_service_and_a_shorter_wait():
    own, same = (yaml.safe_load(path.read_text()) for path in (SCENARIO / "envoy.yaml", edge.TEMPLATE))
    own["static_resources"]["clusters"] = [one for one in own["static_resources"]["clusters"] if one["name"] != "ratelimit"]
    # Both listeners name one connection manager by an anchor: once read it is one object.
    manager, *others = [
        one["typed_config"] for listener in own["static_resources"]["listeners"] for one in listener["filter_chains"][0]["filters"] if "http_connection_manager" in one["name"]
    ]
    assert manager["stream_idle_timeout"] == "35s" and all(other is manager for other in others)
    manager["stream_idle_timeout"] = "60s"
    assert own == same


def test_no_answer_that_the_route_allows_is_cut_by_the_wait():
    text = (SCENARIO / "envoy.yaml").read_text()
    (idle,), (route,) = (re.findall(pattern, text) for pattern in (r"stream_idle_timeout: (\d+)s", r"route: \{cluster: origin, timeout: (\d+)s\}"))
    assert int(idle) > int(route)


def test_envoy_takes_it(tmp_path):
    file = edge.configuration(tmp_path, Ports(origin=1), certificate.certificate(), template(tmp_path, 2))
    edge.watched(tmp_path).write_text('{"resources": []}')
    code, said = program.validate(file, edge.keys())
    assert code == 0, said
