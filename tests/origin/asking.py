"""Requests to origins: by Envoy, and past it."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from conftest import Stand

ORDER = "product=ravelin&count=1"
# For answers that come before the body is read: by HTTP/2 Envoy then resets the stream, which curl 7.88 now and then takes for an error.
EARLY = "--http1.1"
MADE_UP = {"outwork-risk": "risk=0, band=low, verdict=allow", "signature-input": "outwork=()", "signature": "outwork=:AAAA:"}


def curl(url: str, *options: str) -> tuple[int, Any]:
    """Status and JSON of an answer, or its text where that is a page."""
    asked = subprocess.run(["curl", "-sk", "-w", "\n%{http_code}", *options, url], capture_output=True, text=True, check=True)
    body, _, status = asked.stdout.rpartition("\n")
    return int(status), body if body.startswith("<!DOCTYPE html>") else json.loads(body)


def through(stand: Stand, name: str, path: str, *options: str, authority: str | None = None) -> tuple[int, Any]:
    """By Envoy, over TLS."""
    return curl(f"https://127.0.0.1:{stand.envoy.ports.https}{path}", "-H", f"host: {authority or f'{name}.example'}", *options)


def captured(stand: Stand, path: str, *options: str) -> dict[str, str]:
    """The headers with which a request came to an origin: whoever could listen behind the edge has them."""
    status, said = through(stand, "echo", path, *options, authority="shop.example")
    assert status == 200
    kept = ("host", "outwork-risk", "signature", "signature-input", "content-digest", "x-forwarded-proto")
    return {name: value for name, value in said["headers"] if name in kept}


def past(stand: Stand, name: str, path: str, headers: dict[str, str], *options: str) -> tuple[int, Any]:
    """Directly to an origin."""
    lines = [part for header, value in headers.items() for part in ("-H", f"{header}: {value}")]
    return curl(f"http://127.0.0.1:{stand.ports[name]}{path}", *lines, *options)
