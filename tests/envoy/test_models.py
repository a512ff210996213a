"""What Envoy shows of models: how often each scored, whether it agrees with the one in force, and how far requests have drifted."""

import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from harness import build, stack
from harness.edge import Ports
from origin import Echo

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
REQUESTS = 1_600
POLICY = """
[policy]
version = "1"
mode = "enforce"
packs = ["seen.toml"]

[[model]]
id = "device"
file = "device.model"

[[model]]
id = "v2.next"
file = "next.model"
mode = "shadow"
"""


@pytest.fixture(scope="module")
def series(made, tmp_path_factory):
    """Every Prometheus series of the models, by name and labels, after one client sent the same request again and again."""
    policy = tmp_path_factory.mktemp("models")
    (policy / "outwork.toml").write_text(POLICY)
    shutil.copy(HERE / "policy" / "seen.toml", policy)
    shutil.copy(ROOT / "models" / "device" / "device.model", policy)
    shutil.copy(ROOT / "tests" / "fixtures" / "catboost" / "device.model", policy / "next.model")
    bundle = build.bundle(made.outwork, policy, policy / "models.bundle")
    echo = Echo()
    try:
        with stack.start(tmp_path_factory.mktemp("envoy"), stack.Built(made.wasm, made.outwork, bundle), Ports(origin=echo.port), concurrency=1) as envoy:
            # The filter answers these itself: an origin that repeats what it got would take a minute for them.
            subprocess.run(["curl", "-s", "-o", "/dev/null", f"http://localhost:{envoy.ports.http}/blocked?[1-{REQUESTS}]"], check=True)
            deadline = time.monotonic() + 60
            while (found := read(envoy)).get(("outwork_model_scored", frozenset({("slot", "device")}))) != REQUESTS:
                assert time.monotonic() < deadline, found
                time.sleep(0.05)
            yield found
    finally:
        echo.close()


def read(envoy):
    lines = (re.fullmatch(r"(outwork_model_\w+)\{(.*)\} (\d+)", line) for line in envoy.admin("/stats/prometheus").splitlines())
    return {(line[1], frozenset(re.findall(r'(\w+)="([^"]*)"', line[2]))): int(line[3]) for line in lines if line}


def test_models_are_counted_by_slot_and_compared_with_the_one_in_force(series):
    value = lambda name, **labels: series[name, frozenset(labels.items())]
    assert value("outwork_model_scored", slot="v2_next") == REQUESTS
    agrees = [value("outwork_model_compared", slot="v2_next", agrees=agrees) for agrees in ("no", "yes")]
    assert sorted(agrees) == [0, REQUESTS], agrees


def test_drift_is_shown_by_signal(series):
    told = {dict(labels)["signal"]: (dict(labels)["slot"], index) for (name, labels), index in series.items() if name == "outwork_model_psi_thousandths"}
    assert "ua.tool" in told, told
    assert {slot for slot, _ in told.values()} == {"device"}, "the fixture was imported without rows, and has no shares"
    # Browsers were most of what it was trained on, and this is one tool.
    assert told["ua.tool"][1] > 250, told
