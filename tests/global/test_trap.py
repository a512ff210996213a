"""A VM that one request brings down, while others wait in it for the rate limit service: they end all the same."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from edges import LIMITS
from harness import build, certificate, edge, global_limits
from harness.edge import Ports
from harness.envoy import Envoy
from harness.global_limits import Service
from harness.load import Client, Reply
from origin import Echo

# Seconds; the scenario has 35.
IDLE = 1.5


@pytest.fixture
def envoy(tmp_path: Path) -> Iterator[Envoy]:
    """The scenario with a filter that can be told to trap, one worker, and a service that does not answer in time."""
    echo = Echo()
    try:
        with Service(tmp_path, LIMITS, delay_ms=60_000) as service:
            template = global_limits.template(tmp_path, service.port)
            template.write_text(template.read_text().replace("stream_idle_timeout: 35s", f"stream_idle_timeout: {IDLE}s"))
            ports = Ports(origin=echo.port)
            configuration = edge.configuration(tmp_path, ports, certificate.certificate(), template)
            edge.publish(edge.watched(tmp_path), edge.wasm(build.trap()))
            with Envoy(tmp_path, configuration, ports, concurrency=1) as envoy:
                envoy.wait_ready()
                yield envoy
    finally:
        echo.close()


def test_a_request_that_waits_in_a_vm_that_is_gone_ends(envoy):
    replies: list[Reply] = []
    waiting = threading.Thread(target=lambda: replies.append(Client(envoy, 1).get("/wait")))
    waiting.start()
    time.sleep(0.3)
    assert Client(envoy, 2).get("/trap").status == 503
    # The VM is started anew by the next request, or by one after its back-off, whose length Envoy draws.
    deadline = time.monotonic() + 10
    while Client(envoy, 3).get("/other").status != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    waiting.join(10)
    (ended,) = replies
    assert ended.status in (503, 504) and IDLE - 0.1 < ended.seconds < IDLE + 1
