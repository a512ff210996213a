"""The cases in a rate limit service over a real Redis, which two workers of a real Envoy ask; its limits are what `outwork limits export` makes of the policy."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import limit_cases
import pytest
from harness import build, stack
from harness.edge import Ports
from harness.envoy import Envoy
from harness.global_limits import Redis, Service, patient_template
from origin import Echo

# One call for all limits of a request, or one for each and answers as Limitador's own server gives.
WAYS = {"a status a limit": ("together", False), "as Limitador": ("apart", True)}
# A loaded machine shall not decide instead of the service.
OPTIONS = ("--global-cluster", "ratelimit", "--global-timeout", "10000")


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, list[str]]]:
    """What went wrong, by way and case: all are played at once."""
    with contextlib.ExitStack() as running:
        envoys = {way: running.enter_context(started(tmp_path_factory.mktemp(calls), calls, bare)) for way, (calls, bare) in WAYS.items()}
        with ThreadPoolExecutor(len(envoys)) as pool:
            return dict(zip(envoys, pool.map(play, envoys.values())))


@contextlib.contextmanager
def started(run: Path, calls: str, bare: bool) -> Iterator[Envoy]:
    """An Envoy with a service and a Redis of its own."""
    wasm, outwork = build.filter(), build.command()
    made = stack.Built(wasm, outwork, limit_cases.bundle(outwork, "global", run))
    limits = limit_cases.limits_file(outwork, made.bundle, run / "limits.yaml")
    echo = Echo()
    try:
        with Redis(run) as redis, Service(run, limits, redis=redis, bare=bare) as service:
            options = (*OPTIONS, "--global-calls", calls)
            with stack.start(run / "envoy", made, Ports(origin=echo.port), template=patient_template(run, service.port), options=options) as envoy:
                yield envoy
    finally:
        echo.close()


def play(envoy: Envoy) -> dict[str, list[str]]:
    """Every case, and the service answered each time."""
    played = limit_cases.play(envoy)
    failed = envoy.stats(r"outwork_limit_calls.*(timeout|error|skipped)")
    assert not any(failed.values()), failed
    return played


@pytest.mark.parametrize("name", limit_cases.NAMES)
@pytest.mark.parametrize("way", WAYS)
def test_global(wrong: dict[str, dict[str, list[str]]], way: str, name: str):
    assert not wrong[way][name]
