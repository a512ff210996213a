"""What docs/siem.md says of the members of records that are ours."""

from __future__ import annotations

import re
from typing import Any

from conftest import ROOT

PAGE = ROOT / "docs" / "siem.md"


def explained() -> set[str]:
    """The members that its table names."""
    table = PAGE.read_text().split("| ours |")[1].split("Inside of them:")[0]
    return {name for row in re.findall(r"^\|([^|]*)\|", table, re.M) for name in re.findall(r"`(\w+)`", row)}


def nested() -> set[str]:
    """What the table of their insides names."""
    table = PAGE.read_text().split("| nested |")[1].split("OCSF 1.8 and ECS")[0]
    return {name for row in re.findall(r"^\|([^|]*)\|", table, re.M) for name in re.findall(r"`([\w.*\[\]]+)`", row)}


def unexplained(records: list[dict[str, Any]]) -> set[str]:
    """The members of these records that it does not."""
    own = [record.get("outwork") or record.get("unmapped", {}).get("outwork", {}) for record in records]
    return {name for members in own for name in members} - explained()
