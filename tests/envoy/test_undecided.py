"""Requests that end while the filter holds them, in a real Envoy: each leaves a record that says so, in the chain, and no command takes it for a decision."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from harness import build, global_limits, stack
from harness.edge import Ports
from harness.envoy import Envoy
from service import OK, Service
from test_filter import wait
from test_transactions import ENVIRONMENT, POLICY, Keeper

ROUTE = "- match: {prefix: /}\n                route: {cluster: origin, timeout: 30s}"
# Envoy itself gives this one up after a second without a byte.
GIVEN_UP = "- match: {prefix: /pay/late}\n                route: {cluster: origin, idle_timeout: 1s}\n              "
HEAD = "POST {path} HTTP/1.1\r\nhost: localhost\r\nuser-agent: shop-app/1\r\ncontent-length: 900\r\n\r\namount"


@dataclass
class Log:
    """What is left of six requests."""

    outwork: Path
    bundle: Path
    path: Path
    records: list[dict]
    verdicts: list[str]
    reached: int

    def run(self, *argv: str | Path) -> tuple[int, str]:
        """The command with the keys of the log."""
        asked = subprocess.run([self.outwork, *argv], capture_output=True, text=True, env={**os.environ, **ENVIRONMENT})
        return asked.returncode, asked.stdout + asked.stderr

    def of(self, path: str, stage: str | None) -> dict:
        """The record of the only request that asked for this and ended at this stage."""
        own = [(record, record["unmapped"]["outwork"]) for record in self.records if record["http_request"]["url"]["path"] == path]
        (found,) = [record for record, mine in own if mine.get("undecided", {}).get("stage") == stage]
        return found


def half(envoy: Envoy, path: str) -> socket.socket:
    """A connection over which part of a request was sent."""
    connection = socket.create_connection(("127.0.0.1", envoy.ports.http), 30)
    connection.sendall(HEAD.format(path=path).encode())
    return connection


async def reset(url: str) -> None:
    """A stream of HTTP/2 whose client gives up when part of its body is on its way."""
    sent = asyncio.Event()

    async def parts():
        yield b"amount"
        sent.set()
        await asyncio.Event().wait()

    async with httpx.AsyncClient(http2=True, verify=False, trust_env=False) as client:
        asked = asyncio.create_task(client.post(url, content=parts(), timeout=30))
        await sent.wait()
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Log]:
    """Clients that go away, one that Envoy gives up, one that goes while a service is asked, and one that pays."""
    wasm, outwork, run = build.filter(), build.command(), tmp_path_factory.mktemp("envoy")
    made = stack.Built(wasm, outwork, build.bundle(outwork, POLICY, tmp_path_factory.mktemp("policy") / "transactions.bundle"))
    origin, service, answers = Keeper(), Service(), threading.Event()
    template = global_limits.template(run, service.port)
    assert ROUTE in template.read_text()
    template.write_text(template.read_text().replace(ROUTE, GIVEN_UP + ROUTE))
    # The service answers when its client is gone, and not before.
    service.says, service.delay = OK, lambda: float(not answers.wait(60))
    options = ("--global-cluster", "ratelimit", "--global-timeout", "1000")
    try:
        with stack.start(run, made, Ports(origin=origin.server.server_address[1]), template=template, options=options, concurrency=1, env=ENVIRONMENT) as envoy:
            def lines(count: int) -> bool:
                return len(envoy.access_log.read_text().splitlines()) >= count

            half(envoy, "/pay/away").close()
            wait(lambda: lines(1))
            asyncio.run(reset(f"https://localhost:{envoy.ports.https}/pay/reset"))
            wait(lambda: lines(2))
            with half(envoy, "/pay/late") as late:
                assert late.recv(65536).startswith((b"HTTP/1.1 408 ", b"HTTP/1.1 504 "))
            wait(lambda: lines(3))
            asked = socket.create_connection(("127.0.0.1", envoy.ports.http), 30)
            asked.sendall(b"POST /pay/global HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n")
            # Gone before Envoy has read it: however slow this machine is, it sees that before the service is late.
            asked.close()
            wait(lambda: lines(4))
            answers.set()
            assert httpx.post(f"http://127.0.0.1:{envoy.ports.http}/pay", content=b"amount=12", trust_env=False).status_code == 200
            wait(lambda: lines(5))
            assert httpx.get(f"http://127.0.0.1:{envoy.ports.http}/.well-known/outwork/beacon.js", trust_env=False).status_code == 200
            wait(lambda: lines(6))
            assert not envoy.traps()
            written = envoy.access_log.read_text().splitlines()
        path = run / "records.jsonl"
        path.write_text("".join(line + "\n" for line in written))
        lines_read = [json.loads(line) for line in written]
        records = [json.loads(line["outwork"]) for line in lines_read if line["outwork"]]
        yield Log(made.outwork, made.bundle, path, records, [line["verdict"] for line in lines_read], len(origin.came))
    finally:
        answers.set()
        origin.close()
        service.close()


def test_each_says_for_what_it_was_held_and_how_it_ended(log):
    assert log.reached == 1, "nothing that was held reached the origin"
    for path in ("/pay/away", "/pay/reset"):
        own = log.of(path, "body")["unmapped"]["outwork"]
        assert "status" not in own["undecided"] and own["undecided"]["details"], own
        assert not {"verdict", "enforced", "band", "reasons"} & set(own)
    late = log.of("/pay/late", "body")
    assert late["http_response"]["code"] == late["unmapped"]["outwork"]["undecided"]["status"] in (408, 504)
    assert late["status_detail"] == "stream_idle_timeout" and late["http_request"]["user_agent"] == "shop-app/1"
    assert log.of("/pay/global", "limits")["action"] == "Undecided"
    paid = log.of("/pay", None)["unmapped"]["outwork"]
    assert (paid["verdict"], paid["transaction"]) == ("allow", {"id": "pay", "body": "bound"})
    assert all(record["src_endpoint"]["uid"] and len(record["metadata"]["uid"]) == 16 for record in log.records)


def test_the_access_log_says_what_has_no_record(log):
    assert log.verdicts == ["undecided"] * 4 + ["allow", "endpoint"]
    assert len(log.records) == 5


def test_they_are_in_the_chain_and_missed_when_they_are_gone(log):
    code, text = log.run("verify", "--audit", log.path, "--count", "5")
    assert (code, "5 proven records of 1 chain in 1 run: none is missing" in text) == (0, True), text
    gone = log.path.with_name("gone.jsonl")
    lines = log.path.read_text().splitlines(keepends=True)
    gone.write_text("".join(lines[:1] + lines[2:]))
    code, text = log.run("verify", "--audit", gone)
    assert code == 1 and "record 2 is missing" in text, text


def test_explain_tells_them_and_replay_passes_them_over(log):
    id = log.of("/pay/late", "body")["metadata"]["uid"]
    code, text = log.run("explain", "--id", id, "--records", log.path, "--policy", log.bundle)
    assert code == 0 and "verdict  none: the request ended before a decision, while its body was waited for" in text, text
    assert "stream_idle_timeout" in text and "It did not reach the site" in text and "risk " not in text, text
    client = log.of("/pay/late", "body")["src_endpoint"]["uid"]
    code, text = log.run("explain", "--client", client, "--records", log.path)
    assert code == 0 and text.count("  undecided  ") == 4 and "undecided  body, with status" in text, text
    code, text = log.run("replay", log.path, "-p", log.bundle)
    assert "its request ended before anything was decided about it" in text and text.startswith("1 request"), text
