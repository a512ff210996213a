"""A Redis, the rate limit service before it, and Envoys of the scenario envoy-config/global-limits that ask it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT / "scripts"), str(ROOT / "tests" / "live")]

from edges import LIMITS  # noqa: E402
from harness.global_limits import Redis, Service  # noqa: E402


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    """Of the module's own; a test that kills it starts it again."""
    with Redis(tmp_path_factory.mktemp("redis")) as redis:
        yield redis


@pytest.fixture(scope="module")
def service(redis: Redis, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service that counts in that Redis."""
    with Service(tmp_path_factory.mktemp("rls"), LIMITS, redis=redis) as service:
        yield service
