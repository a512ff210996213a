"""Envoys of the scenario before one origin."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

from harness import build, edge, global_limits, stack
from harness.envoy import Envoy
from origin import Echo

LIMITS = Path(__file__).with_name("limits.yaml")
# Milliseconds that the filter waits for the service: as long as it may, for a late answer would decide in the service's place.
PATIENT = 10_000
# Envoys that share a limit have the same keys: a bucket's name is made with them.
KEYS = edge.keys()


def options(timeout: int = PATIENT, calls: str = "together") -> list[str]:
    """What `outwork publish` is told of the service."""
    return ["--global-cluster", "ratelimit", "--global-timeout", str(timeout), "--global-calls", calls]


@contextlib.contextmanager
def start(run: Path, made: stack.Built, service_port: int, echo: Echo, *, change: tuple[str, str] = ("", "")) -> Iterator[Envoy]:
    """An Envoy that asks the service at a port; a text of its envoy.yaml may be another. It must end as it began: no VM reloaded, no trap in its log."""
    template = global_limits.patient_template(run, service_port)
    text = template.read_text()
    assert change[0] in text
    template.write_text(text.replace(*change) if change[0] else text)
    with stack.start(run, made, edge.Ports(origin=echo.port), template=template, env=KEYS, options=options()) as envoy:
        yield envoy
        assert envoy.running(), envoy.log.read_text()[-2000:]
        assert not any(envoy.stats(r"^wasm\..*vm_reload").values())
        assert envoy.traps() == []


@contextlib.contextmanager
def told(envoy: Envoy, made: stack.Built, **other: int | str) -> Iterator[None]:
    """An Envoy that is told otherwise about the service, for a while."""
    _publish(envoy, made, options(**other))
    try:
        yield
    finally:
        _publish(envoy, made, options())


def _publish(envoy: Envoy, made: stack.Built, said: list[str]) -> None:
    before = _reloads(envoy)
    build.publish(made.outwork, made.bundle, made.wasm, edge.watched(envoy.run), *said)
    deadline = time.monotonic() + 60
    while _reloads(envoy) == before:
        assert time.monotonic() < deadline, envoy.log.read_text()[-2000:]
        time.sleep(0.02)


def _reloads(envoy: Envoy) -> int:
    return sum(envoy.stats(r"extension_config_discovery\.http_filter\.outwork\.config_reload$").values())
