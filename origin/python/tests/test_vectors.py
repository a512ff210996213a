"""The vectors that all verifiers share, and ten thousand changes."""

from __future__ import annotations

import base64
import dataclasses
import json

import pytest
from conftest import TAMPERING, arrived, evidence, verifier, verify

from outwork_origin import Body, Demand, Refusal, Risk, TransactionRefused

VECTORS = evidence()


def told(risk: Risk) -> dict[str, object]:
    """A risk as vectors write it."""
    return {**dataclasses.asdict(risk), "reasons": list(risk.reasons), "body": risk.body.value, "demand": risk.demand.value}


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_vector(case: dict) -> None:
    """Verified with this risk, or refused for this reason."""
    try:
        risk = verify(verifier(VECTORS["keys"], case.get("settings", {})), case)
    except Refusal as refusal:
        assert refusal.reason == case.get("refused"), refusal
    else:
        assert told(risk) == case.get("verified")


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


def test_a_risk_whose_body_is_bound_is_there_for_who_has_the_body() -> None:
    """And nothing else of a head gives it out."""
    case = next(case for case in VECTORS["cases"] if case["name"] == "a bound body")
    head = verifier(VECTORS["keys"], {}).head(arrived(case["request"]), case["now"])
    public = {name: getattr(head, name) for name in dir(head) if not name.startswith("_")}
    assert sorted(public) == ["binds_body", "nonce", "until", "with_body"] and head.binds_body
    assert not any(isinstance(value, Risk) for value in public.values()) and "checkout" not in repr(head)
    for body in (b"", b"another"):
        with pytest.raises(Refusal) as raised:
            head.with_body(body)
        assert raised.value.reason == "digest"
    head.with_body(base64.b64decode(case["request"]["body"])).require_transaction("checkout")


def test_a_body_that_nobody_bound_is_not_looked_at() -> None:
    """It may have been too large for the edge."""
    case = next(case for case in VECTORS["cases"] if case["name"] == "a body that was too large to bind")
    head = verifier(VECTORS["keys"], {}).head(arrived(case["request"]), case["now"])
    assert not head.binds_body and head.with_body(b"anything").body is Body.UNBOUND


def test_of_a_transaction_body_and_demand_are_demanded_one_by_one() -> None:
    """What lifts the one lifts nothing of the other."""
    seen = set()
    for case in (case for case in VECTORS["cases"] if case.get("verified", {}).get("transaction")):
        risk = verify(verifier(VECTORS["keys"], case.get("settings", {})), case)
        bound, met = risk.body is Body.BOUND, risk.demand is not Demand.UNMET
        wanted = [({}, bound and met), ({"body": "any"}, met), ({"demand": "any"}, bound), ({"body": "any", "demand": "any"}, True)]
        assert [(options, is_taken(risk, risk.transaction, options)) for options, _ in wanted] == wanted, case["name"]
        assert not any(is_taken(risk, "another", options) for options, _ in wanted)
        seen.add((bound, met))
    assert len(seen) == 4


def is_taken(risk: Risk, id: str | None, options: dict) -> bool:
    """Whether the demand holds."""
    try:
        risk.require_transaction(str(id), **options)
    except TransactionRefused:
        return False
    return True


def test_bodies_have_the_names_of_the_wire() -> None:
    """What `transaction` says of them."""
    assert [body.value for body in Body] == ["bound", "unbound", "none"]
