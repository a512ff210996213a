"""A real Envoy with the edge configuration as shipped, but for this: the client's facts come by the PROXY protocol.

Only these tests have such a listener. The shipped file takes the facts from the connection itself, and stays as it is.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import wire
from harness import certificate, decisions, edge, stack
from harness.envoy import Envoy
from origin import Echo

# The first port by which the PROXY protocol names a case.
FIRST_PORT = 10_000

PROXY_PROTOCOL = """    - name: envoy.filters.listener.proxy_protocol
      typed_config:
        "@type": type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol
        rules: [{tlv_type: 0xE0, on_tlv_present: {key: facts}}]
"""
INSPECTOR = "    - name: envoy.filters.listener.tls_inspector\n"
PLAINTEXT = "port_value: 8080}}\n    per_connection_buffer_limit_bytes: 32768\n"
CONNECTION = "ja4=%TLS_JA4_FINGERPRINT% ja3=%TLS_JA3_FINGERPRINT% version=%DOWNSTREAM_TLS_VERSION% sni=%REQUESTED_SERVER_NAME%"
LOGGED = 'protocol: "%PROTOCOL%"\n'

REPLACED = {
    INSPECTOR: PROXY_PROTOCOL + INSPECTOR,
    PLAINTEXT: PLAINTEXT + "    listener_filters:\n" + PROXY_PROTOCOL,
    CONNECTION: "%DYNAMIC_METADATA(envoy.filters.listener.proxy_protocol:facts)%",
    LOGGED: LOGGED + '                  address: "%DOWNSTREAM_REMOTE_ADDRESS%"\n',
}


def template(run: Path) -> Path:
    """The shipped configuration with the four replacements; each must still find its place."""
    text = edge.TEMPLATE.read_text()
    for old, new in REPLACED.items():
        assert text.count(old) == 1, f"`{old}` stands {text.count(old)} times in {edge.TEMPLATE}"
        text = text.replace(old, new)
    path = run / "template.yaml"
    path.write_text(text)
    return path


def start(run: Path, origin: int, made: stack.Built | None = None) -> Envoy:
    """Envoy, ready to be asked; with the policy in rules/ unless another is made."""
    return stack.start(run, made or stack.built(), edge.Ports(origin=origin), template=template(run), concurrency=1)


def seen(facts: dict[str, Any]) -> str:
    """What Envoy would say of such a connection: a key a fact, `-` where the client sent nothing, no key where nothing can be seen."""
    keys = {"ja4": "ja4", "ja3": "ja3", "version": "tls_version", "sni": "sni"}
    return " ".join(f"{key}={facts[fact] or '-'}" for key, fact in keys.items() if fact in facts)


def send(envoy: Envoy, number: int, facts: dict[str, Any]) -> int:
    """Sends a case from a port of its own; the status of the answer."""
    peer = wire.Peer(facts.get("address", "198.51.100.1"), FIRST_PORT + number, seen(facts))
    return wire.send(envoy.ports.https if facts["scheme"] == "https" else envoy.ports.http, peer, facts)


def recorded(envoy: Envoy, cases: dict[str, dict]) -> dict[str, dict[str, Any] | None]:
    """Sends every case in turn; the record of each, by id."""
    for number, case in enumerate(cases.values()):
        send(envoy, number, case["facts"])
    logged = records(envoy.access_log, len(cases))
    return {case_id: logged[FIRST_PORT + number] for number, case_id in enumerate(cases)}


def play(envoy: Envoy, echo: Echo, cases: dict[str, dict]) -> dict[str, dict[str, Any]]:
    """Sends every case in turn; what became of each, by id."""
    answers, arrived = {}, {}
    for number, (case_id, case) in enumerate(cases.items()):
        echo.seen.clear()
        answers[case_id] = send(envoy, number, case["facts"])
        arrived[case_id] = list(echo.seen.values())
    logged = records(envoy.access_log, len(cases))
    return {
        case_id: outcome(answers[case_id], logged[FIRST_PORT + number], arrived[case_id])
        for number, case_id in enumerate(cases)
    }


def records(log: Path, count: int) -> dict[int, dict[str, Any] | None]:
    """The decision records by the port of the request, once all requests are logged."""
    deadline = time.monotonic() + 60
    while True:
        lines = decisions.whole_lines(log)
        if len(lines) >= count or time.monotonic() > deadline:
            break
        time.sleep(0.05)
    found = {}
    for entry in map(json.loads, lines):
        found[int(entry["address"].rpartition(":")[2])] = json.loads(entry["outwork"]) if entry["outwork"] else None
    return found


def outcome(status: int, record: dict[str, Any] | None, arrived: list[list[tuple[str, str]]]) -> dict[str, Any]:
    """In the form of an expectation."""
    if record is None:
        return {"refused-by-host": status}
    own = record["unmapped"]["outwork"]
    assert own["enforced"], "the policy of the corpus is in force"
    got = {"verdict": own["verdict"], "risk": record["risk_score"], "reasons": [reason["id"] for reason in own["reasons"]]}
    if not arrived:
        return {**got, "status": status}
    return {**got, "origin": origin(arrived[-1])}


def origin(lines: list[tuple[str, str]]) -> dict[str, str]:
    """The fields that only Outwork may write, and the digest of the body, without what differs at each request."""
    fields: dict[str, list[str]] = {}
    for name, value in lines:
        if name.startswith("outwork-") or name in ("signature-input", "signature", "content-digest"):
            fields.setdefault(name, []).append(value)
    return {name: constant(", ".join(values)) for name, values in sorted(fields.items())}


def constant(dictionary: str) -> str:
    """A dictionary without its members `id` and `bundle`, and with our signature cut to its label."""
    kept = []
    for member in members(dictionary):
        key = member.split("=", 1)[0]
        if key not in ("id", "bundle"):
            kept.append("outwork" if key == "outwork" else member)
    return ", ".join(kept)


def members(dictionary: str) -> list[str]:
    """The members of a dictionary: commas within strings and lists do not part them."""
    found, start, depth, quoted = [], 0, 0, False
    for at, letter in enumerate(dictionary):
        quoted ^= letter == '"'
        depth += 0 if quoted else {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and depth == 0 and not quoted:
            found.append(dictionary[start:at].strip())
            start = at + 1
    return [*found, dictionary[start:].strip()]
