"""Limits of `scope = "global"` through real Envoys, with the rate limit service and a real Redis: shared, slow, gone and back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from edges import start, told
from harness import stack
from harness.envoy import Envoy
from harness.global_limits import absent, in_place_of
from harness.load import Client, Load
from origin import Echo

# Milliseconds that the filter waits for the service where that is what a test is about.
TIMEOUT = 250
# What a busy machine may add to any of the times below.
MARGIN = 1.5


@pytest.fixture(scope="module")
def made() -> stack.Built:
    """The filter with the policy of these tests."""
    return stack.built(Path(__file__).with_name("policy"))


@pytest.fixture(scope="module")
def envoys(made, service, tmp_path_factory) -> Iterator[list[Envoy]]:
    """Two that ask one service. The second ends a stream on which nothing moves soon, for the test that waits for that."""
    echo, sooner = Echo(), ("stream_idle_timeout: 35s", "stream_idle_timeout: 0.8s")
    try:
        with start(tmp_path_factory.mktemp("a"), made, service.port, echo) as a, start(tmp_path_factory.mktemp("b"), made, service.port, echo, change=sooner) as b:
            yield [a, b]
    finally:
        echo.close()


@pytest.fixture(scope="module")
def hurried(envoys, made) -> Iterator[Envoy]:
    """The first of them, told to wait no longer than `TIMEOUT`."""
    with told(envoys[0], made, timeout=TIMEOUT):
        yield envoys[0]


def test_two_envoys_share_a_limit_and_each_client_has_its_own(envoys):
    a, b = (Client(envoy, 2) for envoy in envoys)
    assert [client.get("/three").status for client in (a, b, a)] == [200] * 3
    refused = [client.get("/three") for client in (a, b)]
    assert [reply.status for reply in refused] == [429] * 2
    assert all(0 < int(reply.headers["retry-after"]) <= 11 for reply in refused), refused
    assert Client(envoys[0], 3).get("/three").status == 200
    time.sleep(10.1)
    assert b.get("/three").status == 200


def test_a_request_with_a_body_waits_for_the_answer_too(envoys):
    client = Client(envoys[0], 4)
    assert [client.get("/once", "POST", b"x" * 10_000).status for _ in range(3)] == [200, 429, 429]


def test_two_limits_of_a_request_are_one_question_and_the_strictest_wins(envoys):
    """Four hits of `beside`, which costs two, and three of the other: the third request is too dear for the first."""
    assert statuses(Client(envoys[0], 5), "/beside", 4) == [200, 200, 429, 429]


def test_without_a_service_each_limit_does_what_it_says(envoys, service):
    with absent(service):
        for envoy in envoys:
            assert statuses(Client(envoy, 6), "/local", 4) == [200, 200, 429, 429]
            assert statuses(Client(envoy, 6), "/open", 4) == [200] * 4
            closed = Client(envoy, 6).get("/closed")
            assert (closed.status, closed.headers["retry-after"]) == (503, "1")


def test_a_redis_killed_under_load_costs_no_request_more_than_the_timeout(hurried, redis):
    """While the service counts, who asked once is refused; while it cannot, the bucket in its place admits."""
    load = Load(hurried, "/once", range(16, 24))
    until(lambda: are_counted(load))
    with absent(redis):
        killed = time.monotonic()
        time.sleep(1.5)
    back = time.monotonic()
    # Each may have been counted for the first time only now, so once it is admitted, and once more whenever an answer is late.
    until(lambda: are_counted(load, since=back))
    replies = load.stop()
    assert {reply.status for _, reply in replies} == {200, 429}
    assert max(reply.seconds for _, reply in replies) < TIMEOUT / 1000 + MARGIN
    assert any(reply.status == 200 for at, reply in replies if killed + 0.1 < at < back), "nobody was admitted while nobody counted"


@pytest.mark.parametrize("path", ["/open", "/local"])
def test_a_slow_service_costs_a_request_its_timeout_at_most_once_and_few_of_them(hurried, service, tmp_path, path):
    """One connection is one worker's, and so it meets one breaker."""
    client, replies = Client(hurried, 8), []
    until(lambda: is_counted(client))
    with in_place_of(service, tmp_path, delay_ms=10 * TIMEOUT):
        began, before = time.monotonic(), unanswered(hurried)
        while time.monotonic() - began < 3:
            replies.append(client.get(path))
        waited = unanswered(hurried) - before
    assert {reply.status for reply in replies} <= {200, 429}
    assert max(reply.seconds for reply in replies) < TIMEOUT / 1000 + MARGIN
    # Three at first, then one after pauses of 0.25, 0.5 and 1 s, each with the timeout: five or six in 3 s.
    assert 3 <= waited <= 7, [round(reply.seconds, 3) for reply in replies if reply.seconds >= TIMEOUT / 1000]


def test_a_service_that_speaks_of_no_descriptor_by_itself_is_asked_apart(envoys, made, service, tmp_path):
    """As Limitador's server is: every call has one descriptor, and what the answer says is said of that."""
    with in_place_of(service, tmp_path, bare=True), told(envoys[1], made, calls="apart"):
        client = Client(envoys[1], 9)
        until(lambda: is_counted(client))
        assert statuses(client, "/beside", 4) == [200, 200, 429, 429]


def test_a_request_that_nobody_resumes_ends(envoys, service, tmp_path):
    """By `stream_idle_timeout`, here before the filter's own timeout; the call ends after the request that it was for, and nothing comes of it."""
    with in_place_of(service, tmp_path, delay_ms=5_000):
        client = Client(envoys[1], 10)
        until(lambda: client.get("/once").status == 504)
        # With a body, of which Envoy takes no more than fits while the request waits: then it is the client who was too slow, by its status.
        until(lambda: Client(envoys[1], 11).get("/once", "POST", b"x" * 3_000_000).status == 408)
        time.sleep(1)
        assert client.get("/other").status == 200


def statuses(client: Client, path: str, times: int) -> list[int]:
    return [client.get(path).status for _ in range(times)]


def are_counted(load: Load, since: float = 0) -> bool:
    """Whether the service refuses each of the clients of a load, by the last that each was answered since then."""
    last = {reply.client: reply.status for at, reply in list(load.replies) if at > since}
    return last == dict.fromkeys(load.clients, 429)


def unanswered(envoy: Envoy) -> int:
    """How many questions to the service had no answer in time."""
    return sum(envoy.stats(r"outwork_limit_calls\.result\.timeout$").values())


def is_counted(client: Client) -> bool:
    """Whether the worker of this connection asks the service, which grants any number here. The bucket in its place grants two."""
    return statuses(client, "/local", 5) == [200] * 5


def until(holds: Callable[[], bool]) -> None:
    """Waits for the service to be asked again after another test has taken it away."""
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)
