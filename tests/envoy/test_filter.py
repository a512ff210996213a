"""What the filter does by itself: limits that all threads share, answers, metrics, and the start without facts."""

import json
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from harness import build, certificate
from harness import edge as edges
from harness.edge import Ports
from harness.envoy import Envoy
from origin import Echo

HERE = Path(__file__).resolve().parent
BURST = 10


def counter(edge, name):
    return edge.envoy.stats(rf"^wasmcustom\.{name}$").get(f"wasmcustom.{name}", 0)


def test_a_limit_counts_over_all_threads_and_connections(edge):
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: edge.curl("/limited", scheme="http"), range(3 * BURST)))
    assert sorted(statuses) == ["200"] * BURST + ["429"] * 2 * BURST


def test_an_answer_has_its_status_type_and_body_in_every_protocol(edge):
    for version in ("--http1.1", "--http2"):
        argv = ["curl", "-sk", version, "-w", "\n%{http_code} %{content_type}", edge.url("/blocked")]
        body, last = subprocess.run(argv, capture_output=True, text=True, check=True).stdout.rsplit("\n", 1)
        assert last == "403 application/problem+json"
        assert json.loads(body)["status"] == 403
    head = subprocess.run(["curl", "-skI", edge.url("/blocked")], capture_output=True, text=True, check=True).stdout
    assert " 403" in head.splitlines()[0]
    assert "/blocked" not in edge.echo.seen


def test_a_grpc_client_is_told_in_its_own_terms(edge):
    argv = ["curl", "-sk", "--http2", "-D", "-", "-o", "/dev/null", "-X", "POST", "-H", "content-type: application/grpc", edge.url("/blocked")]
    head = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    assert "grpc-status: 7" in head, head


def test_every_decision_is_counted_once(edge):
    before = {verdict: counter(edge, f"outwork_decisions.verdict.{verdict}") for verdict in ("allow", "block")}
    for _ in range(5):
        edge.curl("/seen")
        edge.curl("/blocked")
    assert {verdict: counter(edge, f"outwork_decisions.verdict.{verdict}") - before[verdict] for verdict in before} == {"allow": 5, "block": 5}
    errors = edge.envoy.stats(r"^wasmcustom\.outwork_request_errors\.")
    assert errors and not any(errors.values()), errors


def test_reloads_are_counted_once_and_refusals_too(edge, tmp_path):
    watched = edges.watched(edge.envoy.run)
    good = watched.read_text()
    reloaded, refused = counter(edge, "outwork_reload.ok"), counter(edge, "outwork_reload.rejected")
    policy = tmp_path / "policy"
    policy.mkdir()
    (policy / "seen.toml").write_text((HERE / "policy" / "seen.toml").read_text())
    (policy / "outwork.toml").write_text((HERE / "policy" / "outwork.toml").read_text().replace('version = "1"', 'version = "2"'))
    build.publish(edge.made.outwork, build.bundle(edge.made.outwork, policy, tmp_path / "two.bundle"), edge.made.wasm, watched)
    wait(lambda: counter(edge, "outwork_reload.ok") == reloaded + 1)
    broken = json.loads(watched.read_text())
    broken["resources"][0]["typed_config"]["config"]["configuration"]["value"] = '{"bundle": "AAAA"}'
    edges.replace(watched, json.dumps(broken))
    wait(lambda: counter(edge, "outwork_reload.rejected") == refused + 1)
    assert edge.curl("/blocked") == "403"
    edges.replace(watched, good)
    wait(lambda: counter(edge, "outwork_reload.ok") == reloaded + 2)
    bundles = edge.envoy.stats(r"^wasmcustom\.outwork_bundle\.name\.")
    assert sorted(bundles.values()) == [0, 1], bundles


def test_without_facts_of_the_connection_the_filter_decides_and_says_so(made, tmp_path):
    """No set_filter_state in front of the filter: every fact that it would tell is unavailable."""
    echo, ports = Echo(), None
    ports = Ports(origin=echo.port)
    file = edges.configuration(tmp_path, ports, certificate.certificate())
    text = file.read_text().replace("object_key: outwork.connection", "object_key: another")
    file.write_text(text)
    build.publish(made.outwork, made.bundle, made.wasm, edges.watched(tmp_path))
    try:
        with Envoy(tmp_path, file, ports, env=edges.keys()) as envoy:
            envoy.wait_ready()
            subprocess.run(["curl", "-skf", "-o", "/dev/null", f"https://localhost:{ports.https}/seen"], check=True)
            (risk,) = [value for name, value in echo.seen["/seen"] if name == "outwork-risk"]
            assert '"tls.unavailable"' in risk and "protocol.http2-mpsa" in risk
            assert "context=" not in risk
    finally:
        echo.close()


def wait(until, seconds=60):
    deadline = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < deadline
        time.sleep(0.05)
