"""Requests with bodies that transactions bind, in a real Envoy: as the native engine decides, and with the digest that it takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cases
import pytest
import stand
from harness import build, stack
from origin import Echo

POLICY = cases.HERE / "bodies"
CASES = cases.load(POLICY)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, Any]]]:
    """What became of every case."""
    run, echo = tmp_path_factory.mktemp("bodies"), Echo()
    made = stack.built()
    bundle = build.bundle(made.outwork, POLICY, run / "bodies.bundle")
    envoy = stand.start(run, echo.port, stack.Built(made.wasm, made.outwork, bundle))
    try:
        yield stand.play(envoy, echo, CASES)
        assert envoy.traps() == []
    finally:
        envoy.stop()
        echo.close()


@pytest.mark.parametrize("case_id", CASES)
def test_envoy_decides_as_the_engine(played: dict[str, dict[str, Any]], case_id: str) -> None:
    case = CASES[case_id]
    assert cases.different(cases.expected(case, "envoy"), played[case_id]) == {}, f"{case['class']}: {case['source']}"
