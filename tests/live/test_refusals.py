"""A filter that is wrong stops Envoy at its start with one clear line; at a reload the last good policy stays, and a counter says so."""

import base64
import json
import subprocess
import time

import pytest
from breakage import CONFIGURATIONS, KEYS
from harness import edge, environment, paths, stack

REJECTED = r"^wasmcustom\.outwork_reload\.rejected$"
DISCOVERY = r"extension_config_discovery\.http_filter\.outwork\.(update_rejected|config_fail|update_failure)$"
TAKEN = r"extension_config_discovery\.http_filter\.outwork\.update_success$"


@pytest.mark.parametrize("breakage", [*CONFIGURATIONS, *KEYS], ids=lambda breakage: breakage.name)
def test_the_start_is_refused_with_one_clear_line(extension, breakage, tmp_path):
    file = tmp_path / "outwork.json"
    edge.publish(file, breakage.extension(extension))
    said = stack.preflight(file, breakage.env(edge.keys()))
    assert said, "it was not refused"
    assert len(said.splitlines()) == 1, said
    assert breakage.says.lower() in said.lower(), said
    assert "panicked" not in said


def test_what_is_right_is_not_refused(extension, tmp_path):
    file = tmp_path / "outwork.json"
    edge.publish(file, extension)
    assert stack.preflight(file, edge.keys()) == ""


def test_the_line_never_holds_the_secret(extension, tmp_path):
    file = tmp_path / "outwork.json"
    secret = base64.b64encode(b"hunter2hunter2").decode()
    edge.publish(file, extension)
    assert secret not in stack.preflight(file, {"OUTWORK_KEYS": f"a:{secret}"})


@pytest.mark.parametrize("breakage", CONFIGURATIONS, ids=lambda breakage: breakage.name)
def test_a_bad_reload_keeps_the_last_good_policy(live, extension, breakage):
    before, (rejected,) = live.envoy.stats(DISCOVERY), live.envoy.stats(REJECTED).values()
    edge.publish(edge.watched(live.envoy.run), breakage.extension(extension), version=breakage.name)
    wait(lambda: live.envoy.stats(DISCOVERY) != before)
    assert list(live.envoy.stats(REJECTED).values()) == [rejected + 1]
    path = live.path()
    subprocess.run(["curl", "-skf", "-o", "/dev/null", live.url(path)], check=True)
    assert live.decision(path).verdict == "tag"
    # Taken before the next is published: of two files at once Envoy may see the second twice.
    taken = live.envoy.stats(TAKEN)
    edge.publish(edge.watched(live.envoy.run), extension, version=f"good again after {breakage.name}")
    wait(lambda: live.envoy.stats(TAKEN) != taken)


def wait(until):
    deadline = time.monotonic() + 60
    while not until():
        assert time.monotonic() < deadline, "no counter noticed it"
        time.sleep(0.05)


def test_a_static_configuration_stops_envoy_itself(extension, tmp_path):
    """Without ECDS nothing stands between a broken bundle and the start: Envoy ends."""
    broken = CONFIGURATIONS[0].extension(extension)
    text = edge.configuration(tmp_path, edge.Ports(origin=1), stack.certificate.certificate()).read_text()
    block = text[text.index("            config_discovery:") : text.index("          - name: envoy.filters.http.router")]
    static = tmp_path / "static.yaml"
    static.write_text(text.replace(block, f"            typed_config: {json.dumps(broken)}\n"))
    ended = subprocess.run([environment.envoy(), "-c", static, "-l", "warning", "--disable-hot-restart"], capture_output=True, text=True, timeout=240, env={"OUTWORK_KEYS": edge.keys()["OUTWORK_KEYS"]}, cwd=paths.ROOT)
    assert ended.returncode != 0
    assert "bundle" in ended.stderr
