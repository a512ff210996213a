"""Reads the data that the corpus is made from."""

import gzip
import json
import os
from functools import cache
from pathlib import Path

import yaml

from . import case

ROOT = Path(__file__).resolve().parents[3]
DATA = Path(os.environ.get("OUTWORK_DATA", ROOT / "../shared/data"))
LISTS = DATA / "lists"


def lines(name: str) -> list:
    with gzip.open(LISTS / name, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


@cache
def connections() -> list:
    """Connections of real clients that got as far as a request."""
    return [row for row in lines("real_clients_tls_http.jsonl.gz") if "headers" in row]


@cache
def header_sets() -> list:
    return lines("real_browser_headers_2400.jsonl.gz")


@cache
def crawlers() -> dict:
    """The first user agent that the list gives for each of its patterns."""
    rows = json.loads((LISTS / "crawler-user-agents.json").read_text())
    return {row["pattern"]: row["instances"] for row in rows if row.get("instances")}


@cache
def signatures() -> dict:
    """Real browsers by name (`chrome_150.0.7871.127_macOS`): hello, pseudo-header order, headers in order."""
    hellos = {row["file"]: row for row in json.loads((LISTS / "real_browser_ja4_h2.json").read_text())}
    found = {}
    for path in sorted((LISTS / "browser_signatures/signatures").glob("*.yaml")):
        frames = yaml.safe_load(path.read_text())["signature"]["http2"]["frames"]
        sent = next(frame for frame in frames if frame["frame_type"] == "HEADERS")
        found[path.stem] = {
            "hello": {"ja4": hellos[path.name]["ja4"]},
            "pseudo": "".join(name[1] for name in sent["pseudo_headers"]),
            "headers": [header.split(": ", 1) for header in sent["headers"]],
        }
    return found


def signature(prefix: str) -> dict:
    """The one browser whose name begins so."""
    (name,) = [name for name in signatures() if name.startswith(prefix)]
    return {"name": name, **signatures()[name]}


def connection(client: str) -> dict:
    """The first request of a real client."""
    return next(row for row in connections() if row["client"] == client)


def request_facts(row: dict) -> dict:
    """The facts of one captured connection, at our own name instead of the capturing server's."""
    hello = {"ja4": row["ja4"], "ja3": row["ja3_md5"]}
    facts = {**case.over_tls(hello, row["alpn_sel"]), "tls_version": row["tls"]}
    if "req" in row:
        method, target, protocol = row["req"].split(" ")
        facts |= {"method": method, "target": target, "protocol": protocol, "pseudo_order": None}
    else:
        pseudo = {name: value for name, value in row["headers"] if name.startswith(":")}
        order = "".join(name[1] for name, _ in row["headers"] if name.startswith(":"))
        facts |= {"method": pseudo[":method"], "target": pseudo[":path"], **case.http2(order)}
    plain = [[name.lower(), value] for name, value in row["headers"] if not name.startswith(":")]
    facts["headers"] = [
        [name, value.replace("localhost:18443", case.AUTHORITY)] for name, value in plain if name != "host"
    ]
    return facts


def ranges(name: str) -> list:
    with gzip.open(LISTS / "ip" / name, "rt", encoding="utf-8") as file:
        return file.read().split()
