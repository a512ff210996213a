"""Envoys of the scenario before one origin, and clients that each have an address of their own."""

from __future__ import annotations

import contextlib
import http.client
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harness import build, edge, global_limits, stack
from harness.envoy import Envoy
from harness.global_limits import Redis, Service
from origin import Echo

LIMITS = Path(__file__).with_name("limits.yaml")
# Milliseconds that the filter waits for the service: far more than it takes on loopback, also on a busy machine.
TIMEOUT = 100
# Envoys that share a limit have the same keys: a bucket's name is made with them.
KEYS = edge.keys()


@dataclass
class Reply:
    """What a client got, and after how many seconds."""

    status: int
    headers: dict[str, str]
    seconds: float


class Client:
    """A client with a connection to one Envoy. All of 127.0.0.0/8 is loopback, so its address can be its own."""

    def __init__(self, envoy: Envoy, number: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", envoy.ports.http, timeout=20, source_address=(f"127.0.{number >> 8}.{number & 255}", 0))

    def get(self, path: str, method: str = "GET", body: bytes | None = None) -> Reply:
        """One request."""
        began = time.monotonic()
        self.connection.request(method, path, body)
        answer = self.connection.getresponse()
        answer.read()
        return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, time.monotonic() - began)


def options(timeout: int = TIMEOUT, calls: str = "together") -> list[str]:
    """What `outwork publish` is told of the service."""
    return ["--global-cluster", "ratelimit", "--global-timeout", str(timeout), "--global-calls", calls]


@contextlib.contextmanager
def start(run: Path, made: stack.Built, service_port: int, echo: Echo, *, change: tuple[str, str] = ("", "")) -> Iterator[Envoy]:
    """An Envoy that asks the service at a port; a text of its envoy.yaml may be another. It must end as it began: no VM reloaded, no trap in its log."""
    template = global_limits.template(run, service_port)
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
    yield
    _publish(envoy, made, options())


def _publish(envoy: Envoy, made: stack.Built, said: list[str]) -> None:
    before = _reloads(envoy)
    build.publish(made.outwork, made.bundle, made.wasm, edge.watched(envoy.run), *said)
    deadline = time.monotonic() + 20
    while _reloads(envoy) == before:
        assert time.monotonic() < deadline, envoy.log.read_text()[-2000:]
        time.sleep(0.02)


def _reloads(envoy: Envoy) -> int:
    return sum(envoy.stats(r"extension_config_discovery\.http_filter\.outwork\.config_reload$").values())


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
    with absent(service), Service(run, LIMITS, port=service.port, **behaviour):
        yield


class Load:
    """Clients that ask for one path, each as soon as it has its answer and rested a moment."""

    REST = 0.01

    def __init__(self, envoy: Envoy, path: str, numbers: range) -> None:
        self.replies: list[tuple[float, Reply]] = []
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(Client(envoy, number), path), daemon=True) for number in numbers]
        for thread in self._threads:
            thread.start()

    def _run(self, client: Client, path: str) -> None:
        while not self._over.is_set():
            reply = client.get(path)
            self.replies.append((time.monotonic(), reply))
            time.sleep(self.REST)

    def stop(self) -> list[tuple[float, Reply]]:
        """Every reply and when it came."""
        self._over.set()
        for thread in self._threads:
            thread.join()
        return self.replies
