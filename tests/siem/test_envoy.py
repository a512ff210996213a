"""The scenario envoy-config/siem in a real Envoy, with real receivers: what arrives is the very record, and all of them do."""

from __future__ import annotations

import copy
import dataclasses
import json
import os
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import page
import policies
import pytest
import schemas
import yaml
from conftest import ROOT
from harness import build, decisions, edge, stack
from harness.edge import Ports
from harness.envoy import Envoy
from origin import Echo
from receivers import Receivers, attributes

SCENARIO = ROOT / "envoy-config" / "siem" / "envoy.yaml"
AGENTS = ["curl/8.5.0", "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", "quotes \" and \\ and ü", ""]
PATHS = ["/", "/search?q=1&card=4111111111111111", "/wp-login.php", "/.env", "/a%20b?%22", "/long/" + "x" * 600]
ROUNDS = 6
REQUESTS = 2 * ROUNDS * len(AGENTS) * len(PATHS)


@dataclass
class Played:
    """An Envoy that has answered every request, and what came of them where."""

    envoy: Envoy
    keys: dict[str, str]
    receivers: Receivers
    statuses: Counter[int]
    file: list[str]

    def records(self) -> list[str]:
        """Those in the file, as they are now."""
        return decisions.whole_lines(self.envoy.run / "log" / "records.jsonl")

    def bodies(self) -> list[str]:
        """The records that came by OTLP."""
        return [one.body.string_value for one in self.receivers.collector.received]

    def tags(self) -> list[str]:
        """The records that came by the access log service."""
        return [one.common_properties.custom_tags["outwork"] for one in self.receivers.service.received]


def template(run: Path, receivers: Receivers) -> Path:
    """The scenario's file for receivers that listen on other ports, and may take their time."""
    run.mkdir(parents=True, exist_ok=True)
    text = SCENARIO.read_text()
    for old, new in {"port_value: 4317": f"port_value: {receivers.otlp}", "port_value: 9001": f"port_value: {receivers.als}", "cluster_name: otlp}, timeout: 5s": "cluster_name: otlp}, timeout: 60s"}.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = run / "template.yaml"
    path.write_text(text)
    return path


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    run, echo, receivers = tmp_path_factory.mktemp("siem"), Echo(), Receivers()
    try:
        keys = edge.keys()
        with stack.start(run, stack.built(), Ports(origin=echo.port), template=template(run, receivers), env=keys) as envoy:
            statuses = ask(envoy)
            played = Played(envoy, keys, receivers, statuses, [])
            wait(lambda: min(len(received) for received in (played.records(), played.bodies(), played.tags())) >= REQUESTS)
            played.file = played.records()
            yield played
    finally:
        receivers.close()
        echo.close()


def ask(envoy: Envoy) -> Counter[int]:
    """Sends every request, with and without TLS; the statuses of the answers."""
    statuses: Counter[int] = Counter()
    with httpx.Client(verify=False, trust_env=False, timeout=60) as client:
        for base in (f"https://localhost:{envoy.ports.https}", f"http://localhost:{envoy.ports.http}"):
            for turn in range(ROUNDS):
                for agent in AGENTS:
                    for path in PATHS:
                        method = ("GET", "POST", "PROPFIND")[turn % 3]
                        statuses[client.request(method, base + path, headers={"user-agent": agent.encode()}).status_code] += 1
    return statuses


def wait(done) -> None:
    """Until it is, or for a while: the tests then say what is missing."""
    deadline = time.monotonic() + 90
    while not done() and time.monotonic() < deadline:
        time.sleep(0.05)


def test_each_way_carries_the_very_record_and_loses_none(played):
    assert played.statuses.total() == REQUESTS > 250
    assert len(played.file) == len(set(played.file)) == REQUESTS
    assert sorted(played.bodies()) == sorted(played.file)
    assert sorted(played.tags()) == sorted(played.file)
    ids = {json.loads(line)["metadata"]["uid"] for line in played.file}
    assert len(ids) == REQUESTS
    assert not any(played.envoy.stats(r"access_log.*logs_dropped$").values())
    written = played.envoy.stats(r"access_log.*logs_written$")
    assert list(written.values()) == [REQUESTS] * 2, written


def test_every_record_is_what_its_schema_says(played):
    records = [json.loads(line) for line in played.file]
    wrong = {fault for record in records for fault in schemas.faults(record)}
    assert not wrong, "\n".join(sorted(wrong))
    assert page.unexplained(records) == set()


def test_records_of_a_real_connection_say_what_it_was(played):
    records = [json.loads(line) for line in played.file]
    secure = [record for record in records if record["http_request"]["url"]["scheme"] == "https"]
    assert len(secure) == REQUESTS // 2
    assert {record["tls"]["version"] for record in secure} == {"TLSv1.3"}
    assert {record["tls"]["sni"] for record in secure} == {"localhost"}
    assert all(record["tls"]["ja3_hash"]["value"] and record["ja4_fingerprint_list"][0]["value"].startswith("t13") for record in secure)
    assert {record["http_request"]["url"]["port"] for record in records} == {played.envoy.ports.https, played.envoy.ports.http}
    assert {record["activity_name"] for record in records} == {"Get", "Post", "PROPFIND"}
    assert {record["unmapped"]["outwork"]["host"]["node"] for record in records} == {"outwork-edge"}
    assert len({record["unmapped"]["outwork"]["verdict"] for record in records}) > 1
    text = "\n".join(played.file)
    assert "127.0.0.1" not in text and "41111111" not in text


def test_what_the_origin_answered_stands_beside_the_record(played):
    told = Counter(int(attributes(one.attributes)["http.response.status_code"]) for one in played.receivers.collector.received)
    assert told == played.statuses
    resource = played.receivers.collector.resources[0]
    assert (resource["service.name"], resource["node_name"], resource["log_name"]) == ("outwork", "outwork-edge", "outwork")
    assert (played.receivers.service.names, played.receivers.service.nodes) == ({"outwork"}, {"outwork-edge"})
    # docs/siem.md says so, for receivers that have to drop it.
    entry = next(one for one in played.receivers.service.received if "card" in one.request.path)
    assert entry.common_properties.downstream_remote_address.socket_address.address == "127.0.0.1"


def test_the_file_and_what_a_collector_archives_prove_that_nothing_is_missing(played, tmp_path):
    archive = tmp_path / "records.otlp.json"
    archive.write_text("".join(f"{line}\n" for line in played.receivers.collector.lines))
    for log in (played.envoy.run / "log" / "records.jsonl", archive):
        assert verify(played, log).returncode == 0, verify(played, log).stdout
    spoilt = played.receivers.collector.lines
    spoilt[0] = spoilt[0].replace(played.bodies()[0][-40:].replace('"', '\\"'), "")
    archive.write_text("".join(f"{line}\n" for line in spoilt))
    assert verify(played, archive).returncode == 1


def verify(played: Played, log: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([build.command(), "verify", "--audit", log], capture_output=True, text=True, env={**os.environ, **played.keys})


def test_what_left_no_record_is_logged_apart(played):
    """A request that Envoy refuses before the filter has a line of its own, which names nobody."""
    with socket.create_connection(("127.0.0.1", played.envoy.ports.http)) as sent:
        sent.sendall(b"GET / HTTP/1.1\r\nhost: shop.example\r\nunder_score: 1\r\nconnection: close\r\n\r\n")
        assert b" 400 " in sent.recv(4096)
    log = played.envoy.run / "log" / "unrecorded.jsonl"
    wait(lambda: decisions.whole_lines(log))
    (line,) = map(json.loads, decisions.whole_lines(log))
    assert line["status"] == 400 and "underscore" in line["details"]
    assert len(played.records()) == REQUESTS


def test_receivers_that_are_gone_cost_logs_and_no_request(played):
    played.receivers.close()
    with httpx.Client(verify=False, trust_env=False, timeout=60) as client:
        statuses = [client.get(f"https://localhost:{played.envoy.ports.https}/").status_code for _ in range(20)]
    assert statuses == [statuses[0]] * 20
    assert statuses[0] in played.statuses
    assert played.envoy.traps() == []


def test_in_the_words_of_ecs_and_of_acted_requests_alone(tmp_path):
    """A policy of its own, and requests that leave no record: they are in no log."""
    echo, receivers = Echo(), Receivers()
    shipped = stack.built()
    bundle = build.bundle(shipped.outwork, policies.rules(tmp_path, 'record_format = "ecs"\nrecord = "acted"'), tmp_path / "ecs.bundle")
    made = dataclasses.replace(shipped, bundle=bundle)
    try:
        with stack.start(tmp_path / "run", made, Ports(origin=echo.port), template=template(tmp_path, receivers)) as envoy:
            played = Played(envoy, {}, receivers, Counter(), [])
            with httpx.Client(verify=False, trust_env=False, timeout=60) as client:
                statuses = [client.get(f"https://localhost:{envoy.ports.https}{path}").status_code for path in ["/robots.txt", "/.env"] * 2]
            wait(lambda: min(len(received) for received in (played.records(), played.bodies(), played.tags())) >= 2)
            time.sleep(1.2)
            lines = played.records()
    finally:
        receivers.close()
        echo.close()
    assert statuses == [200, 404, 200, 404]
    assert [json.loads(line)["url"]["path"] for line in lines] == ["/.env"] * 2
    assert sorted(played.bodies()) == sorted(played.tags()) == sorted(lines)
    assert [fault for line in lines for fault in schemas.faults(json.loads(line))] == []
    one = json.loads(lines[0])
    assert (one["event"]["kind"], one["event"]["action"], one["http"]["response"]["status_code"]) == ("alert", "block", 404)
    assert one["observer"]["name"] == "outwork-edge"
    assert (one["tls"]["version"], one["tls"]["version_protocol"], one["tls"]["client"]["server_name"]) == ("1.3", "tls", "localhost")


def test_the_scenario_is_the_edge_with_other_loggers():
    own, same = (yaml.safe_load(path.read_text()) for path in (SCENARIO, edge.TEMPLATE))
    clusters = own["static_resources"]["clusters"]
    assert [one["name"] for one in clusters if one["name"] in ("otlp", "als")] == ["otlp", "als"]
    own["static_resources"]["clusters"] = [one for one in clusters if one["name"] not in ("otlp", "als")]
    for config in (own, same):
        for listener in config["static_resources"]["listeners"]:
            for one in listener["filter_chains"][0]["filters"]:
                one["typed_config"] = copy.deepcopy(one["typed_config"])
                one["typed_config"].pop("access_log", None)
    assert own == same
