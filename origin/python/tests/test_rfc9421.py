"""What RFC 9421 itself gives as examples."""

from __future__ import annotations

import base64
import hmac
import json

import pytest
from conftest import VECTORS

from outwork_origin import Arrived
from outwork_origin.evidence import base, derived

RFC = json.loads((VECTORS / "rfc9421.json").read_text())


def test_b_2_5() -> None:
    """hmac-sha256 over the base that is given."""
    vector = RFC["hmac"]
    made = hmac.digest(base64.b64decode(vector["key"]), base(vector["covered"], vector["values"], vector["parameters"]), "sha256")
    assert base64.b64encode(made).decode() == vector["signature"]


@pytest.mark.parametrize("example", RFC["components"], ids=lambda example: example["section"])
def test_component(example: dict[str, str]) -> None:
    """Section 2.2."""
    assert derived(Arrived(example["method"], example["authority"], example["target"], []))[example["name"]] == example["value"]
