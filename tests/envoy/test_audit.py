"""A log of an Envoy under load, reloaded and killed: `outwork verify --audit` proves it whole and in order, and misses any line that is gone or was
moved; `outwork explain --id` tells a decision of it."""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterator

import httpx
import pytest
import yaml
from conftest import HERE, Edge
from curl_cffi import AsyncSession
from harness import build, decisions, process, stack
from harness import edge as edges
from harness.edge import Ports
from origin import Echo
from test_filter import wait

RECORDS = r"^wasmcustom\.outwork_records"


@dataclass
class Log:
    """What is left of a day."""

    outwork: Path
    keys: dict[str, str]
    lines: list[str]
    counted: int
    bundles: Path
    reference: str
    folder: Path

    def verify(self, lines: list[str], *options: str) -> tuple[int, str]:
        """The exit code of the verifier, and what it says."""
        path = self.folder / "records.jsonl"
        path.write_text("".join(line + "\n" for line in lines))
        return self.run("verify", "--audit", path, *options)

    def run(self, *argv: str | Path, keys: dict[str, str] | None = None) -> tuple[int, str]:
        """The command with the keys of the log."""
        env = {name: value for name, value in os.environ.items() if not name.startswith("OUTWORK_")}
        asked = subprocess.run([self.outwork, *argv], capture_output=True, text=True, env={**env, **(self.keys if keys is None else keys)})
        return asked.returncode, asked.stdout + asked.stderr


@pytest.fixture(scope="module")
def log(made: stack.Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Log]:
    """Two threads under load, another policy in between; then the process is killed, and started again on the same log."""
    folder, echo, keys = tmp_path_factory.mktemp("audit"), Echo(), edges.keys()
    bundles = folder / "bundles"
    policies = [policy(folder, made, bundles, version) for version in ("monday", "tuesday")]
    try:
        with stack.start(folder / "run", policies[0], Ports(origin=echo.port), template=template(folder), env=keys, concurrency=3) as envoy:
            edge = Edge(envoy, echo, policies[0])
            asyncio.run(crowd(edge))
            reach(edge, 3)
            load = subprocess.Popen(["wrk", "-t2", "-c2", "-d600s", edge.url("/", "http")], stdout=subprocess.DEVNULL)
            before = envoy.stats(r"config_reload$")

            def reload() -> None:
                build.publish(made.outwork, policies[1].bundle, made.wasm, edges.watched(envoy.run))

            statuses = asyncio.run(crowd(edge, reload))
            wait(lambda: envoy.stats(r"config_reload$") != before)
            seen = sum(envoy.stats(RECORDS).values())
            wait(lambda: sum(envoy.stats(RECORDS).values()) > seen + 200)
            # wrk ends as if its time were over, with what is under way: so long the load lasts, however slow the reload is.
            load.send_signal(signal.SIGINT)
            assert load.wait() == 0
            reach(edge, 6)
            # Ordinary answers and refusals, those that Envoy makes itself, and clients that go away.
            assert {"200", "403", "504", "gone"} <= statuses, statuses
            answer = subprocess.run(["curl", "-sk", "-A", "python-requests/2.32", edge.url("/watched?q=secret")], capture_output=True, text=True, check=True).stdout
            [edge.curl("/many") for _ in range(4)]
            counted = settled(envoy)
            envoy.kill()
            envoy.again()
            envoy.wait_ready()
            assert [edge.curl("/") for _ in range(20)] == ["200"] * 20
            counted += settled(envoy, counted)
            lines = decisions.whole_lines(envoy.access_log)
        yield Log(made.outwork, keys, lines, counted, bundles, json.loads(answer)["reference"], folder)
    finally:
        echo.close()


def template(folder: Path, http3: int | None = None, patience: str = "1s") -> Path:
    """The shipped configuration: only what is asked of /slow waits for the origin, for so long. With a port it speaks HTTP/3 there, too."""
    text = edges.TEMPLATE.read_text().replace(
        "- match: {prefix: /}\n                route: {cluster: origin, timeout: 30s}",
        "- match: {prefix: /slow}\n                route: {cluster: origin, timeout: PATIENCE}\n              - match: {prefix: /}\n                direct_response: {status: 200}",
    ).replace("PATIENCE", patience)
    assert "/slow" in text
    if http3 is not None:
        text = over_quic(text, http3)
    path = folder / "template.yaml"
    path.write_text(text)
    return path


def over_quic(text: str, port: int) -> str:
    """The configuration with its first listener once more, over QUIC."""
    whole = yaml.safe_load(text)
    (listener, *_) = yaml.safe_load(text)["static_resources"]["listeners"]
    (chain,) = listener["filter_chains"]
    tls = chain["transport_socket"]["typed_config"]["common_tls_context"]
    quic = {
        "@type": "type.googleapis.com/envoy.extensions.transport_sockets.quic.v3.QuicDownstreamTransport",
        "downstream_tls_context": {"common_tls_context": {"tls_certificates": tls["tls_certificates"]}},
    }
    (http,) = [one["typed_config"] for one in chain["filters"] if "http_connection_manager" in one["name"]]
    http["codec_type"] = "HTTP3"
    chain["transport_socket"] = {"name": "envoy.transport_sockets.quic", "typed_config": quic}
    address = {"socket_address": {"address": "127.0.0.1", "protocol": "UDP", "port_value": port}}
    whole["static_resources"]["listeners"].append({"name": "http3", "address": address, "udp_listener_config": {"quic_options": {}}, "filter_chains": [chain]})
    plain = type("Plain", (yaml.SafeDumper,), {"ignore_aliases": lambda *_: True})
    return yaml.dump(whole, Dumper=plain, width=10_000)


async def crowd(edge: Edge, midway: Callable[[], None] = lambda: None) -> set[str]:
    """Streams of HTTP/2 that end in another order than they began; something happens while they are under way. Tells how they ended."""
    dice = random.Random(7)
    clients = [httpx.AsyncClient(http2=True, verify=False, trust_env=False, limits=httpx.Limits(max_connections=1)) for _ in range(6)]

    async def ask(client: httpx.AsyncClient) -> str:
        wait = dice.choice((0, 20, 100, 400, 400, 1_500))
        agent = "python-requests/2.32" if dice.random() < 0.1 else "curl/8.15.0"
        patience = 0.2 if dice.random() < 0.15 else None
        try:
            answer = await asyncio.wait_for(client.get(edge.url(f"/slow?wait={wait}"), headers={"user-agent": agent}, timeout=30), patience)
        except (TimeoutError, httpx.TransportError):
            return "gone"
        return str(answer.status_code)

    asked = []
    for turn in range(8):
        asked += [asyncio.create_task(ask(client)) for client in clients for _ in range(8)]
        await asyncio.sleep(0.1)
        if turn == 4:
            await asyncio.to_thread(midway)
    ended = await asyncio.gather(*asked)
    for client in clients:
        await client.aclose()
    return set(ended)


def policy(folder: Path, made: stack.Built, bundles: Path, version: str) -> stack.Built:
    """The policy of a day; its bundle is kept under its name's beginning."""
    source = shutil.copytree(HERE / "audit", folder / version)
    text = (source / "outwork.toml").read_text()
    (source / "outwork.toml").write_text(text.replace('"monday"', f'"{version}"'))
    return stack.Built(made.wasm, made.outwork, build.bundle(made.outwork, source, bundles / f"{version}.bundle"))


def reach(edge: Edge, chains: int) -> None:
    """Asks by new connections until every thread has had one, and so has opened its chain."""
    wait(lambda: edge.curl("/") == "200" and edge.envoy.access_log.read_text().count('\\"opens\\":') >= chains)


def settled(envoy, lines_before: int = 0) -> int:
    """How many records Envoy counted, once no request is under way and as many lines are written."""
    counted = 0

    def settles() -> bool:
        nonlocal counted
        told = envoy.stats(rf"{RECORDS}|^http\.edge\.downstream_rq_active$")
        active, counted = told.pop("http.edge.downstream_rq_active"), sum(told.values())
        return active == 0 and len(decisions.whole_lines(envoy.access_log)) >= lines_before + counted > lines_before

    wait(settles)
    return counted


def record(line: str) -> dict:
    """The record in a line of the access log."""
    return json.loads(json.loads(line)["outwork"])


def chain(line: str) -> dict:
    """Its place in its chain."""
    return record(line)["unmapped"]["outwork"]["chain"]


def test_the_log_is_whole_over_threads_a_reload_and_a_kill(log):
    code, told = log.verify(log.lines, "--count", str(log.counted), "--format", "json")
    report = json.loads(told)
    assert (code, report["complete"], report["records"]) == (0, True, len(log.lines)), told[:2000]
    assert report["records"] > 500
    by_run: dict[str, list[tuple[int, str]]] = {}
    for one in report["chains"]:
        by_run.setdefault(one["run"], []).append((one["number"], one["opened"]))
    first, second = sorted(by_run.values(), key=len, reverse=True)
    # Each thread has begun, has taken the other policy, and has begun again.
    assert sorted(first) == [(1, "start"), (2, "start"), (3, "start"), (4, "reload"), (5, "reload"), (6, "reload")]
    assert {opened for _, opened in second} == {"start"}
    assert all(chain["displaced"] == 0 and not chain["unordered"] for chain in report["chains"]) and report["rotations"] == []
    whole = log.verify(log.lines)[1]
    assert " in 2 runs: none is missing before the last of its chain that is here, changed, moved or there twice" in whole, whole
    bundles = {record(line)["policy"]["version"].split("-")[0].split("+")[0] for line in log.lines}
    assert len(bundles) == 2


def in_its_chain(lines: list[str], first: int) -> tuple[int, int]:
    """The places of two lines that follow one another in a chain and do not open it, from `first` on."""
    at: dict[str, int] = {}
    for place in range(first, len(lines)):
        told = chain(lines[place])
        if told["id"] in at:
            return at[told["id"]], place
        if "opens" not in told:
            at[told["id"]] = place
    raise AssertionError("no chain goes on")


def test_a_line_that_is_gone_changed_or_repeated_is_named(log):
    at, behind = in_its_chain(log.lines, len(log.lines) // 2)
    told = chain(log.lines[at])
    code, text = log.verify([*log.lines[:at], *log.lines[at + 1 :]])
    assert code == 1 and f"chain {told['id']}: record {told['sequence']} is missing" in text, text[:2000]
    changed = log.lines[at].replace("127.0.0.1", "127.0.0.2") if "127.0.0.1" in json.loads(log.lines[at])["outwork"] else log.lines[at].replace("HTTP/1.1", "HTTP/1.0")
    changed = re.sub(r'risk_score\\":\d+', lambda found: found[0][:-1] + str(9 - int(found[0][-1])), changed)
    code, text = log.verify([*log.lines[:at], changed, *log.lines[at + 1 :]])
    assert code == 1 and f"records.jsonl:{at + 1}: chain {told['id']}: record {told['sequence']} was changed" in text, text[:2000]
    moved = [*log.lines[:at], *log.lines[at + 1 : behind + 1], log.lines[at], *log.lines[behind + 1 :]]
    code, text = log.verify(moved)
    assert code == 1 and f"records.jsonl:{behind + 1}: chain {told['id']}: record {told['sequence']} stands behind record {told['sequence'] + 1}" in text, text[:2000]
    assert log.verify(moved, "--displaced", "5m")[0] == 0
    code, text = log.verify([*log.lines, log.lines[at]])
    assert code == 1 and f"records.jsonl:{len(log.lines) + 1}: chain {told['id']}: record {told['sequence']} was there before" in text, text[:2000]


def test_an_end_that_is_cut_off_is_missed_by_who_follows(log):
    follower = next(one for line in log.lines if "follows" in (one := chain(line)).get("opens", {}))
    follows = follower["opens"]["follows"]
    kept = [line for line in log.lines if not (chain(line)["id"] == follows["id"] and chain(line)["sequence"] >= follows["sequence"])]
    code, text = log.verify(kept)
    assert code == 1 and f"chain {follower['id']} follows record {follows['sequence']}" in text, text[:2000]
    code, text = log.verify(log.lines[:-1])
    assert code == 0 and "only `--count` or `--heads` can tell" in text
    assert log.verify(log.lines[:-1], "--count", str(log.counted))[0] == 1


def test_one_day_after_the_other_is_verified_with_heads(log):
    heads = log.folder / "heads.json"
    # What was under way at the reload ended after it: the second day begins where no chain is in between.
    code, text = log.verify([line for line in log.lines if "monday" in record(line)["policy"]["version"]], "--heads", str(heads))
    assert code == 0, text[:2000]
    tuesday = [line for line in log.lines if "tuesday" in record(line)["policy"]["version"]]
    assert log.verify(tuesday)[0] == 1, "without the day before"
    before = heads.read_text()
    at, _ = in_its_chain(tuesday, 0)
    assert log.verify([*tuesday[:at], *tuesday[at + 1 :]], "--heads", str(heads))[0] == 1, "a hole near the end is one"
    assert heads.read_text() == before
    assert log.verify(tuesday, "--heads", str(heads))[0] == 0


def test_without_its_key_nothing_is_proven(log):
    path = log.folder / "records.jsonl"
    log.verify(log.lines[:5])
    assert log.run("verify", "--audit", path, keys={})[0] == 2
    code, text = log.run("verify", "--audit", path, keys=edges.keys())
    assert code == 1 and "was changed" in text, "another secret under the same id"


def test_a_decision_is_told_from_the_log_alone(log):
    path = log.folder / "records.jsonl"
    log.verify(log.lines)
    # As people write it down.
    spoken = f"{log.reference[:4]}-{log.reference[4:]}".lower()
    code, text = log.run("explain", "--id", spoken, "--records", path, "--bundles", log.bundles)
    assert code == 0, text
    for part in (
        "proven: as it was written", "verdict  block", "(status 403)", "mailto:help@shop.example", "/watched\n",
        "Programs that say what they are have an interface of their own here (shop.tool).",
        "shop.tool: rule, +60 points in device, action block", 'when     request.headers["user-agent"].startsWith("python-requests/")',
        "https://shop.example/api", "shop.watched: rule", "come out as recorded", "bundle   tuesday",
    ):
        assert part in text, f"{part}\n{text}"
    assert "secret" not in text
    code, text = log.run("explain", "--id", spoken, "--records", path, "--policy", log.bundles / "monday.bundle", keys={})
    assert code == 0 and "told from ANOTHER one" in text and "no keys were given" in text, text
    code, text = log.run("explain", "--id", "0" * 16, "--records", path)
    assert code == 2 and "there is no record" in text


def test_a_limit_is_told_with_its_rung(log):
    refused = [record(line) for line in log.lines if record(line)["unmapped"]["outwork"]["verdict"] in ("throttle", "block") and record(line)["http_request"]["url"]["path"] == "/many"]
    rungs = [(one["rung"], one["level"]) for told in refused for one in told["unmapped"]["outwork"]["reasons"] if one["id"] == "shop.many"]
    assert rungs == [("throttle", 1)] * 3
    path = log.folder / "records.jsonl"
    log.verify(log.lines)
    code, text = log.run("explain", "--id", refused[0]["metadata"]["uid"], "--records", path, "--bundles", log.bundles, "--format", "json")
    told = json.loads(text)
    assert code == 0 and told["recorded"]["effects"]["status"] == 429 and told["differences"] == [], text
    assert any("level 1 of its ladder, which is `throttle`" in line for line in told["can_be_told"]), text
    own = refused[0]["unmapped"]["outwork"]
    assert own["host"]["name"] == "envoy" and 0 < own["elapsed_us"] < 60_000_000 and own["pseudonym_key"] == "demo"


def test_a_key_that_changes_is_told_and_a_kill_under_load_leaves_no_hole(made, tmp_path):
    old, echo = edges.keys(), Echo()
    both = {"OUTWORK_KEYS": f"fresh:{edges.keys()['OUTWORK_KEYS'].split(':')[1]},{old['OUTWORK_KEYS']}"}
    built = policy(tmp_path, made, tmp_path / "bundles", "monday")
    try:
        with stack.start(tmp_path / "run", built, Ports(origin=echo.port), template=template(tmp_path), env=old) as envoy:
            edge = Edge(envoy, echo, built)
            assert edge.curl("/") == "200"
            watched = edges.watched(envoy.run)
            original = watched.read_text()
            published = json.loads(original)
            published["version_info"] = "2"
            published["resources"][0]["typed_config"]["config"]["vm_config"]["environment_variables"] = {"key_values": both}
            edges.replace(watched, json.dumps(published))
            wait(lambda: edge.curl("/") == "200" and any(chain(line)["key"] == "fresh" for line in decisions.whole_lines(envoy.access_log)))
            load = subprocess.Popen(["wrk", "-t2", "-c16", "-d600s", edge.url("/", "http")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            wait(lambda: len(decisions.whole_lines(envoy.access_log)) > 1_000)
            envoy.kill()
            load.send_signal(signal.SIGINT)
            load.wait()
            edges.replace(watched, original)
            envoy.again()
            envoy.wait_ready()
            assert edge.curl("/") == "200"
            wait(lambda: '\\"key\\":\\"demo\\"' in decisions.whole_lines(envoy.access_log)[-1])
            lines = decisions.whole_lines(envoy.access_log)
    finally:
        echo.close()
    log = Log(made.outwork, both, lines, 0, tmp_path / "bundles", "", tmp_path)
    code, told = log.verify(lines, "--format", "json")
    report = json.loads(told)
    # A line may have been half written: what comes next stands behind it.
    assert (code, report["records"]) == (0, len(lines)) and report["cut"] in (0, 1) and len(lines) > 300, told[:2000]
    turned = [(one["why"], one.get("from"), one["to"]) for one in report["rotations"]]
    assert turned[0] == ("rotation", "demo", "fresh") and ("start", "fresh", "demo") in turned, turned
    first = report["rotations"][0]
    assert f"records.jsonl:{first['place']['line']}: key demo → fresh: chain {first['chain']}, rotation" in log.verify(lines)[1]


def test_over_http_3_lines_come_in_any_order_and_the_log_says_so(made, tmp_path):
    port, echo, keys = process.free_port(), Echo(), edges.keys()
    built = policy(tmp_path, made, tmp_path / "bundles", "monday")

    async def ask() -> list[int]:
        async with AsyncSession(verify=False, max_clients=20) as client:
            asked = [client.get(f"https://localhost:{port}/slow?wait={wait}", http_version="v3only") for wait in (300, 10, 200, 0) * 5]
            return [answer.status_code for answer in await asyncio.gather(*asked)]

    try:
        with stack.start(tmp_path / "run", built, Ports(origin=echo.port), template=template(tmp_path, port, "30s"), env=keys, concurrency=1) as envoy:
            edge = Edge(envoy, echo, built)
            assert asyncio.run(ask()) == [200] * 20
            assert [edge.curl("/") for _ in range(5)] == ["200"] * 5
            counted = settled(envoy)
            lines = decisions.whole_lines(envoy.access_log)
    finally:
        echo.close()
    log = Log(made.outwork, keys, lines, counted, tmp_path / "bundles", "", tmp_path)
    code, told = log.verify(lines, "--count", "25", "--format", "json")
    report = json.loads(told)
    assert (code, report["records"]) == (0, 25), told[:2000]
    by_order = {one["unordered"]: (one["records"], one["displaced"] > 0) for one in report["chains"]}
    assert by_order == {True: (20, True), False: (5, False)}
    text = log.verify(lines)[1]
    assert "25 proven records of 2 chains in 1 run: none is missing before the last of its chain that is here, changed or there twice, and of 1 chain nothing was moved" in text, text
    gone = next(place for place, line in enumerate(lines) if record(line)["http_request"]["version"] == "HTTP/3" and chain(line)["sequence"] == 7)
    assert "record 7 is missing" in log.verify([*lines[:gone], *lines[gone + 1 :]])[1]
