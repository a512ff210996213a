"""The vectors that all verifiers share, and ten thousand changes."""

from __future__ import annotations

import dataclasses
import json

import pytest
from conftest import TAMPERING, evidence, verifier, verify

from outwork_origin import Body, Refusal, Risk

VECTORS = evidence()


def told(risk: Risk) -> dict[str, object]:
    """A risk as vectors write it."""
    return {**dataclasses.asdict(risk), "reasons": list(risk.reasons), "body": risk.body.value, "demand": risk.demand.value}


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_vector(case: dict) -> None:
    """Verified with this risk, or refused for this reason."""
    try:
        head = verify(verifier(VECTORS["keys"], case.get("settings", {})), case)
    except Refusal as refusal:
        assert refusal.reason == case.get("refused"), refusal
    else:
        assert told(head.risk) == case.get("verified")


@pytest.mark.skipif(not TAMPERING.exists(), reason=f"{TAMPERING} is not there: cargo test -p outwork-compiler --test evidence makes it")
def test_every_honest_request_passes_and_no_changed_one() -> None:
    """10,000 of each."""
    counted = {True: 0, False: 0}
    with open(TAMPERING) as lines:
        checks = verifier(json.loads(next(lines))["keys"], {})
        for line in lines:
            case = json.loads(line)
            try:
                verify(checks, case)
                passed = True
            except Refusal as refusal:
                passed = False
                assert not case["honest"], (refusal, case)
            assert passed == case["honest"], case
            counted[case["honest"]] += 1
    assert counted == {True: 10_000, False: 10_000}


def test_bodies_have_the_names_of_the_wire() -> None:
    """What `transaction` says of them."""
    assert [body.value for body in Body] == ["bound", "unbound", "none"]
