"""What is made of the packs and for them is what the sources make now."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = Path(os.environ.get("OUTWORK_DATA", ROOT.parent / "shared" / "data")) / "lists"


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([ROOT / "scripts" / command[0], *command[1:]], capture_output=True, text=True, check=False)


def test_the_page_of_rules_is_made_of_the_packs():
    done = run("rules-page", "--check")
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not DATA.is_dir(), reason=f"did not run: there is no data at {DATA}")
def test_the_lists_are_made_of_the_data():
    done = run("lists", "--check")
    assert done.returncode == 0, done.stderr


def test_the_lists_stay_small():
    size = sum(path.stat().st_size for path in (ROOT / "rules" / "lists").glob("*.txt"))
    assert size < 1_500_000


def packs(policy: str) -> list[Path]:
    path = ROOT / "rules" / policy
    listed = tomllib.loads(path.read_text())["policy"]["packs"]
    return [(path.parent / pack).resolve() for pack in listed]


def test_the_shadow_policy_lists_the_same_packs():
    assert packs("shadow/outwork.toml") == packs("outwork.toml")
    assert sorted(packs("outwork.toml")) == sorted((ROOT / "rules" / "packs").glob("*.toml"))


# Rules that ask who an agent is fire where the agents of other packs are known, so that the corpus shows it and not a test
# of the pack; a signature that holds is one of its day, and an example of the signal `agent.signature`.
SHOWN_ELSEWHERE = {"agent.signature.verified"}


def shown_by_the_corpus() -> set[str]:
    cases = [json.loads(line) for path in (ROOT / "tests" / "corpus").glob("*.jsonl") for line in path.read_text().splitlines()]
    return {reason for case in cases for reason in case["expect"]["reasons"]}


@pytest.mark.parametrize("pack", sorted((ROOT / "rules" / "packs").glob("*.toml")), ids=lambda path: path.stem)
def test_every_rule_has_a_test_that_fires_and_one_that_does_not(pack: Path):
    elsewhere = shown_by_the_corpus() | SHOWN_ELSEWHERE if pack.stem == "agents" else set()
    for rule in tomllib.loads(pack.read_text()).get("rule", []):
        answers = {test["fires"] for test in rule.get("test", [])}
        assert answers | ({True} if rule["id"] in elsewhere else set()) == {True, False}, rule["id"]


def strings(pack: str) -> dict[str, list[str]]:
    lists = tomllib.loads((ROOT / "rules" / "packs" / pack).read_text())["lists"]
    return {name: entry["strings"] for name, entry in lists.items() if isinstance(entry.get("strings"), list)}


def agents(pack: str) -> list[str]:
    tables = tomllib.loads((ROOT / "rules" / "packs" / pack).read_text())["agent"]
    return [name for agent in tables for name in agent.get("names", [])]


def test_names_that_can_be_verified_are_the_same_everywhere():
    sys.path.insert(0, str(ROOT / "scripts"))
    from listing.names import VERIFIABLE

    crawlers = agents("crawlers.toml")
    assert sorted(strings("crawlers-declared.toml")["verifiable_names"]) == sorted(crawlers)
    others = [name for pack in ("monitors.toml", "ai-crawlers.toml", "agents.toml") for name in agents(pack)]
    assert {*crawlers, *others} <= {*VERIFIABLE}

