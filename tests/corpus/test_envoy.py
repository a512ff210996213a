"""The corpus through a real Envoy: the decision of each case must be the engine's own, for what Envoy sees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cases
import pytest
import stand
from origin import Echo

CASES = cases.load()
KNOWN = cases.known("envoy")


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, Any]]]:
    """What became of every case. Envoy must end as it began: no VM reloaded, no trap in its log."""
    echo = Echo()
    envoy = stand.start(tmp_path_factory.mktemp("corpus"), echo.port)
    try:
        yield stand.play(envoy, echo, CASES)
        assert not any(envoy.stats(r"^wasm\..*vm_reload").values())
        assert envoy.traps() == []
    finally:
        envoy.stop()
        echo.close()


@pytest.mark.parametrize("case_id", CASES)
def test_envoy_decides_as_the_engine(played: dict[str, dict[str, Any]], case_id: str) -> None:
    case = CASES[case_id]
    found = cases.different(cases.expected(case, "envoy"), played[case_id])
    unknown = {field: values for field, values in found.items() if not any(known.covers(case_id, field) for known in KNOWN)}
    shown = "".join(f"\n  {field:16} expected {before}\n  {'':16}      got {now}" for field, (before, now) in unknown.items())
    assert not unknown, f"{case_id} ({case['class']}, {case['source']}){shown}\n  all of it: {played[case_id]}"


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: f"{known.case}:{known.field}")
def test_what_is_listed_as_different_still_is(played: dict[str, dict[str, Any]], known: cases.Known) -> None:
    """An entry must be true of every case that it names, or it hides more than it says."""
    named = [case_id for case_id in CASES if known.names(case_id)]
    assert named, f"tests/known-differences.json names no case by `{known.case}`: remove the entry"
    alike = [case_id for case_id in named if known.field not in cases.different(cases.expected(CASES[case_id], "envoy"), played[case_id])]
    assert not alike, f"`{known.field}` no longer differs: narrow or remove the entry `{known.case}` in tests/known-differences.json: {alike}"
