"""What stands behind limits of `scope = "global"`: a Redis, the tests' rate limit service, and envoy-config/global-limits/ made ready for them."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

from . import build, environment, paths
from .process import Server, free_port, listening

SCENARIO = paths.ROOT / "envoy-config" / "global-limits"


class Redis(Server):
    """A real Redis that keeps nothing: what it counted is gone when it is."""

    def __init__(self, run: Path) -> None:
        environment.programs(["redis-server"])
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/"
        argv = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--loglevel", "warning"]
        super().__init__("Redis", argv, run / "redis.log", cwd=run)
        self.wait_ready()

    def wait_ready(self) -> None:
        """Returns when it accepts connections."""
        self.wait_until(lambda: listening(self.port))


class Service(Server):
    """tests/rls: counts in memory or in a Redis, at once or after a delay, with a status a descriptor or `bare` as Limitador's server answers."""

    def __init__(self, run: Path, limits: Path, *, redis: Redis | None = None, port: int = 0, delay_ms: int = 0, bare: bool = False) -> None:
        self.limits = limits
        self.port = port or free_port()
        argv = [build.rate_limit_service(), "--listen", f"127.0.0.1:{self.port}", "--limits", limits, "--delay-ms", str(delay_ms)]
        argv += ["--redis", redis.url] if redis else []
        argv += ["--bare"] if bare else []
        super().__init__("the rate limit service", argv, run / "rls.log")
        self.wait_ready()

    def wait_ready(self) -> None:
        """Returns when it accepts connections."""
        self.wait_until(lambda: listening(self.port))


def template(run: Path, service_port: int) -> Path:
    """The scenario's envoy.yaml for a service that listens on another port."""
    run.mkdir(parents=True, exist_ok=True)
    path, text = run / "template.yaml", (SCENARIO / "envoy.yaml").read_text()
    if "port_value: 8081" not in text:
        raise AssertionError(f"`port_value: 8081` is not in {paths.relative(SCENARIO / 'envoy.yaml')}")
    path.write_text(text.replace("port_value: 8081", f"port_value: {service_port}"))
    return path


# What gives a service up that is alive, in the scenario: on a busy machine one may stand still for longer.
_IMPATIENT = ("connection_keepalive: {interval: 2s, timeout: 1s}", "connect_timeout: 0.25s")


def patient_template(run: Path, service_port: int) -> Path:
    """The same for a service that may take its time, where time is not what is tested."""
    path = template(run, service_port)
    text = path.read_text()
    for impatient in _IMPATIENT:
        if text.count(impatient) != 1:
            raise AssertionError(f"`{impatient}` is not in {paths.relative(SCENARIO / 'envoy.yaml')}")
        text = re.sub(re.escape(impatient), re.sub(r"(timeout: )[\d.]+s", r"\g<1>30s", impatient), text)
    path.write_text(text)
    return path


@contextlib.contextmanager
def absent(server: Redis | Service) -> Iterator[None]:
    """A server that is killed, and started again on its port."""
    server.kill()
    try:
        yield
    finally:
        server.again()
        server.wait_ready()


@contextlib.contextmanager
def in_place_of(service: Service, run: Path, **behaviour: int | bool) -> Iterator[None]:
    """Another service that counts in memory, on the port of the one that all ask."""
    with absent(service), Service(run, service.limits, port=service.port, **behaviour):
        yield
