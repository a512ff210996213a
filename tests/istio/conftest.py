"""The filter and the baseline, built once, and the manifests that `render` fills in with them."""

from __future__ import annotations

import copy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT / "scripts"), str(ROOT / "tests" / "live")]

from harness import stack  # noqa: E402
from istio import ISTIO  # noqa: E402


@pytest.fixture(scope="session")
def made() -> stack.Built:
    """The filter, the command and the baseline's bundle, built once."""
    return stack.built()


@pytest.fixture
def rendered(once: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The manifests that `render` fills in, as objects, by their name; a test may change its own."""
    return copy.deepcopy(once)


@pytest.fixture(scope="session")
def once(made: stack.Built) -> dict[str, dict[str, Any]]:
    """Rendered and read, which takes seconds."""
    found = {}
    for name in ("wasmplugin.yaml", "trafficextension.yaml", "envoyfilter.yaml"):
        argv = [ISTIO / "render", ISTIO / name, made.bundle, made.wasm, "https://artefacts.example/outwork_filter.wasm"]
        found[name] = yaml.safe_load(subprocess.run(argv, capture_output=True, text=True, check=True).stdout)
    return found
