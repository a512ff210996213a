"""What the behaviour pack makes of driven browsers: of those that were recorded, and of one that is driven now."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from harness import build

HERE = Path(__file__).resolve().parent
FIXTURE = HERE.parent / "fixtures" / "pointer" / "driven.jsonl.gz"
# Native input, straight and curved lines: at least 95 % above low and 80 % at high, of three sessions that is all of them.
PLAIN = ("playwright-native", "puppeteer", "selenium", "linear", "bezier")


@pytest.fixture(scope="module")
def told() -> dict[str, dict]:
    """`outwork eval policy` of the recordings, by generator."""
    argv = [build.command(), "eval", "policy", FIXTURE, "-p", HERE / "record_policy", "--json"]
    made = json.loads(subprocess.run(argv, capture_output=True, text=True, check=True).stdout)
    return {one["source"].removeprefix("bot, "): one for one in made["sources"]}


@pytest.mark.parametrize("generator", PLAIN)
def test_plain_automation_is_high(told: dict[str, dict], generator: str) -> None:
    one = told[generator]
    assert one["sessions"] == 3 and one["above_low"] >= 0.95 and one["high"] >= 0.8, one


def test_what_hides_its_driver_better_is_not_claimed(told: dict[str, dict]) -> None:
    assert told["ghost-cursor"]["above_low"] == 1
    assert told["windmouse"]["above_low"] == 0, "rules have begun to see WindMouse: say so in docs/behaviour.md"


def test_a_browser_driven_now_is_judged_as_the_recorded_ones() -> None:
    """Through the real page, a real Envoy, and back to the origin."""
    made = subprocess.run([HERE / "record", "linear", "puppeteer", "--sessions", "1"], capture_output=True, text=True, timeout=900)
    assert made.returncode == 0, made.stderr
    rows = [line.split("|") for line in made.stdout.splitlines() if line.startswith(("| linear", "| puppeteer"))]
    assert [(row[1].strip(), row[3].strip()) for row in rows] == [("linear", "1"), ("puppeteer", "1")], made.stdout
