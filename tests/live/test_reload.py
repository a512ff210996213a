"""A new bundle takes effect while requests flow, and not one of them fails."""

import json
import re
import shutil
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from clients.catalogue import FIREFOX
from harness import build, edge, paths, process, shop, stack

RELOADS = 10
# How long one round of the load lasts: there are as many as the reloads take.
SECONDS = 2
ENOUGH = 1_000
PAUSE = 0.4
PATIENCE = 120
RELOADED = r"extension_config_discovery\.http_filter\.outwork\.config_reload$"


@pytest.fixture(scope="module")
def bundles(made, tmp_path_factory):
    """Two bundles of the baseline that differ in their version."""
    found = []
    for version in ("2026.1.1", "2026.2.2"):
        folder = tmp_path_factory.mktemp("policy") / "rules"
        shutil.copytree(stack.POLICY, folder)
        (folder.parent / "models").symlink_to(paths.ROOT / "models")
        file = folder / "outwork.toml"
        text, changed = re.subn(r'(?m)^version = ".*?"', f'version = "{version}"', file.read_text(), count=1)
        assert changed == 1
        file.write_text(text)
        found.append((version, build.bundle(made.outwork, folder, folder.parent / "policy.bundle")))
    return found


@pytest.fixture(scope="module")
def edge_of_shop(made, tmp_path_factory):
    """An Envoy before the demo shop, which keeps up with the load and repeats the risk header."""
    run = tmp_path_factory.mktemp("reload")
    ports = edge.Ports(origin=process.free_port())
    with shop.shop(ports.origin, run / "shop.log"), stack.start(run, made, ports) as envoy:
        yield envoy
        assert not any(envoy.stats(r"^wasm\..*vm_reload").values())
        assert envoy.traps() == []


def answering_bundle(envoy):
    said = subprocess.run(["curl", "-skf", f"https://localhost:{envoy.ports.https}/api/risk"], check=True, capture_output=True, text=True)
    return json.loads(said.stdout)["bundle"]


def test_a_published_bundle_decides(edge_of_shop, made, bundles):
    for version, bundle in [*bundles, bundles[0]]:
        build.publish(made.outwork, bundle, made.wasm, edge.watched(edge_of_shop.run))
        deadline = time.monotonic() + PATIENCE
        while not answering_bundle(edge_of_shop).startswith(f"{version}-"):
            assert time.monotonic() < deadline, f"still {answering_bundle(edge_of_shop)}"


def test_no_request_fails_while_bundles_change(edge_of_shop, made, bundles):
    over = threading.Event()
    with ThreadPoolExecutor(1) as thread:
        load = thread.submit(rounds, f"https://localhost:{edge_of_shop.ports.https}/api/products", over)
        try:
            for number in range(RELOADS):
                time.sleep(PAUSE)
                before = edge_of_shop.stats(RELOADED)
                build.publish(made.outwork, bundles[(number + 1) % 2][1], made.wasm, edge.watched(edge_of_shop.run))
                deadline = time.monotonic() + PATIENCE
                while edge_of_shop.stats(RELOADED) == before:
                    assert time.monotonic() < deadline, f"reload {number + 1} was not seen"
                    time.sleep(0.02)
        finally:
            over.set()
    succeeded = 0
    for said in load.result():
        counts = {word: int(number) for number, word in re.findall(r"(\d+) (succeeded|failed|errored|timeout)", said)}
        assert counts["failed"] == counts["errored"] == counts["timeout"] == 0, said
        assert re.search(r"status codes: \d+ 2xx, 0 3xx, 0 4xx, 0 5xx", said), said
        succeeded += counts["succeeded"]
    assert succeeded > ENOUGH


def rounds(url: str, over: threading.Event) -> list[str]:
    """What h2load says of each of its rounds, until it is over."""
    argv, said = ["h2load", "-t1", "-c20", "-m4", f"-D{SECONDS}", "-H", f"user-agent: {FIREFOX}", url], []
    # On a slow machine the reloads may be over before there was much of it.
    while not over.is_set() or sum(int(number) for one in said for number in re.findall(r"(\d+) succeeded", one)) <= ENOUGH:
        said.append(subprocess.run(argv, capture_output=True, text=True, timeout=SECONDS + 240).stdout)
    return said
