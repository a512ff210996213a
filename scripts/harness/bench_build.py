"""What building and loading a policy takes: time and memory of `outwork build`, bytes of the bundle, loading in V8, lookups in large lists."""

from __future__ import annotations

import json
import os
import random
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from . import build, paths

RULES = (10, 1_000, 5_000)
NETWORKS, STRINGS = 100_000, 50_000
# The bars, in the units of the table.
MOST_SECONDS, MOST_MIB, MOST_BYTES, MOST_LOAD, MOST_MEMORY = 10, 1024, 16, 50, 8
# Nanoseconds of one lookup in a list.
MOST_LOOKUP = 200
LOAD = Path(__file__).with_name("load_in_v8.mjs")
FOLDER = paths.STATE / "bench" / "build"
# Each policy's name, and how many networks and strings its lists have.
LISTS = {"no lists": (0, 0), f"{NETWORKS:,} networks": (NETWORKS, 0), f"{STRINGS:,} strings": (0, STRINGS), "both lists": (NETWORKS, STRINGS)}


@dataclass(frozen=True)
class Built:
    """One run of `outwork build`, and what the filter needs to load what came of it."""

    seconds: float
    mib: float
    bytes: int
    load: float
    memory: float


def measure(outwork: Path, wasm: Path, mix: Path) -> dict[str, Built]:
    """Every policy built and loaded, by its name."""
    subprocess.run([mix, FOLDER, *map(str, RULES)], check=True)
    folders = {_rules(count): FOLDER / str(count) for count in RULES}
    folders |= {name: _with_lists(name, *counts) for name, counts in LISTS.items()}
    return {name: _build(outwork, wasm, folder) for name, folder in folders.items()}


def table(built: dict[str, Built]) -> str:
    """Markdown."""
    lines = ["| policy | build s | build MiB at most | bundle KiB | load in the filter ms | memory of the filter MiB |", "|---|---|---|---|---|---|"]
    for name, one in built.items():
        lines.append(f"| {name} | {one.seconds:.2f} | {one.mib:.0f} | {one.bytes / 1024:.0f} | {one.load:.1f} | {one.memory:.1f} |")
    return "\n".join([*lines, "", *(f"{what}: {figure:.2f}; the bar is {bar}.  " for what, figure, bar in bars(built))])


def bars(built: dict[str, Built]) -> list[tuple[str, float, float]]:
    """What is measured, the figure, and the most it may be."""
    largest, thousand = built[_rules(5_000)], built[_rules(1_000)]
    each = {name: (built[name].bytes - built["no lists"].bytes) / sum(counts) for name, counts in LISTS.items() if sum(counts)}
    return [
        ("Seconds to build 5,000 rules", largest.seconds, MOST_SECONDS),
        ("MiB to build 5,000 rules", largest.mib, MOST_MIB),
        ("Milliseconds to load 1,000 rules in the filter", thousand.load, MOST_LOAD),
        ("MiB that the filter's memory grows by with 1,000 rules", thousand.memory, MOST_MEMORY),
        *((f"Bytes an entry, {name}", size, MOST_BYTES) for name, size in each.items()),
    ]


def _rules(count: int) -> str:
    return f"{count:,} rules"


def _build(outwork: Path, wasm: Path, folder: Path) -> Built:
    bundle = folder / "policy.bundle"
    begun = time.monotonic()
    process = subprocess.Popen([outwork, "build", folder, "-o", bundle], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.monotonic() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    loaded = json.loads(subprocess.run(["node", LOAD, wasm, bundle], check=True, capture_output=True, text=True).stdout)
    grown = (loaded["after"] - loaded["before"]) / 2**20
    return Built(seconds, used.ru_maxrss / 1024, bundle.stat().st_size, loaded["milliseconds"], grown)


def _with_lists(name: str, networks: int, strings: int) -> Path:
    """A policy of two rules, of which each asks one list; the networks are four fifths IPv4, as published lists of datacenters are."""
    folder = FOLDER / name.replace(" ", "-").replace(",", "")
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(f"{networks} {strings}")
    v4 = {f"{chance.randrange(1, 224)}.{chance.randrange(256)}.{chance.randrange(256)}.0/24" for _ in range(networks * 4 // 5)}
    while len(v4) < networks:
        v4.add(f"2{chance.randrange(4096):03x}:{chance.randrange(65536):x}:{chance.randrange(65536):x}::/48")
    made = [f"/{chance.getrandbits(64):x}/{chance.getrandbits(32):x}" for _ in range(strings)]
    (folder / "networks.txt").write_text("\n".join(["198.51.100.0/24", *sorted(v4)]))
    (folder / "strings.txt").write_text("\n".join(["/none", *made]))
    (folder / "pack.toml").write_text(PACK)
    (folder / "outwork.toml").write_text('[policy]\nversion = "1"\nmode = "enforce"\npacks = ["pack.toml"]\n')
    return folder


PACK = """[pack]
id = "lists"
version = "1"
why = "a bench"

[[rule]]
id = "lists.network"
when = 'client.address in lists.networks'
action = "tag"
why = "a bench"

[[rule]]
id = "lists.path"
when = 'request.path in lists.paths'
action = "tag"
why = "a bench"

[lists.networks]
cidr = { file = "networks.txt" }

[lists.paths]
strings = { file = "strings.txt" }
"""
