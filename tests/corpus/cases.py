"""The cases, what is expected of a host, and where it is known to differ."""

from __future__ import annotations

import json
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
KNOWN = HERE.parent / "known-differences.json"


def load(folder: Path = HERE) -> dict[str, dict[str, Any]]:
    """Every case of a folder by its id."""
    lines = [line for file in sorted(folder.glob("*.jsonl")) for line in file.read_text(encoding="utf-8").splitlines()]
    return {case["id"]: case for case in map(json.loads, lines)}


def expected(case: dict[str, Any], host: str) -> dict[str, Any]:
    """What this host should make of a case, given what it sees."""
    return case.get("expect_on", {}).get(host, case["expect"])


def different(expected: dict[str, Any], got: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The fields that differ, with what was expected and what came. A request that the host itself refused has but one."""
    if "refused-by-host" in got:
        return {"refused-by-host": (None, got["refused-by-host"])}
    names = [name for name in ("verdict", "risk", "reasons", "status", "origin") if expected.get(name) != got.get(name)]
    return {name: (expected.get(name), got.get(name)) for name in names}


@dataclass(frozen=True)
class Known:
    """A difference that a host is known to make, and why. `case` may be a pattern, as in file names."""

    case: str
    host: str
    field: str
    reason: str

    def names(self, case: str) -> bool:
        """Whether it speaks of this case."""
        return fnmatchcase(case, self.case)

    def covers(self, case: str, field: str) -> bool:
        """Whether it speaks of this field of this case."""
        return field == self.field and self.names(case)


def known(host: str) -> list[Known]:
    """The known differences of a host."""
    return [entry for entry in (Known(**row) for row in json.loads(KNOWN.read_text())) if entry.host == host]
