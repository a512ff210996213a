"""What Istio would make of the manifests: objects, and patches applied to a gateway's listener."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent
ISTIO = HERE.parents[1] / "envoy-config" / "istio"


def documents(file: Path) -> list[dict[str, Any]]:
    """The objects of a manifest."""
    return list(yaml.safe_load_all(file.read_text()))


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
