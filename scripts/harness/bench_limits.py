"""What a limit costs: a step natively and in V8 beside the `governor` crate, and in Envoy beside Envoy's own local rate limit."""

from __future__ import annotations

import os
import statistics
from pathlib import Path
from typing import Any

from . import bench_envoy, build, paths, progress
from .bench_models import Runner, cell

PACKAGE = paths.ROOT / "engine" / "benches" / "limits"
TARGET = paths.TARGET / "bench-limits"
FOLDER = paths.STATE / "bench" / "limits"

# What is measured natively and in V8, and rivals that are measured natively.
OWN = {
    "step, admitted": "`Charge::step`, admitted",
    "step, refused": "`Charge::step`, refused",
    "step, shut out": "`Charge::step`, refused by its rung",
    "pages": "a bucket among 10,000, found in pages in memory",
    "pages in bytes": "the same, pages read from bytes and written to bytes",
}
RIVALS = {
    "governor, admitted, no clock": "`governor` 0.10.4, one bucket, admitted, a clock that costs nothing",
    "governor, refused, no clock": "the same, refused",
    "governor, admitted": "`governor`, one bucket, admitted, its own clock (quanta)",
    "governor, refused": "the same, refused",
    "governor, keyed, no clock": "`governor`, a bucket among 10,000 in its DashMap, a clock that costs nothing",
    "governor, keyed": "the same with its own clock",
}

# CPU a request with three limits, as a multiple of the same policy without limits.
MOST_COST = 1.25
PLAIN, LIMITED = "Outwork, shipped rules without limits", "Outwork, the same and three local limits"
NATIVE, KEYED = "Envoy's local_ratelimit, one bucket", "Envoy's local_ratelimit, three buckets an address"
SHAPES = ("direct", "plain")
API = "type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit"
# Limits that nobody reaches: what is measured is counting, not refusing.
WIDE = '[[limit]]\nid = "bench.{name}"\nwhen = \'request.method == "GET"\'\nkey = ["ip"]\nburst = 1000000\nrefill = "1000000/s"\n'


def steps(rounds: int) -> list[dict[str, float]]:
    """Nanoseconds a charge by host and name, all in turns, round after round."""
    build_command = ["cargo", "build", "--release", "--locked", "--target-dir", TARGET]
    progress.run("Building the bench of limits", build_command, log="bench-limits", cwd=PACKAGE)
    progress.run("Building it as WebAssembly", [*build_command, "--bin", "step", "--target", "wasm32-wasip1"], log="bench-limits-wasm", cwd=PACKAGE)
    native = Runner([TARGET / "release" / "step"])
    wasm = Runner(["node", "--no-warnings", paths.ROOT / "scripts" / "harness" / "run_wasi.mjs", TARGET / "wasm32-wasip1" / "release" / "step.wasm"])
    # A first round warms V8 up, which compiles what is called often once more.
    taken = [{**{f"native {name}": native.ask(name) for name in (*OWN, *RIVALS)}, **{f"V8 {name}": wasm.ask(name) for name in OWN}} for _ in range(rounds + 1)][1:]
    native.stop()
    wasm.stop()
    return taken


def steps_table(taken: list[dict[str, float]]) -> str:
    """Markdown: medians of the rounds, with quartiles, and ratios taken within each round."""
    lines = ["| nanoseconds a charge | native | V8 | × our step, native |", "|---|---|---|---|"]
    for name, called in {**OWN, **RIVALS}.items():
        own = [one[f"native {name}"] for one in taken]
        in_v8 = cell([one[f"V8 {name}"] for one in taken], 1) if name in OWN else ""
        ratios = cell([one[f"native {name}"] / one["native step, admitted"] for one in taken], 2)
        lines.append(f"| {called} | {cell(own, 1)} | {in_v8} | {ratios if name != 'step, admitted' else '1'} |")
    return "\n".join(lines)


def policies(outwork: Path) -> dict[str, Path]:
    """Bundles of the shipped rules without limits, and with three that every request is charged to."""
    shipped = (paths.ROOT / "rules" / "outwork.toml").read_text()
    made = {}
    for name, limits in ((PLAIN, 0), (LIMITED, 3)):
        folder = FOLDER / str(limits)
        folder.mkdir(parents=True, exist_ok=True)
        # Packs and their lists are found from the file that names them, and .outwork may be a link.
        root = os.path.relpath(paths.ROOT.resolve(), folder.resolve())
        pack = '[pack]\nid = "bench"\nversion = "1"\nwhy = "limits that are counted and never reached"\n\n' + "\n".join(WIDE.format(name=which) for which in "abc"[:limits])
        (folder / "bench.toml").write_text(pack)
        own = '    "bench.toml",\n' if limits else ""
        text = shipped.replace('    "packs/limits.toml",\n', own).replace('"packs/', f'"{root}/rules/packs/').replace('"../models/', f'"{root}/models/')
        (folder / "outwork.toml").write_text(text)
        made[name] = build.bundle(outwork, folder, FOLDER / f"{limits}.bundle")
    return made


def local_ratelimit(keyed: bool) -> dict[str, Any]:
    """Envoy's own filter: one bucket for all, or three for each address, as three limits by address are."""
    bucket = {"max_tokens": 1_000_000, "tokens_per_fill": 1_000_000, "fill_interval": "1s"}
    always = {"default_value": {"numerator": 100, "denominator": "HUNDRED"}}
    own: dict[str, Any] = {"@type": API, "stat_prefix": "bench", "token_bucket": bucket, "filter_enabled": always, "filter_enforced": always}
    if keyed:
        names = ("a", "b", "c")
        own["rate_limits"] = [{"actions": [{"generic_key": {"descriptor_key": "limit", "descriptor_value": name}}, {"remote_address": {}}]} for name in names]
        own["descriptors"] = [{"entries": [{"key": "limit", "value": name}, {"key": "remote_address"}], "token_bucket": bucket} for name in names]
    return own


def cost(samples: dict[str, bench_envoy.Samples]) -> dict[str, float]:
    """CPU a request with limits as a multiple of that without, by shape."""
    return {shape: bench_envoy.ratio(taken, LIMITED, PLAIN) for shape, taken in samples.items()}


def cost_table(samples: dict[str, bench_envoy.Samples]) -> str:
    """Markdown, one table a shape."""
    return "\n\n".join(bench_envoy.table(shape, taken, PLAIN, "the rules without limits") for shape, taken in samples.items())


def microseconds(samples: bench_envoy.Samples) -> float:
    """What three charges cost: the median of the differences within each round."""
    return statistics.median(own.cpu - other.cpu for own, other in zip(samples[LIMITED], samples[PLAIN]))


