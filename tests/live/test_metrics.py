"""What Envoy counts of the decisions, as a monitoring system reads it."""

import re
import subprocess
import time

import pytest


def metric(live, name, **labels):
    """The value of a Prometheus series; 0 where there is none."""
    for line in live.envoy.admin("/stats/prometheus").splitlines():
        found = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\d+)", line)
        if found and found[1] == name and dict(re.findall(r'(\w+)="([^"]*)"', found[2] or "")) == labels:
            return int(found[3])
    return 0


@pytest.mark.parametrize(("path", "verdict"), [("/live/metric", "tag"), ("/.env", "block")])
def test_a_decision_is_counted_under_its_verdict(live, path, verdict):
    before = metric(live, "outwork_decisions", verdict=verdict)
    subprocess.run(["curl", "-sk", "-o", "/dev/null", live.url(path)], check=True)
    deadline = time.monotonic() + 60
    while metric(live, "outwork_decisions", verdict=verdict) != before + 1:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_the_bundle_in_use_is_named(live):
    subprocess.run(["curl", "-sk", "-o", "/dev/null", live.url(path := live.path())], check=True)
    live.decision(path)
    name = re.search(r'bundle="([^"]*)"', live.arrived(path)["outwork-risk"][0])[1]
    assert metric(live, "outwork_bundle", bundle=name.replace(".", "_")) == 1


def test_nothing_failed(live):
    assert not any(live.envoy.stats(r"^wasmcustom\.outwork_request_errors").values())
