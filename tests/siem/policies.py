"""The shipped rules, with other settings."""

from __future__ import annotations

from pathlib import Path

from conftest import ROOT


def rules(folder: Path, settings: str) -> Path:
    """A copy of rules/ with these lines among its settings, in place of those of the same names."""
    names = {line.partition(" = ")[0] for line in settings.splitlines()}
    head, body = (ROOT / "rules" / "outwork.toml").read_text().split("[policy]\n")
    kept = [line for line in body.splitlines() if line.partition(" = ")[0] not in names]
    path = folder / "rules"
    path.mkdir()
    (folder / "models").symlink_to(ROOT / "models")
    for one in (ROOT / "rules").iterdir():
        if one.name != "outwork.toml":
            (path / one.name).symlink_to(one)
    (path / "outwork.toml").write_text("\n".join([head + "[policy]", settings, *kept]) + "\n")
    return path
