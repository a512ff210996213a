"""What models say of the corpus in a real Envoy: of the same features the same probability and contributions, to the last digit."""

from __future__ import annotations

import json
from typing import Any

import cases
import pytest
import stand
from harness import build, stack
from origin import Echo

POLICY = cases.HERE / "models"
CASES = cases.load()


def said() -> dict[str, Any]:
    """What models say of each case, by its id, as this host sees it."""
    lines = map(json.loads, (POLICY / "said.jsonl").read_text(encoding="utf-8").splitlines())
    return {line["id"]: line.get("said_on_envoy", line["said"]) for line in lines}


def test_models_say_of_every_case_what_they_say_natively(tmp_path_factory: pytest.TempPathFactory) -> None:
    run, echo = tmp_path_factory.mktemp("models"), Echo()
    made = stack.built()
    bundle = build.bundle(made.outwork, POLICY, run / "models.bundle")
    envoy = stand.start(run, echo.port, stack.Built(made.wasm, made.outwork, bundle))
    try:
        records = stand.recorded(envoy, CASES)
    finally:
        envoy.stop()
        echo.close()
    own = {case: record["unmapped"]["outwork"] for case, record in records.items() if record}
    native = said()
    # What Envoy joins or adds is not counted: then its models see something else.
    same = [case for case in own if own[case].get("features") == native[case]["features"]]
    assert {case: (native[case]["models"], own[case].get("models")) for case in same if native[case]["models"] != own[case].get("models")} == {}
    assert len(same) > 300, f"only {len(same)} cases have the same features"
