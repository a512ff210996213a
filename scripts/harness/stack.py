"""The whole of it on loopback: built, published, an Envoy in front of an origin."""

from __future__ import annotations

import functools
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Sequence

from . import build, certificate, edge, environment, paths
from .edge import Ports
from .envoy import Envoy
from .problem import Problem

POLICY = paths.ROOT / "rules"
DEMO = POLICY / "demo"


@dataclass(frozen=True)
class Built:
    """What cargo and the `outwork` command made."""

    wasm: Path
    outwork: Path
    bundle: Path


# Configurations that an Envoy of this process has taken: to ask again takes as long as a start. Keys are made anew each time and alike.
_taken: set[str] = set()


def built(policy: Path = POLICY, to: Path | None = None) -> Built:
    """Builds what is not up to date. Without a place for the bundle it lasts as long as this process: others build other policies meanwhile."""
    environment.python()
    wasm = build.filter()
    outwork = build.command()
    return Built(wasm, outwork, build.bundle(outwork, policy, to or Path(_scratch().name, *policy.parts[1:], "policy.bundle")))


@functools.cache
def _scratch() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="outwork-bundles-")


def start(run: Path, made: Built, ports: Ports, *, concurrency: int = 2, level: str = "warning", env: dict[str, str] | None = None, template: Path = edge.TEMPLATE, options: Sequence[str] = ()) -> Envoy:
    """Publishes the bundle, checks that Envoy would load it, starts Envoy and returns when it answers."""
    env = env or edge.keys()
    configuration = edge.configuration(run, ports, certificate.certificate(), template)
    watched = build.publish(made.outwork, made.bundle, made.wasm, edge.watched(run), *options)
    if (text := watched.read_text()) not in _taken and (refused := preflight(watched, env)):
        raise Problem(f"Envoy would refuse the filter: {refused}")
    _taken.add(text)
    envoy = Envoy(run, configuration, ports, env=env, concurrency=concurrency, level=level)
    try:
        envoy.wait_ready()
    except BaseException:
        envoy.stop()
        raise
    return envoy


def preflight(watched: Path, env: dict[str, str]) -> str:
    """What stands in the way of loading this file, or nothing."""
    asked = subprocess.run([paths.EDGE / "preflight", watched, environment.envoy()], capture_output=True, text=True, env={**os.environ, **env})
    return asked.stderr.strip() or "for no reason it gives" if asked.returncode else ""
