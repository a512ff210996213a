"""The scripts' common parts are importable as `harness`, as they are for the scripts."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
