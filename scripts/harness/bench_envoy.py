"""What a filter costs Envoy: one worker thread, the same requests, the variants in turn, round after round."""

from __future__ import annotations

import json
import os
import random
import re
import statistics
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import bench_config, certificate, edge, paths, process
from .envoy import Envoy
from .problem import Problem

# Chrome 131's navigation: what a filter must read when a browser asks for a page.
HEADERS = (
    'sec-ch-ua: "Google Chrome";v="131", "Chromium";v="131", "Not_A Brand";v="24"', "sec-ch-ua-mobile: ?0", 'sec-ch-ua-platform: "Windows"',
    "upgrade-insecure-requests: 1",
    "user-agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
    "accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7",
    "sec-fetch-site: none", "sec-fetch-mode: navigate", "sec-fetch-user: ?1", "sec-fetch-dest: document",
    "accept-encoding: gzip, deflate, br, zstd", "accept-language: en-US,en;q=0.9", "priority: u=0, i",
    "cookie: session=5f2b8c1e9d; theme=dark",
)
CONNECTIONS = 16
PATH = "/products?page=2"
SHAPES = {
    "direct": "TLS 1.3, HTTP/1.1 keep-alive, Envoy answers itself",
    "plain": "plaintext HTTP/1.1 keep-alive, Envoy answers itself",
    "proxied": "TLS 1.3, HTTP/1.1 keep-alive, proxied to a second Envoy",
}
# Policies of many rules are measured with this alone: its requests come from a script of wrk.
VARIED = "varied"
VARIED_MEANS = "TLS 1.3, HTTP/1.1 keep-alive, Envoy answers itself; 4,000 requests in turn, made of those in tests/corpus, with user agents, paths and headers that hardly come again"
REQUESTS = paths.STATE / "bench" / "mix" / "requests.lua"
BASE, RIVAL = "no filter", "wasm, copies headers"


@dataclass(frozen=True)
class Sample:
    """One run of wrk: CPU microseconds that Envoy spent on a request, and requests a second."""

    cpu: float
    rate: float


Samples = dict[str, list[Sample]]


def measure(variants: dict[str, dict[str, Any] | None], shapes: list[str], rounds: int, seconds: int, say=print) -> dict[str, Samples]:
    """Samples of every variant in every shape. All Envoys run all the time; only one is asked at a time, in a new order each round."""
    taken: dict[str, Samples] = {shape: {name: [] for name in variants} for shape in shapes}
    with ExitStack() as servers:
        origin = servers.enter_context(_origin())
        running = {name: servers.enter_context(_envoy(name, filter, origin.ports.http)) for name, filter in variants.items()}
        for shape in shapes:
            for envoy in running.values():
                _run(envoy, shape, 1)
            for number in range(rounds):
                order = list(running.items())
                random.shuffle(order)
                for name, envoy in order:
                    taken[shape][name].append(_run(envoy, shape, seconds))
                say(f"{shape}, round {number + 1} of {rounds}: " + ", ".join(f"{name} {taken[shape][name][-1].cpu:.1f}" for name in variants))
    return taken


def table(shape: str, samples: Samples, rival: str = RIVAL, called: str = "copies headers") -> str:
    """Markdown: medians, and ratios taken within each round, with quartiles."""
    lines = [f"**{shape}**: {SHAPES.get(shape, VARIED_MEANS)}", "", f"| variant | CPU µs a request | × no filter | × {called} | requests/s × no filter |", "|---|---|---|---|---|"]
    for name, own in samples.items():
        lines.append(f"| {name} | {_spread([one.cpu for one in own], 1)} | {_ratios(own, samples[BASE], 'cpu')} | {_ratios(own, samples[rival], 'cpu')} | {_ratios(own, samples[BASE], 'rate')} |")
    return "\n".join(lines)


def ratio(samples: Samples, variant: str, to: str) -> float:
    """The median of the rounds' CPU ratios."""
    return statistics.median(own.cpu / other.cpu for own, other in zip(samples[variant], samples[to]))


def _ratios(own: list[Sample], other: list[Sample], what: str) -> str:
    return "1" if own is other else _spread([getattr(a, what) / getattr(b, what) for a, b in zip(own, other)], 2)


def _spread(values: list[float], digits: int) -> str:
    if len(values) < 2:
        return f"{values[0]:.{digits}f}"
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return f"{middle:.{digits}f} ({low:.{digits}f}–{high:.{digits}f})"


def _envoy(name: str, filter: dict[str, Any] | None, origin: int) -> Envoy:
    ports = edge.Ports(origin=origin)
    return _started(re.sub(r"\W+", "-", name), bench_config.edge(ports, certificate.certificate(), filter), ports, core=0)


def _origin() -> Envoy:
    ports = edge.Ports(origin=0)
    return _started("origin", bench_config.origin(ports), ports, core=1)


def _started(name: str, configuration: dict[str, Any], ports: edge.Ports, core: int) -> Envoy:
    run = paths.STATE / "bench" / name
    run.mkdir(parents=True, exist_ok=True)
    file = run / "envoy.json"
    file.write_text(json.dumps(configuration))
    envoy = Envoy(run, file, ports, env=edge.keys(), concurrency=1)
    envoy.wait_ready()
    for task in Path(f"/proc/{envoy.pid}/task").iterdir():
        os.sched_setaffinity(int(task.name), _core(core))
    return envoy


def _run(envoy: Envoy, shape: str, seconds: int) -> Sample:
    scheme, port = ("http", envoy.ports.http) if shape == "plain" else ("https", envoy.ports.https)
    path = "/origin" + PATH if shape == "proxied" else PATH
    sent = ["-s", REQUESTS] if shape == VARIED else [part for header in HEADERS for part in ("-H", header)]
    argv = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", *sent, f"{scheme}://127.0.0.1:{port}{path}"]
    before = envoy.cpu()
    said = subprocess.run(argv, capture_output=True, text=True, preexec_fn=lambda: os.sched_setaffinity(0, _core(1)))
    used = envoy.cpu() - before
    done = re.search(r"(\d+) requests in", said.stdout)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said.stdout)
    if said.returncode != 0 or not done or not rate or int(done[1]) == 0:
        raise Problem(f"wrk failed: {said.stdout}{said.stderr}")
    if "Non-2xx" in said.stdout or "Socket errors" in said.stdout:
        raise Problem(f"not every request was answered 200, so the figures would not compare:\n{said.stdout}")
    return Sample(used * 1e6 / int(done[1]), float(rate[1]))


def _core(number: int) -> set[int]:
    cores = sorted(os.sched_getaffinity(0))
    return {cores[number % len(cores)]}
