"""Global limits in a real Envoy: a request waits for the rate-limit service, and ends whatever that does."""

from __future__ import annotations

import random
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from harness import build, global_limits, stack
from harness import edge as edges
from harness.edge import Ports
from origin import Echo
from service import OK, OVER, SILENCE, Service
from test_endpoints import Client
from test_filter import wait
from trap import trapping

from conftest import Edge

# As long as a request may wait: on a slow machine a late answer would decide in the service's place.
SERVICE = ("--global-cluster", "ratelimit", "--global-timeout", "10000")


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    """One service for all tests of the module."""
    service = Service()
    yield service
    service.close()


@pytest.fixture(scope="module")
def asking(limits: stack.Built, service: Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """One worker thread, so that there is one breaker."""
    echo, run = Echo(), tmp_path_factory.mktemp("envoy")
    template = global_limits.patient_template(run, service.port)
    try:
        with stack.start(run, limits, Ports(origin=echo.port), template=template, options=SERVICE, concurrency=1) as envoy:
            yield Edge(envoy, echo, limits)
    finally:
        echo.close()


@pytest.fixture(autouse=True)
def quiet(service: Service, asking: Edge) -> Iterator[None]:
    """The service answers again, and the breaker has closed."""
    service.says, service.delay = OK, lambda: 0.0
    wait(lambda: asking.curl("/open") == "200" and not breaker(asking))
    service.asked.clear()
    yield


def breaker(edge: Edge) -> int:
    """Whether requests go without the service."""
    return edge.envoy.stats("outwork_limit_breaker")["wasmcustom.outwork_limit_breaker"]


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
    service.delay = lambda: 0.05
    assert asking.curl("/both", version) == "200"
    assert len(service.asked) == 1 and service.asked[0].count(b"service.") == 2
    names = [name for name, _ in asking.echo.seen["/both"]]
    assert names.count("outwork-risk") == 1 and "signature-input" in names


@pytest.mark.parametrize("version", ["--http1.1", "--http2"])
@pytest.mark.parametrize("size", [1, 30_000, 300_000])
def test_a_body_waits_with_its_request_and_arrives_whole(asking, service, tmp_path, version, size):
    service.delay = lambda: 0.05
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
    assert 'outwork_limits{limit="service.open",asks="throttle"}' in text.replace('asks="throttle",limit="service.open"', 'limit="service.open",asks="throttle"')
    assert 'outwork_limit_calls{result="over"}' in text


def test_a_rung_that_refuses_asks_nobody(asking, service):
    service.says = OVER
    assert asking.curl("/ladder") == "429"
    service.says = OK
    asked = len(service.asked)
    assert asking.curl("/ladder") == "429"
    assert len(service.asked) == asked


@pytest.mark.parametrize(("path", "status"), [("/open", "200"), ("/closed", "503")])
@pytest.mark.parametrize("says", [13, b"\xff" * 40, b"", b"\x08\x00"])
def test_without_an_answer_each_limit_says_what_that_means(asking, service, says, path, status):
    """A service that fails counts as gone at once; then nobody is asked for a while."""
    service.says = says
    assert set(until_nobody_is_asked(asking, path, status)) == {"error", "skipped"}


def test_a_service_that_is_silent_costs_the_timeout_and_is_gone_the_third_time_running(limits, service, tmp_path):
    echo, options = Echo(), ("--global-cluster", "ratelimit", "--global-timeout", "300")
    try:
        with stack.start(tmp_path / "run", limits, Ports(origin=echo.port), template=global_limits.patient_template(tmp_path, service.port), options=options, concurrency=1) as envoy:
            edge = Edge(envoy, echo, limits)
            for path, status in (("/open", "200"), ("/closed", "503")):
                service.says = OK
                wait(lambda: edge.curl("/closed") == "200" and not breaker(edge))
                service.says = SILENCE
                counted = until_nobody_is_asked(edge, path, status)
                assert set(counted) == {"timeout", "skipped"} and counted["timeout"] >= 3, counted
    finally:
        echo.close()


def until_nobody_is_asked(edge: Edge, path: str, status: str) -> dict[str, int]:
    """What was counted until then. No request waits for longer than it may, which is far less than Envoy would wait by itself."""
    before = calls(edge)

    def skipped() -> bool:
        started = time.monotonic()
        assert edge.curl(path) == status
        assert time.monotonic() - started < 15
        return "skipped" in rise(edge, before)

    wait(skipped)
    return rise(edge, before)


def test_a_bucket_here_takes_the_place_of_one_that_is_gone(asking, service):
    service.says = 14
    statuses = [asking.curl("/local") for _ in range(4)]
    assert statuses == ["200", "200", "429", "429"]


def test_many_wait_at_once_and_each_has_its_own_answer(asking, service):
    """The answers come in another order than the questions."""
    before = calls(asking)
    service.says = lambda question: OVER if b"service.closed" in question else OK
    service.delay = lambda: random.uniform(0, 0.2)
    paths = ["/open", "/closed"] * 32
    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(asking.curl, paths))
    assert statuses == [{"/open": "200", "/closed": "429"}[path] for path in paths]
    assert rise(asking, before) == {"ok": 32, "over": 32}


def test_whose_client_is_gone_leaves_nothing_and_hurts_nobody(asking, service):
    service.delay = lambda: 0.5
    before = calls(asking)
    for number in range(1, 6):
        with subprocess.Popen(["curl", "-sk", "-o", "/dev/null", asking.url("/open")]) as gone:
            wait(lambda: len(service.asked) == number)
            gone.kill()
    service.delay = lambda: 0.0
    wait(lambda: rise(asking, before) == {"ok": 5})
    assert asking.curl("/open") == "200"
    errors = asking.envoy.stats(r"^wasmcustom\.outwork_request_errors\.")
    assert errors and not any(errors.values()), errors
    assert not asking.envoy.traps()


def test_a_reload_loses_no_request_that_waits_and_no_rung(asking, service):
    """`/ladder` stands on a rung that refuses, by what is kept here."""
    service.says = OVER
    assert asking.curl("/ladder") == "429"
    reloaded, go = r"config_reload$", threading.Event()
    service.says, service.delay = OK, lambda: float(not go.wait(20))
    watched = edges.watched(asking.envoy.run)
    before, reloads = calls(asking), asking.envoy.stats(reloaded)
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(asking.curl, "/open") for _ in range(8)]
        wait(lambda: len(service.asked) >= 8)
        build.publish(asking.made.outwork, asking.made.bundle, asking.made.wasm, watched, *SERVICE, "--client-address", "source")
        # They may not wait for ever: if the reload is slower than that, it comes after them.
        until = time.monotonic() + 4
        while asking.envoy.stats(reloaded) == reloads and time.monotonic() < until:
            time.sleep(0.05)
        go.set()
        assert [done.result() for done in waiting] == ["200"] * 8
    assert rise(asking, before) == {"ok": 8}
    service.delay = lambda: 0.0
    assert asking.curl("/ladder") == "429"
    assert rise(asking, before) == {"ok": 8}, "nobody was asked about that"


def test_a_limit_that_the_service_does_not_know_is_told_of(asking, service):
    before = calls(asking)
    service.says = b"\x08\x01\x12\x02\x08\x01"
    assert asking.curl("/open") == "200"
    assert rise(asking, before) == {"unknown": 1}


def test_a_cluster_that_is_not_there_is_an_error_that_holds_nobody(limits, tmp_path):
    echo = Echo()
    try:
        with stack.start(tmp_path, limits, Ports(origin=echo.port), options=("--global-cluster", "nobody"), concurrency=1) as envoy:
            edge = Edge(envoy, echo, limits)
            assert [edge.curl(path) for path in ("/open", "/closed", "/local")] == ["200", "503", "200"]
            # Where the requests are far apart, it has been tried again by then.
            counted = calls(edge)
            assert counted["error"] >= 1 and counted["error"] + counted["skipped"] == 3, counted
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


def test_a_trap_elsewhere_in_the_vm_does_not_hang_a_request_that_waits(limits, service, tmp_path):
    """Nobody resumes it: what bounds its wait is `stream_idle_timeout`, here two seconds."""
    echo, module = Echo(), trapping(limits.wasm, tmp_path / "trapping.wasm")
    template = global_limits.patient_template(tmp_path, service.port)
    template.write_text(template.read_text().replace("stream_idle_timeout: 35s", "stream_idle_timeout: 2s"))
    built = stack.Built(module, limits.outwork, limits.bundle)
    try:
        with stack.start(tmp_path / "run", built, Ports(origin=echo.port), template=template, options=SERVICE, concurrency=1) as envoy, ThreadPoolExecutor(1) as pool:
            edge, started = Edge(envoy, echo, built), time.monotonic()
            service.says = SILENCE
            waiting = pool.submit(edge.curl, "/open", "-m", "60")
            wait(lambda: service.asked)
            with Client(edge, "h2") as client:
                assert client.ask("POST", "/", [], b"x", length=False, trailers=[("x-more", "1")])[0] == 503
            assert waiting.result() in ("503", "504")
            # Without a bound of Envoy's it would be asked for as long as curl waits.
            assert time.monotonic() - started < 30
            service.says = OK
            wait(lambda: edge.curl("/open") == "200")
    finally:
        echo.close()
