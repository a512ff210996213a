"""What the filter's own endpoints cost Envoy: challenges by the thousand, and batches of observations. One worker thread on one core, wrk on another."""

from __future__ import annotations

import base64
import http.client
import json
import os
import random
import re
import statistics
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from . import bench_config, bench_envoy, blob, certificate, edge, paths
from .envoy import Envoy
from .problem import Problem

PREFIX = "/.well-known/outwork/"
EVENTS = 256
SESSIONS = 64
# Unique batches a round: enough for a second at more than anything measured so far.
BATCHES = 4_096
CONNECTIONS = 16
# Of a minute's challenges. An allocator that takes another arena is no growth with requests.
MOST_GROWTH = 4 << 20
LEAST_CHALLENGES = 1_000


@dataclass(frozen=True)
class Load:
    """One run of wrk."""

    requests: int
    rate: float
    cpu: float
    refused: int


def started(filter: dict) -> Envoy:
    """An Envoy with this filter, and nothing behind it."""
    run, ports = paths.STATE / "bench" / "endpoints", edge.Ports(origin=9)
    run.mkdir(parents=True, exist_ok=True)
    file = run / "envoy.json"
    file.write_text(json.dumps(bench_config.edge(ports, certificate.certificate(), filter)))
    envoy = Envoy(run, file, ports, env=edge.keys(), concurrency=1)
    envoy.wait_ready()
    for task in Path(f"/proc/{envoy.pid}/task").iterdir():
        os.sched_setaffinity(int(task.name), bench_envoy._core(0))
    return envoy


def challenges(envoy: Envoy, seconds: int) -> tuple[Load, int]:
    """Pages of a challenge as fast as they come, and by how many bytes Envoy grew meanwhile, after a third as many to warm up."""
    script = _script(envoy, "challenges", CHALLENGES)
    url = f"https://127.0.0.1:{envoy.ports.https}/members"
    _wrk(envoy, script, url, max(1, seconds // 3))
    before = envoy.memory()
    load = _wrk(envoy, script, url, seconds)
    return load, envoy.memory() - before


def batches(envoy: Envoy, accepted: bool, seconds: int = 1) -> Load:
    """Batches of 256 events, each with its own path, session and sequence; without the session's cookie where they shall be refused."""
    lines = [f"{{{json.dumps(cookie)}, {_lua(batch)}}}" for cookie, batch in _batches(envoy)]
    script = _script(envoy, "batches", BATCH.replace("LIST", ",\n".join(lines)).replace("COOKIE", "true" if accepted else "false"))
    return _wrk(envoy, script, f"http://127.0.0.1:{envoy.ports.http}{PREFIX}beacon", seconds)


def table(taken: list[tuple[Load, Load]], issued: Load, growth: int) -> str:
    """Markdown."""
    accepted, refused = ([pair[place].cpu for pair in taken] for place in (0, 1))
    apart = [one - other for one, other in zip(accepted, refused)]
    rows = [
        f"| a batch that is taken | {statistics.median(accepted):.0f} µs | {statistics.median(pair[0].rate for pair in taken):,.0f} |",
        f"| the same without its session: 401 | {statistics.median(refused):.0f} µs | {statistics.median(pair[1].rate for pair in taken):,.0f} |",
        f"| the difference | {statistics.median(apart):.0f} µs ({min(apart):.0f}–{max(apart):.0f}) | |",
        f"| a challenge issued | {issued.cpu:.0f} µs | {issued.rate:,.0f} |",
    ]
    grown = f"{issued.requests:,} challenges took Envoy {growth / 1024:,.0f} KiB more memory; the bars are {LEAST_CHALLENGES:,} a second and {MOST_GROWTH >> 20} MiB."
    return "\n".join(["| what | CPU a request | requests/s |", "|---|---|---|", *rows, "", grown])


def _batches(envoy: Envoy) -> list[tuple[str, bytes]]:
    sessions = [_hello(envoy) for _ in range(SESSIONS)]
    made = []
    for turn in range(BATCHES // SESSIONS):
        for cookie, said in sessions:
            key = base64.urlsafe_b64decode(said["key"] + "==")
            events = [blob.move(random.randint(7, 18), random.randint(-40, 40), random.randint(-40, 40)) for _ in range(EVENTS)]
            made.append((cookie, blob.blob(key, said["next"] + turn + 1, int(time.time() * 1000), events)))
    return made


def _hello(envoy: Envoy) -> tuple[str, dict]:
    connection = http.client.HTTPConnection("127.0.0.1", envoy.ports.http, timeout=10)
    # Without TLS, whose hello is part of what a session is bound to: wrk's is not Python's. The headers are those of wrk.
    connection.putrequest("POST", f"{PREFIX}hello", skip_accept_encoding=True)
    for name, value in {"content-length": "0", "user-agent": AGENT}.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    cookie, said = answer.headers["set-cookie"].split(";")[0], json.loads(answer.read())
    connection.close()
    return cookie, said


AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"
CHALLENGES = """
local n = 0
request = function()
  n = n + 1
  return wrk.format("GET", "/members?n=" .. n, {["user-agent"] = "AGENT", ["accept"] = "text/html"})
end
""".replace("AGENT", AGENT)
BATCH = """
local list = {
LIST
}
local n = 0
request = function()
  local one = list[n % #list + 1]
  n = n + 1
  local headers = {["user-agent"] = "AGENT", ["content-type"] = "application/octet-stream"}
  if COOKIE then headers["cookie"] = one[1] end
  return wrk.format("POST", nil, headers, one[2])
end
""".replace("AGENT", AGENT)


def _lua(text: bytes) -> str:
    return '"' + "".join(f"\\{byte:03d}" for byte in text) + '"'


def _script(envoy: Envoy, name: str, text: str) -> Path:
    file = envoy.run / f"{name}.lua"
    file.write_text(text)
    return file


def _wrk(envoy: Envoy, script: Path, url: str, seconds: int) -> Load:
    argv = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", script, url]
    before = envoy.cpu()
    said = subprocess.run(argv, capture_output=True, text=True, preexec_fn=lambda: os.sched_setaffinity(0, bench_envoy._core(1)))
    used = envoy.cpu() - before
    done, rate = re.search(r"(\d+) requests in", said.stdout), re.search(r"Requests/sec:\s+([\d.]+)", said.stdout)
    if said.returncode != 0 or not done or not rate or int(done[1]) == 0 or "Socket errors" in said.stdout:
        raise Problem(f"wrk failed: {said.stdout}{said.stderr}")
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", said.stdout)
    return Load(int(done[1]), float(rate[1]), used * 1e6 / int(done[1]), int(refused[1]) if refused else 0)
