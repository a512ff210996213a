"""envoy-config/edge/ made ready to run: the same file, with only its ports and its /etc/outwork paths replaced."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import paths, process

TEMPLATE = paths.EDGE / "envoy.yaml"
EXTENSION = "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig"
FILTER = "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm"
STRING = "type.googleapis.com/google.protobuf.StringValue"


@dataclass
class Ports:
    """Where this Envoy listens, and where its origin does."""

    origin: int
    https: int = 0
    http: int = 0
    admin: int = 0

    def __post_init__(self) -> None:
        self.https = self.https or process.free_port()
        self.http = self.http or process.free_port()
        self.admin = self.admin or process.free_port()


def keys() -> dict[str, str]:
    """The environment of an Envoy with a key of its own, made now and written nowhere."""
    return {"OUTWORK_KEYS": f"demo:{base64.b64encode(os.urandom(32)).decode()}"}


def evidence_keys(outwork: Path, masters: dict[str, str]) -> dict[str, str]:
    """The environment of an origin behind an Envoy with these keys: what `outwork keys evidence` prints."""
    asked = subprocess.run([outwork, "keys", "evidence"], env={**os.environ, **masters}, capture_output=True, text=True, check=True)
    return {"OUTWORK_EVIDENCE_KEYS": asked.stdout.strip()}


def watched(run: Path) -> Path:
    """The file by which an Envoy that lives in `run` gets its filter."""
    return run / "ecds" / "outwork.json"


def configuration(run: Path, ports: Ports, tls: Path, template: Path = TEMPLATE) -> Path:
    """Writes `run`/envoy.yaml. Every replaced text must be in the template, so that the two cannot drift apart unseen."""
    for folder in ("log", "ecds"):
        (run / folder).mkdir(parents=True, exist_ok=True)
    text = template.read_text()
    for old, new in {
        "port_value: 9901": f"port_value: {ports.admin}",
        "port_value: 8443": f"port_value: {ports.https}",
        "port_value: 8080": f"port_value: {ports.http}",
        "port_value: 3000": f"port_value: {ports.origin}",
        "/etc/outwork/tls": str(tls),
        "/etc/outwork/log": str(run / "log"),
        "/etc/outwork/ecds": str(run / "ecds"),
    }.items():
        if old not in text:
            raise AssertionError(f"`{old}` is not in {paths.relative(template)}")
        text = text.replace(old, new)
    path = run / "envoy.yaml"
    path.write_text(text)
    return path


def wasm(module: Path, plugin: str = "") -> dict[str, Any]:
    """An HTTP filter configuration for any module: a rival, or Outwork with a configuration that a test has broken."""
    return {
        "@type": FILTER,
        "config": {
            "name": "outwork", "root_id": "outwork", "failure_policy": "FAIL_RELOAD", "allow_on_headers_stop_iteration": True,
            "vm_config": {
                "vm_id": "outwork", "runtime": "envoy.wasm.runtime.v8", "code": {"local": {"filename": str(module)}},
                "environment_variables": {"host_env_keys": ["OUTWORK_KEYS"]},
            },
            "configuration": {"@type": STRING, "value": plugin},
        },
    }


def publish(file: Path, filter: dict[str, Any], version: str = "1") -> None:
    """Writes the watched file as one rename, which is what makes Envoy read it."""
    response = {"version_info": version, "resources": [{"@type": EXTENSION, "name": "outwork", "typed_config": filter}]}
    replace(file, json.dumps(response))


def replace(file: Path, text: str) -> None:
    """A file's new text, all at once."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f".{file.name}.new")
    fresh.write_text(text)
    os.replace(fresh, file)
