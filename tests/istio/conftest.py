"""What Istio would make of the manifests: filled in by `render`, and patched into a gateway's configuration."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
ISTIO = ROOT / "envoy-config" / "istio"
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests" / "live")]

from harness import stack  # noqa: E402


def documents(file: Path) -> list[dict[str, Any]]:
    """The objects of a manifest."""
    return list(yaml.safe_load_all(file.read_text()))


@pytest.fixture(scope="session")
def made() -> stack.Built:
    """The filter, the command and the baseline's bundle, built once."""
    return stack.built()


@pytest.fixture
def rendered(made: stack.Built) -> dict[str, dict[str, Any]]:
    """The manifests that `render` fills in, as objects, by their name."""
    found = {}
    for name in ("wasmplugin.yaml", "trafficextension.yaml"):
        argv = [ISTIO / "render", ISTIO / name, made.bundle, made.wasm, "https://artefacts.example/outwork_filter.wasm"]
        found[name] = yaml.safe_load(subprocess.run(argv, capture_output=True, text=True, check=True).stdout)
    return found


def patched(listener: dict[str, Any], patches: list[dict[str, Any]], version: str) -> dict[str, Any]:
    """What Istio's pilot makes of a gateway's listener (pilot/pkg/networking/core/envoyfilter/listener_patch.go): the two operations that the manifest uses."""
    for patch in patches:
        match, value = patch["match"], patch["patch"]["value"]
        assert match["context"] == "GATEWAY"
        if not re.match(match.get("proxy", {}).get("proxyVersion", ""), version):
            continue
        operation = (patch["applyTo"], patch["patch"]["operation"])
        if operation == ("LISTENER_FILTER", "REPLACE"):
            wanted = match["listener"]["listenerFilter"]
            listener["listener_filters"] = [value if one["name"] == wanted else one for one in listener.get("listener_filters", [])]
        elif operation == ("NETWORK_FILTER", "INSERT_BEFORE"):
            wanted = match["listener"]["filterChain"]["filter"]["name"]
            for chain in listener["filter_chains"]:
                names = [one["name"] for one in chain["filters"]]
                chain["filters"].insert(names.index(wanted), value)
        else:
            raise AssertionError(f"{operation} is not known here")
    return listener
