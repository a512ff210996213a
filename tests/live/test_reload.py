"""A new bundle takes effect while requests flow, and not one of them fails."""

import re
import shutil
import subprocess
import time

import pytest
from harness import build, edge, stack

RELOADS = 10
SECONDS = 8


@pytest.fixture(scope="module")
def bundles(made, tmp_path_factory):
    """Two bundles of the baseline that differ in their version."""
    found = []
    for version in ("2026.1.1", "2026.2.2"):
        folder = tmp_path_factory.mktemp("policy") / "rules"
        shutil.copytree(stack.POLICY, folder)
        file = folder / "outwork.toml"
        text, changed = re.subn(r'(?m)^version = ".*?"', f'version = "{version}"', file.read_text(), count=1)
        assert changed == 1
        file.write_text(text)
        found.append((version, build.bundle(made.outwork, folder, folder.parent / "policy.bundle")))
    return found


def answering_bundle(live):
    path = live.path()
    subprocess.run(["curl", "-sk", "-o", "/dev/null", live.url(path)], check=True)
    (risk,) = live.arrived(path)["outwork-risk"]
    return re.search(r'bundle="([^"]*)"', risk)[1]


def test_a_published_bundle_decides_within_a_second(live, bundles):
    for version, bundle in [*bundles, bundles[0]]:
        build.publish(live.made.outwork, bundle, live.made.wasm, edge.watched(live.envoy.run))
        deadline = time.monotonic() + 1
        while not answering_bundle(live).startswith(f"{version}-"):
            assert time.monotonic() < deadline, f"still {answering_bundle(live)}"


def test_no_request_fails_while_bundles_change(live, bundles):
    reloads = r"extension_config_discovery\.http_filter\.outwork\.config_reload$"
    (before,) = live.envoy.stats(reloads).values()
    load = subprocess.Popen(["h2load", "-t1", "-c20", "-m4", f"-D{SECONDS}", "-H", "user-agent: Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", live.url("/live/load")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        for number in range(RELOADS):
            time.sleep(SECONDS / (RELOADS + 2))
            build.publish(live.made.outwork, bundles[number % 2][1], live.made.wasm, edge.watched(live.envoy.run))
        said, _ = load.communicate(timeout=SECONDS + 30)
    finally:
        load.kill()
        load.wait()
    (after,) = live.envoy.stats(reloads).values()
    assert after - before == RELOADS
    counts = {word: int(number) for number, word in re.findall(r"(\d+) (succeeded|failed|errored|timeout)", said)}
    assert counts["failed"] == counts["errored"] == counts["timeout"] == 0, said
    assert counts["succeeded"] > 1000, said
    assert re.search(r"status codes: \d+ 2xx, 0 3xx, 0 4xx, 0 5xx", said), said
