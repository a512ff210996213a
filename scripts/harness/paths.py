"""Where things are. Everything the scripts make lies under .outwork/ and target/, both ignored by git."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STATE = Path(os.environ.get("OUTWORK_STATE", ROOT / ".outwork"))
LOGS = Path(os.environ.get("OUTWORK_LOGS", STATE / "logs"))
VENV = STATE / "venv"
VENV_TRAIN = STATE / "venv-train"
VENV_RIVALS = STATE / "venv-rivals"
VENV_ORIGINS = STATE / "venv-origins"
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
DATA = Path(os.environ.get("OUTWORK_DATA", ROOT.parent / "shared" / "data"))
EDGE = ROOT / "envoy-config" / "edge"
SHOP = ROOT / "origin" / "shop"
LIVE = ROOT / "tests" / "live"
RIVALS = ROOT / "tests" / "rivals"
RLS = ROOT / "tests" / "rls"
ORIGIN_RUST = ROOT / "origin" / "rust"
ORIGIN_TARGET = TARGET / "origin"
REQUIREMENTS = ROOT / "scripts" / "requirements.txt"
REQUIREMENTS_TRAIN = ROOT / "scripts" / "requirements-train.txt"
REQUIREMENTS_RIVALS = ROOT / "scripts" / "requirements-rivals.txt"
REQUIREMENTS_ORIGINS = ROOT / "scripts" / "requirements-origins.txt"


def relative(path: Path) -> str:
    """The path as a reader at the root of the repository would type it."""
    try:
        return str(path.relative_to(ROOT))
    except ValueError:
        return str(path)
