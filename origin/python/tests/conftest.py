"""What the tests share: where the vectors are, and the verifier that a case asks for."""

from __future__ import annotations

import base64
import json
import os
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ORIGIN = HERE.parents[1]
sys.path.insert(0, str(HERE.parent))

from outwork_origin import Arrived, Risk, Verifier, parse_keys  # noqa: E402

VECTORS = ORIGIN / "vectors"
# Where `cargo test -p outwork-compiler --test evidence` leaves it.
TAMPERING = Path(os.environ.get("OUTWORK_TAMPERING", ORIGIN.parent / "target" / "tmp" / "tampering.jsonl"))


def evidence() -> dict[str, Any]:
    """The shared vectors."""
    return json.loads((VECTORS / "evidence.json").read_text())


def arrived(request: dict[str, Any]) -> Arrived:
    """A vector's request."""
    headers = [(name, value) for name, value in request["headers"]]
    return Arrived(request["method"], request["authority"], request["target"], headers, request["scheme"])


def verify(verifier: Verifier, case: dict[str, Any]) -> Risk:
    """The risk of a case by its head and its body, or a refusal."""
    return verifier.head(arrived(case["request"]), case["now"]).with_body(base64.b64decode(case["request"].get("body", "")))


def verifier(keys: str, settings: dict[str, Any]) -> Verifier:
    """The verifier with a case's settings."""
    return Verifier(parse_keys(keys), **settings)
