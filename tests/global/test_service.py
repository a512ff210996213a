"""The tests' own rate limit service against a real Redis: what stands behind it in the tests of the filter must be right itself."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

from ask import OK, OVER_LIMIT, Answer, ask
from edges import LIMITS
from harness import paths
from harness.global_limits import Service

UNAVAILABLE = 14


def test_a_window_admits_what_the_limit_says_and_opens_again(service):
    assert [ask(service.port, ("three", "window", 1)).codes for _ in range(4)] == [[OK]] * 3 + [[OVER_LIMIT]]
    assert ask(service.port, ("three", "other", 2), ("unknown", "", 1)) == Answer(overall=OK, codes=[OK, OK], left=[1, 0])
    time.sleep(10.1)
    assert ask(service.port, ("three", "window", 1)).left == [2]


def test_two_services_count_in_one_redis_and_never_admit_too_much(redis, service, tmp_path):
    with Service(tmp_path, LIMITS, redis=redis) as second, ThreadPoolExecutor(8) as many:
        answers = list(many.map(lambda at: ask((service, second)[at % 2].port, ("three", "both", 1)), range(24)))
    assert [answer.overall for answer in answers].count(OK) == 3


def test_without_its_redis_the_service_is_unavailable_at_once_and_soon_back(redis, service):
    assert ask(service.port, ("three", "gone", 1)).codes == [OK]
    redis.kill()
    try:
        began = time.monotonic()
        assert [ask(service.port, ("three", "gone", 1)).grpc for _ in range(5)] == [UNAVAILABLE] * 5
        assert time.monotonic() - began < 25, "it waits for nothing"
    finally:
        redis.again()
        redis.wait_ready()
    began = time.monotonic()
    while ask(service.port, ("three", "gone", 1)).grpc:
        assert time.monotonic() - began < 60


def test_what_limits_export_writes_for_limitador_is_what_its_library_reads(tmp_path):
    """The file that the replay's tests hold the command to: 20 tokens, one back every 6 s, is 20 hits in 120 s."""
    written = paths.ROOT / "tests" / "fixtures" / "logs" / "expected" / "limitador.yaml"
    with Service(tmp_path, written) as service:
        assert ask(service.port, ("env.per-ip", "a", 15), ("all.per-network", "a", 100)) == Answer(overall=OK, codes=[OK, OK], left=[5, 0])
        assert ask(service.port, ("env.per-ip", "a", 6), ("all.per-network", "b", 1)) == Answer(overall=OVER_LIMIT, codes=[OVER_LIMIT, OK], left=[5, 99])
