"""Global limits in a real Envoy: a request waits for the rate-limit service, and ends whatever that does."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from harness import build, global_limits, stack
from harness import edge as edges
from harness.edge import Ports
from origin import Echo
from service import OK, OVER, SILENCE, Service
from test_endpoints import Client

from conftest import Edge

HERE = Path(__file__).resolve().parent
SERVICE = ("--global-cluster", "ratelimit", "--global-timeout", "200")


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    """One service for all tests of the module."""
    service = Service()
    yield service
    service.close()


@pytest.fixture(scope="module")
def limits(made: stack.Built, tmp_path_factory: pytest.TempPathFactory) -> stack.Built:
    """The bundle of ./limits."""
    return stack.Built(made.wasm, made.outwork, build.bundle(made.outwork, HERE / "limits", tmp_path_factory.mktemp("limits") / "limits.bundle"))


@pytest.fixture(scope="module")
def asking(limits: stack.Built, service: Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """One worker thread, so that there is one breaker."""
    echo, run = Echo(), tmp_path_factory.mktemp("envoy")
    template = global_limits.template(run, service.port)
    try:
        with stack.start(run, limits, Ports(origin=echo.port), template=template, options=SERVICE, concurrency=1) as envoy:
            yield Edge(envoy, echo, limits)
    finally:
        echo.close()


@pytest.fixture(autouse=True)
def quiet(service: Service, asking: Edge) -> Iterator[None]:
    """The service answers again, and the breaker has closed."""
    service.says, service.delay = OK, 0.0
    deadline = time.monotonic() + 5
    while asking.curl("/open") != "200" or asking.envoy.stats("outwork_limit_breaker").get("wasmcustom.outwork_limit_breaker"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    service.asked.clear()
    yield


def calls(edge: Edge) -> dict[str, int]:
    """How often calls went how."""
    prefix = "wasmcustom.outwork_limit_calls.result."
    return {name.removeprefix(prefix): count for name, count in edge.envoy.stats(r"outwork_limit_calls").items()}


def rise(edge: Edge, before: dict[str, int]) -> dict[str, int]:
    """What rose since."""
    return {name: count - before[name] for name, count in calls(edge).items() if count != before[name]}


@pytest.mark.parametrize("version", ["--http1.1", "--http2"])
def test_a_request_waits_for_the_service_and_arrives_signed(asking, service, version):
    asking.echo.seen.clear()
    service.delay = 0.05
    assert asking.curl("/both", version) == "200"
    assert len(service.asked) == 1 and service.asked[0].count(b"service.") == 2
    names = [name for name, _ in asking.echo.seen["/both"]]
    assert names.count("outwork-risk") == 1 and "signature-input" in names


@pytest.mark.parametrize("version", ["--http1.1", "--http2"])
@pytest.mark.parametrize("size", [1, 30_000, 300_000])
def test_a_body_waits_with_its_request_and_arrives_whole(asking, service, tmp_path, version, size):
    service.delay = 0.05
    body = tmp_path / "body"
    body.write_bytes(b"x" * size)
    argv = ["curl", "-sk", version, "--data-binary", f"@{body}", asking.url("/open")]
    text = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    assert f'["content-length", "{size}"]' in text, text
    service.says = OVER
    asking.echo.seen.clear()
    with Client(asking, "h2" if version == "--http2" else "http/1.1") as client:
        assert client.ask("POST", "/open", [], bytes(size))[0] == 429
    assert not asking.echo.seen


def test_over_the_limit_is_429_and_counted_by_limit_and_rung(asking, service):
    before = calls(asking)
    service.says = OVER
    assert asking.curl("/open") == "429"
    assert rise(asking, before) == {"over": 1}
    text = asking.envoy.admin("/stats/prometheus?filter=outwork_limit")
    assert 'outwork_limits{limit="service_open",asks="throttle"}' in text.replace('asks="throttle",limit="service_open"', 'limit="service_open",asks="throttle"')
    assert 'outwork_limit_calls{result="over"}' in text


def test_a_rung_that_refuses_asks_nobody(asking, service):
    service.says = OVER
    assert asking.curl("/ladder") == "429"
    service.says = OK
    asked = len(service.asked)
    assert asking.curl("/ladder") == "429"
    assert len(service.asked) == asked


@pytest.mark.parametrize(("says", "result", "times"), [(SILENCE, "timeout", 3), (13, "error", 1), (b"\xff" * 40, "error", 1), (b"", "error", 1), (b"\x08\x00", "error", 1)])
def test_without_an_answer_each_limit_says_what_that_means(asking, service, says, result, times):
    """A service that is late counts as gone the third time running, one that fails at once."""
    for path, status in (("/open", "200"), ("/closed", "503")):
        quieten(asking)
        service.says = says
        before = calls(asking)
        for _ in range(times):
            started = time.monotonic()
            assert asking.curl(path) == status
            assert time.monotonic() - started < 2
        assert asking.curl(path) == status
        assert rise(asking, before) == {result: times, "skipped": 1}, "the last asked nobody"
        service.says = OK


def quieten(edge: Edge) -> None:
    """Waits until the service is asked again."""
    deadline = time.monotonic() + 5
    while edge.envoy.stats("outwork_limit_breaker")["wasmcustom.outwork_limit_breaker"]:
        assert time.monotonic() < deadline
        edge.curl("/open")
        time.sleep(0.05)


def test_a_bucket_here_takes_the_place_of_one_that_is_gone(asking, service):
    service.says = 14
    statuses = [asking.curl("/local") for _ in range(4)]
    assert statuses == ["200", "200", "429", "429"]


def test_many_wait_at_once_and_each_has_its_own_answer(asking, service):
    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(lambda _: asking.curl("/open"), range(64)))
    assert statuses == ["200"] * 64


def test_whose_client_is_gone_leaves_nothing_and_hurts_nobody(asking, service):
    service.delay = 0.1
    for _ in range(5):
        subprocess.run(["curl", "-sk", "-m", "0.05", "-o", "/dev/null", asking.url("/open")], check=False)
    service.delay = 0.0
    quieten(asking)
    assert asking.curl("/open") == "200"
    errors = asking.envoy.stats(r"^wasmcustom\.outwork_request_errors\.")
    assert errors and not any(errors.values()), errors
    assert not asking.envoy.traps()


def test_limits_are_kept_over_a_reload_while_requests_wait(asking, service):
    watched = edges.watched(asking.envoy.run)
    service.delay = 0.15
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(asking.curl, "/open") for _ in range(8)]
        time.sleep(0.05)
        build.publish(asking.made.outwork, asking.made.bundle, asking.made.wasm, watched, *SERVICE, "--limits-memory", "4MiB")
        assert [done.result() for done in waiting] == ["200"] * 8


def test_a_cluster_that_is_not_there_is_an_error_that_holds_nobody(limits, tmp_path):
    echo = Echo()
    try:
        with stack.start(tmp_path, limits, Ports(origin=echo.port), options=("--global-cluster", "nobody"), concurrency=1) as envoy:
            edge = Edge(envoy, echo, limits)
            assert [edge.curl(path) for path in ("/open", "/closed", "/local")] == ["200", "503", "200"]
            assert calls(edge)["error"] == 1
    finally:
        echo.close()


def test_a_policy_without_its_service_says_so_once_and_counts_here(limits, tmp_path):
    echo = Echo()
    try:
        with stack.start(tmp_path, limits, Ports(origin=echo.port)) as envoy:
            edge = Edge(envoy, echo, limits)
            assert [edge.curl("/local") for _ in range(3)] == ["200", "200", "429"]
            assert (tmp_path / "envoy.log").read_text().count("`service.open` is global") == 1
    finally:
        echo.close()
