"""What a request takes in the filter itself: its WebAssembly in V8, with a proxy that is made of memory, so that neither Envoy nor a network is in the figures."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

from . import bench_envoy, build, paths
from .bench_models import Runner, cell
from .problem import Problem

FOLDER = paths.STATE / "bench" / "filter"
PROGRAM = paths.ROOT / "scripts" / "harness" / "filter_in_v8.mjs"
CORPUS = paths.ROOT / "tests" / "corpus"
AGAIN, VARIED = "again", "varied"
WHOLE = "the shipped policy"
_CHAIN, _RECORDS, _MODELS = ('record = "all"', 'record = "all"\naudit = false'), ('record = "all"', 'record = "none"'), ('mode = "shadow"\npoints', 'mode = "off"\npoints')
VARIANTS = {
    WHOLE: [],
    "without the chain of records": [_CHAIN],
    "without records": [_RECORDS],
    "without models": [_MODELS],
    "without records and models": [_RECORDS, _MODELS],
}
REQUESTS = 4_000
SLICES = 30
# How many functions a profile tells.
MOST = 40

ABOUT = (
    "Each variant is a process of Node's with the filter as Envoy loads it; the proxy's functions are JavaScript over memory, and are in the figures. All variants take turns, a slice of 4,000 requests after another; each figure of a round is the "
    "least of eight slices, in processor time. Medians of the rounds, with quartiles in brackets; what a part costs is taken within each round. *Again* is one request of a browser again and again, as wrk sends it: what the filter recalls "
    f"(user agents, what models said of the same bins) it always finds, so that these figures flatter it. *Varied* are {REQUESTS:,} requests in turn: those of tests/corpus with a user agent, a path, an address and a connection of "
    "their own, so that no user agent is recalled, and what models said of the same bins in part."
)

Round = dict[tuple[str, str], float]


def configurations(outwork: Path, wasm: Path) -> dict[str, Path]:
    """What Envoy would hand the filter of each variant, as it is published."""
    shipped = (paths.ROOT / "rules" / "outwork.toml").read_text()
    made = {}
    for place, (name, changes) in enumerate(VARIANTS.items()):
        folder = FOLDER / str(place)
        folder.mkdir(parents=True, exist_ok=True)
        # Packs and models are found from the file that names them, and .outwork may be a link.
        root = os.path.relpath(paths.ROOT.resolve(), folder.resolve())
        text = shipped.replace('"packs/', f'"{root}/rules/packs/').replace('"../models/', f'"{root}/models/')
        for old, new in changes:
            if old not in text:
                raise Problem(f"`{old}` is not in rules/outwork.toml")
            text = text.replace(old, new)
        (folder / "outwork.toml").write_text(text)
        bundle = build.bundle(outwork, folder, FOLDER / f"{place}.bundle")
        published = build.publish(outwork, bundle, wasm, folder / "published.json")
        made[name] = folder / "configuration.json"
        made[name].write_text(json.loads(published.read_text())["resources"][0]["typed_config"]["config"]["configuration"]["value"])
    return made


def requests() -> Path:
    """What Envoy would hand over: of one request again and again, and of many."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    page = [header.split(": ", 1) for header in bench_envoy.HEADERS]
    chrome = {"ja4": "t13d1516h2_8daaf6152771_02713d6af862", "tls_version": "TLSv1.3", "sni": "localhost"}
    again = _request({"method": "GET", "scheme": "https", "authority": "localhost:8443", "target": bench_envoy.PATH, "headers": page, "address": "127.0.0.1", "protocol": "HTTP/1.1", **chrome}, 1)
    cases = [json.loads(line)["facts"] for file in sorted(CORPUS.glob("*.jsonl")) for line in file.read_text().splitlines()]
    # Some cases describe what is too long to be written down, or have nothing to do with judging.
    is_plain = lambda facts: all(isinstance(value, str) for value in (facts["target"], *(text for header in facts["headers"] for text in header)))  # noqa: E731
    sent = [facts for facts in cases if facts.get("ja4") and facts.get("headers") and is_plain(facts) and not facts["target"].startswith("/.well-known/outwork")]
    varied = [_request(_own(sent[number % len(sent)], number), number) for number in range(REQUESTS)]
    made = FOLDER / "requests.json"
    made.write_text(json.dumps({AGAIN: [again], VARIED: varied}))
    return made


def _own(facts: dict, number: int) -> dict:
    """The same with a user agent, a path and an address that no other has."""
    headers = [[name, re.sub(r"(\d+)(?=\D*$)", lambda found: f"{found[1]}.{number}", value) if name == "user-agent" else value] for name, value in facts["headers"]]
    path, mark, query = facts["target"].partition("?")
    return {**facts, "headers": headers, "target": f"{path.rstrip('/')}/{number}{mark}{query}", "address": f"127.0.{number >> 8}.{number & 255}"}


def _request(facts: dict, connection: int) -> dict:
    pseudo = [[f":{name}", facts[key]] for name, key in (("method", "method"), ("path", "target"), ("authority", "authority"), ("scheme", "scheme"))]
    own = [["x-forwarded-proto", facts["scheme"]], ["x-request-id", "0b3d7d3e-1111-4222-8333-444455556666"]]
    known = {"addr": facts["address"], "id": connection, "ja4": facts["ja4"], "ja3": facts.get("ja3", "-"), "version": facts.get("tls_version", "-"), "sni": facts.get("sni", "-")}
    properties = {"filter_state/outwork.connection": " ".join(f"{key}={value}" for key, value in known.items()), "request/protocol": facts.get("protocol", "HTTP/1.1")}
    return {"headers": [*pseudo, *facts["headers"], *own], "properties": properties}


def measure(wasm: Path, configurations: dict[str, Path], rounds: int) -> tuple[list[Round], dict]:
    """Microseconds a request, by variant and list of requests; and what the filter asks of the proxy."""
    sent = requests()
    runners = {name: Runner(["node", "--no-warnings", PROGRAM, wasm, configuration, sent]) for name, configuration in configurations.items()}
    asked = {name: json.loads(runner.process.stdout.readline()) for name, runner in runners.items()}
    shapes = (AGAIN, VARIED)
    # A first round warms V8 up, which compiles what is called often once more.
    taken = [{(name, shape): runner.ask(shape) for shape in shapes for name, runner in runners.items()} for _ in range(rounds + 1)][1:]
    for runner in runners.values():
        runner.stop()
    return taken, asked[WHOLE]


def table(taken: list[Round], asked: dict) -> str:
    """Markdown."""
    lines = ["| µs a request in V8 | again | costs | varied | costs |", "|---|---|---|---|---|"]
    for name in VARIANTS:
        cells = []
        for shape in (AGAIN, VARIED):
            costs = [one[WHOLE, shape] - one[name, shape] for one in taken]
            cells += [cell([one[name, shape] for one in taken], 1), "" if name == WHOLE else cell(costs, 1)]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    calls = {name: f"{count:.2f}".rstrip("0").rstrip(".") for name, count in sorted(asked[AGAIN].items(), key=lambda one: -one[1]) if count >= 0.005}
    return "\n".join([*lines, "", f"What the filter asks of the proxy, calls a request (again): {', '.join(f'`{name}` {count}' for name, count in calls.items())}."])


def profile(wasm: Path, configuration: Path, shape: str = AGAIN) -> str:
    """Where the time of the whole policy goes, by function: what is inlined counts for who calls it."""
    folder = FOLDER / "profile"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.cpuprofile"):
        old.unlink()
    argv = ["node", "--no-warnings", "--cpu-prof", f"--cpu-prof-dir={folder}", PROGRAM, wasm, configuration, requests()]
    subprocess.run([str(part) for part in argv], input=f"{shape}\n" * SLICES, stdout=subprocess.DEVNULL, text=True, check=True)
    taken = json.loads(next(folder.glob("*.cpuprofile")).read_text())
    names = {node["id"]: node["callFrame"]["functionName"] or "(nameless)" for node in taken["nodes"]}
    spent: dict[str, int] = {}
    for node, micros in zip(taken["samples"], taken["timeDeltas"]):
        spent[names[node]] = spent.get(names[node], 0) + micros
    whole = sum(spent.values())
    most = sorted(spent.items(), key=lambda one: -one[1])[:MOST]
    return "\n".join(f"{100 * micros / whole:6.2f} %  {readable(name)}" for name, micros in most)


def readable(name: str) -> str:
    """A mangled name of Rust's, as its path."""
    found = re.match(r"_ZN(.*?)(?:17h[0-9a-f]{16})?E$", name)
    if not found:
        return name
    rest, parts = found[1], []
    while length := re.match(r"\d+", rest):
        end = length.end() + int(length[0])
        parts.append(rest[length.end() : end])
        rest = rest[end:]
    return "::".join(parts).replace("$LT$", "<").replace("$GT$", ">").replace("$u20$", " ").replace("..", "::")

