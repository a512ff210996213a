"""What is made of the packs and for them is what the sources make now."""

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


@pytest.mark.parametrize("pack", sorted((ROOT / "rules" / "packs").glob("*.toml")), ids=lambda path: path.stem)
def test_every_rule_has_a_test_that_fires_and_one_that_does_not(pack: Path):
    for rule in tomllib.loads(pack.read_text()).get("rule", []):
        answers = {test["fires"] for test in rule.get("test", [])}
        assert answers == {True, False}, rule["id"]


def strings(pack: str) -> dict[str, list[str]]:
    lists = tomllib.loads((ROOT / "rules" / "packs" / pack).read_text())["lists"]
    return {name: entry["strings"] for name, entry in lists.items() if isinstance(entry.get("strings"), list)}


def test_names_that_can_be_verified_are_the_same_everywhere():
    sys.path.insert(0, str(ROOT / "scripts"))
    from listing.names import VERIFIABLE

    crawlers, declared = strings("crawlers.toml"), strings("crawlers-declared.toml")
    together = crawlers.pop("verifiable_names")
    assert declared["verifiable_names"] == together == [name for names in crawlers.values() for name in names]
    others = [name for pack in ("monitors.toml", "ai-crawlers.toml") for names in strings(pack).values() for name in names]
    assert {*together, *others} <= {*VERIFIABLE}
