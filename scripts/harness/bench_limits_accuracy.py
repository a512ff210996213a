"""How exactly a limit counts in a real Envoy: 1, 10 and 1,000 clients at half the limit, at it, at twice and at ten times of it."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable

from . import bench_config, build, certificate, edge, global_limits, paths, stack
from .crowd import Crowd, run, windows
from .envoy import Envoy

FOLDER = paths.STATE / "bench" / "accuracy"
TIMES = (0.5, 1.0, 2.0, 10.0)
# Few clients ask much, so that a single request is a small part of the result; a thousand ask little, so that they are no more than a
# machine can send. Tokens, and tokens a second. Each request to two Envoys is a call to the service, in its unoptimised build, and one to Redis.
FEW, MANY = ("few", 100, 20.0), ("many", 10, 0.2)
FEW_SHARED, MANY_SHARED = ("few", 50, 5.0), ("many", 5, 0.05)
SIZES = (1, 10, 1_000)
SECONDS = 30
# What may be admitted too much or too little, as a share of what an exact bucket admits.
MOST_LOCAL, MOST_GLOBAL = 0.02, 0.05
POLICY = """
[policy]
version = "1"
mode = "enforce"
record = "none"
packs = ["limits.toml"]
"""


@dataclass(frozen=True)
class Row:
    """One crowd's result."""

    threads: str
    clients: int
    times: float
    asked: int
    admitted: int
    exact: int
    errors: int
    # Of the calls for all crowds of this size, those without an answer in time: each Envoy's own bucket counted instead.
    unanswered: int = 0

    @property
    def error(self) -> float:
        """By what share more or fewer were admitted."""
        return self.admitted / max(self.exact, 1) - 1


def pack(scope: str) -> str:
    """The two limits, each for a path of its own."""
    limit = '[[limit]]\nid = "bench.{name}"\nwhen = \'request.path == "/{name}"\'\nkey = ["ip"]\nburst = {burst}\nrefill = "{a_minute:.0f}/min"\nscope = "{scope}"\n'
    limits = [limit.format(name=name, burst=burst, a_minute=refill * 60, scope=scope) for name, burst, refill in sorted(set(buckets(scope).values()))]
    return '[pack]\nid = "limits"\nversion = "1"\nwhy = "how exactly limits count"\n\n' + "\n".join(limits)


def buckets(scope: str) -> dict[int, tuple[str, int, float]]:
    """The bucket of each size of crowd."""
    few, many = (FEW, MANY) if scope == "local" else (FEW_SHARED, MANY_SHARED)
    return {size: many if size > 10 else few for size in SIZES}


def limited(made: stack.Built, scope: str, *options: str) -> dict[str, Any]:
    """The filter with these limits, for clients that name their addresses."""
    folder = FOLDER / scope
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "outwork.toml").write_text(POLICY)
    (folder / "limits.toml").write_text(pack(scope))
    bundle = build.bundle(made.outwork, folder, FOLDER / f"{scope}.bundle")
    published = build.publish(made.outwork, bundle, made.wasm, edge.watched(folder), "--client-address", "source", *options)
    return json.loads(published.read_text())["resources"][0]["typed_config"]


def started(name: str, filter: dict[str, Any], threads: int, service: int = 0, keys: dict[str, str] | None = None) -> Envoy:
    """An Envoy of so many worker threads that answers everything itself. Those that share limits share their keys, by which clients are told apart."""
    folder, ports = FOLDER / name, edge.Ports(origin=9)
    folder.mkdir(parents=True, exist_ok=True)
    configuration = bench_config.edge(ports, certificate.certificate(), filter, hops=1)
    if service:
        configuration["static_resources"]["clusters"].append(bench_config.grpc("ratelimit", service))
    file = folder / "envoy.json"
    file.write_text(json.dumps(configuration))
    envoy = Envoy(folder, file, ports, env=keys or edge.keys(), concurrency=threads)
    envoy.wait_ready()
    return envoy


def local(made: stack.Built, seconds: int, say: Callable[[str], None]) -> list[Row]:
    """Every crowd at an Envoy of two worker threads, and of four."""
    rows = []
    for threads in (2, 4):
        with started(f"local-{threads}", limited(made, "local"), threads) as envoy:
            rows += measured(str(threads), [envoy], seconds, say, "local", Crowd.exact)
    return rows


def shared(made: stack.Built, seconds: int, say: Callable[[str], None]) -> list[Row]:
    """Every crowd at two Envoys of two worker threads that ask one service, whose windows are what an exact count would grant."""
    limits = FOLDER / "limitador.yaml"
    for name in ("redis", "service"):
        (FOLDER / name).mkdir(parents=True, exist_ok=True)
    with ExitStack() as servers:
        filtered = limited(made, "global", "--global-cluster", "ratelimit", "--global-timeout", "200")
        limits.write_text(build.export(made.outwork, FOLDER / "global.bundle", "limitador"))
        redis = servers.enter_context(global_limits.Redis(FOLDER / "redis"))
        service = servers.enter_context(global_limits.Service(FOLDER / "service", limits, redis=redis))
        keys = edge.keys()
        envoys = [servers.enter_context(started(f"global-{number}", filtered, 2, service.port, keys)) for number in range(2)]
        return measured("2 × 2", envoys, seconds, say, "global", granted)


def granted(crowd: Crowd) -> int:
    """What windows of the bucket's burst, each as long as the bucket takes to fill, let through."""
    return sum(windows([at for at, _ in client], crowd.burst, crowd.burst / crowd.refill) for client in crowd.sent)


def measured(threads: str, envoys: list[Envoy], seconds: int, say: Callable[[str], None], scope: str, expected: Callable[[Crowd], int]) -> list[Row]:
    """The crowds of one size all at once, one size after the other."""
    rows = []
    for size, (clients, (path, burst, refill)) in enumerate(buckets(scope).items()):
        crowds = [Crowd(f"{times} ×", f"/{path}", clients, refill * times, burst, refill, (11 + size, number)) for number, times in enumerate(TIMES)]
        before = unanswered(envoys)
        late = run([envoy.ports.http for envoy in envoys], crowds, seconds)
        alone = unanswered(envoys) - before
        for one, times in zip(crowds, TIMES):
            rows.append(Row(threads, clients, times, one.asked(), one.admitted(), expected(one), one.errors, alone))
        say(f"{threads} threads, {clients} clients: " + ", ".join(f"{row.times:g} × {100 * row.error:+.2f} %" for row in rows[-len(TIMES):]) + f"; at most {late * 1_000:.0f} ms late, {alone} calls unanswered")
    return rows


def unanswered(envoys: list[Envoy]) -> int:
    """How many calls had no answer in time, failed, or were not made for that."""
    return sum(sum(envoy.stats(r"outwork_limit_calls.*(timeout|skipped|error)$").values()) for envoy in envoys)


def table(rows: list[Row]) -> str:
    """Markdown."""
    lines = ["| worker threads | clients | × limit | requests | admitted | exact | error |", "|---|---|---|---|---|---|---|"]
    lines += [f"| {row.threads} | {row.clients:,} | {row.times:g} | {row.asked:,} | {row.admitted:,} | {row.exact:,} | {100 * row.error:+.2f} % |" for row in rows]
    alone = [f"{row.unanswered:,} with {row.clients:,} clients" for row in rows[:: len(TIMES)] if row.unanswered]
    return "\n".join(lines + (["", f"Calls without an answer in time, for which each Envoy's own bucket counted: {', '.join(alone)}."] if alone else []))


def missed(rows: list[Row], most: float) -> list[str]:
    """What is further off than it may be, or was answered otherwise than by 200 and 429."""
    off = [f"{row.threads} threads, {row.clients:,} clients at {row.times:g} ×: {100 * row.error:+.2f} %" for row in rows if abs(row.error) > most]
    return off + [f"{row.errors} errors" for row in rows if row.errors]
