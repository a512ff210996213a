"""The cases in a rate limit service over a real Redis, which two workers of a real Envoy ask; its limits are what `outwork limits export` makes of the policy."""

from __future__ import annotations

import limit_cases
import pytest
from harness import build, stack
from harness.edge import Ports
from harness.global_limits import Redis, Service, template
from origin import Echo

# A loaded machine shall not decide instead of the service.
OPTIONS = ("--global-cluster", "ratelimit", "--global-timeout", "1000")


@pytest.fixture(scope="module", params=[("together", False), ("apart", True)], ids=["a status a limit", "as Limitador"])
def wrong(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What went wrong, by case: all are played at once. One call for all limits of a request, or one for each and answers as Limitador's own server gives."""
    calls, bare = request.param
    wasm, outwork = build.filter(), build.command()
    run = tmp_path_factory.mktemp(calls)
    made = stack.Built(wasm, outwork, limit_cases.bundle(outwork, "global", run))
    limits = limit_cases.limits_file(outwork, made.bundle, run / "limits.yaml")
    echo = Echo()
    try:
        with Redis(run) as redis, Service(run, limits, redis=redis, bare=bare) as service:
            options = (*OPTIONS, "--global-calls", calls)
            with stack.start(run / "envoy", made, Ports(origin=echo.port), template=template(run, service.port), options=options) as envoy:
                played = limit_cases.play(envoy)
                failed = envoy.stats(r"outwork_limit_calls.*(timeout|error|skipped)")
                assert not any(failed.values()), failed
                return played
    finally:
        echo.close()


@pytest.mark.parametrize("name", limit_cases.NAMES)
def test_global(wrong: dict[str, list[str]], name: str):
    assert not wrong[name]
