"""A risk as JSON."""

from __future__ import annotations

import dataclasses
from typing import Any

from outwork_origin import Risk


def told(risk: Risk) -> dict[str, Any]:
    """All of it."""
    return {**dataclasses.asdict(risk), "body": risk.body.value, "demand": risk.demand.value}
