"""The buckets that worker threads share: exact under contention, and kept over every reload."""

from __future__ import annotations

import asyncio
import http.client
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness import build, stack
from harness import edge as edges
from harness.edge import Ports
from origin import Echo
from test_filter import wait

from conftest import Edge

HOT = 500
ADDRESSES = 600
# Seconds that a refusal is held back.
HELD = 5.0


@pytest.fixture(scope="module", params=[2, 4])
def threads(request, limits: stack.Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """An Envoy with so many worker threads."""
    echo, run = Echo(), tmp_path_factory.mktemp("envoy")
    template = run / "template.yaml"
    # Envoy itself is the origin: one of Python's would refuse some of what is admitted.
    template.write_text(edges.TEMPLATE.read_text().replace("route: {cluster: origin, timeout: 30s}", "direct_response: {status: 200}"))
    try:
        with stack.start(run, limits, Ports(origin=echo.port), template=template, concurrency=request.param) as envoy:
            yield Edge(envoy, echo, limits)
    finally:
        echo.close()


def test_a_hot_bucket_admits_exactly_its_burst(threads):
    argv = ["h2load", "--h1", "-t2", "-c64", f"-n{8 * HOT}", threads.url("/hot", "http")]
    told = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    admitted, refused = map(int, re.search(r"status codes: (\d+) 2xx, 0 3xx, (\d+) 4xx, 0 5xx", told).groups())
    assert (admitted, refused) == (HOT, 7 * HOT), told
    unsettled(threads)


def test_each_of_many_new_clients_is_admitted_once(threads):
    """Four connections of each address ask at the same time, so that threads find the same empty page."""
    admitted = asyncio.run(crowd(threads.envoy.ports.http, "/many", 4))
    assert admitted == [1] * ADDRESSES
    unsettled(threads)


async def crowd(port: int, path: str, each: int) -> list[int]:
    """How many requests of each address were admitted."""
    async def ask(address: str, at: float) -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
        await asyncio.sleep(at - time.monotonic())
        writer.write(f"GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n".encode())
        status = int((await reader.readline()).split()[1])
        writer.close()
        return status

    admitted = []
    for start in range(0, ADDRESSES, 100):
        at = time.monotonic() + 0.15
        addresses = [f"127.7.{n // 250}.{n % 250 + 1}" for n in range(start, start + 100)]
        statuses = await asyncio.gather(*(ask(address, at) for address in addresses for _ in range(each)))
        assert set(statuses) <= {200, 429}, set(statuses)
        admitted += [statuses[n : n + each].count(200) for n in range(0, len(statuses), each)]
    return admitted


def unsettled(edge: Edge) -> None:
    """No charge went unmade because other threads were faster."""
    errors = edge.envoy.stats(r"^wasmcustom\.outwork_request_errors\.")
    assert errors and not any(errors.values()), errors


def test_what_was_used_up_stays_so_over_reloads(limits, tmp_path):
    """Another configuration, then other code: the threads begin anew, and what they share stays."""
    echo = Echo()
    try:
        with stack.start(tmp_path, limits, Ports(origin=echo.port)) as envoy:
            edge = Edge(envoy, echo, limits)
            assert [edge.curl("/many") for _ in range(3)] == ["200", "429", "429"]
            reload(edge, limits.wasm, "--client-address", "source")
            assert edge.curl("/many") == "429"
            other = shutil.copy(limits.wasm, tmp_path / "other.wasm")
            with open(other, "ab") as module:
                module.write(b"\0\6\5other")  # A custom section: code that does the same and is not the same.
            reload(edge, Path(other))
            assert edge.curl("/many") == "429"
            assert edge.curl("/many", "--interface", "127.0.0.9") == "200", "of another address"
    finally:
        echo.close()


def reload(edge: Edge, module: Path, *options: str) -> None:
    """Publishes, and waits until Envoy has taken it up."""
    name = "extension_config_discovery.http_filter.outwork.config_reload"
    before = edge.envoy.stats(name)
    build.publish(edge.made.outwork, edge.made.bundle, module, edges.watched(edge.envoy.run), *options)
    wait(lambda: edge.envoy.stats(name) != before)
    time.sleep(0.3)


def asked(edge: Edge, path: str) -> http.client.HTTPConnection:
    """A request of which nothing is read yet."""
    connection = http.client.HTTPConnection("127.0.0.1", edge.envoy.ports.http, timeout=60)
    connection.request("GET", path)
    return connection


def under_way(edge: Edge) -> int:
    """How many requests wait for their answer."""
    return edge.envoy.stats(r"^http\.edge\.downstream_rq_active$")["http.edge.downstream_rq_active"]


def test_a_refusal_is_held_back_and_holds_up_nobody(limits, tmp_path):
    echo = Echo()
    try:
        with stack.start(tmp_path, limits, Ports(origin=echo.port), concurrency=1) as envoy:
            edge = Edge(envoy, echo, limits)
            assert edge.curl("/held") == "200"
            for _ in range(3):
                gone = asked(edge, "/held")
                wait(lambda: under_way(edge) == 1)
                gone.close()
                wait(lambda: under_way(edge) == 0)
            began = time.monotonic()
            waiting = [asked(edge, "/held") for _ in range(20)]
            wait(lambda: under_way(edge) == 20)
            assert [asked(edge, "/").getresponse().status for _ in range(5)] == [200] * 5
            assert under_way(edge) == 20, "others are answered while all of them are held back"
            assert [one.getresponse().status for one in waiting] == [429] * 20
            assert HELD <= time.monotonic() - began < 10 * HELD
            unsettled(edge)
            assert not envoy.traps()
    finally:
        echo.close()
