"""The cases in buckets that the workers of a real Envoy share."""

from __future__ import annotations

import limit_cases
import pytest
from harness import build, stack
from harness.edge import Ports
from origin import Echo


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What went wrong, by case: all are played at once."""
    wasm, outwork = build.filter(), build.command()
    made = stack.Built(wasm, outwork, limit_cases.bundle(outwork, "local", tmp_path_factory.mktemp("policy")))
    echo = Echo()
    try:
        with stack.start(tmp_path_factory.mktemp("envoy"), made, Ports(origin=echo.port)) as envoy:
            return limit_cases.play(envoy)
    finally:
        echo.close()


@pytest.mark.parametrize("name", limit_cases.NAMES)
def test_local(wrong: dict[str, list[str]], name: str):
    assert not wrong[name]
