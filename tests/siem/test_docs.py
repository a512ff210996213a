"""docs/siem.md names every field that records have and shows two of them as they are: `OUTWORK_WRITE_DOCS=1` writes those anew."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from typing import Any

import page
import pytest
import schemas
from conftest import ROOT, Written

SCENARIO = ROOT / "envoy-config" / "siem"
# What only a host has, with threads, limits and cookies: tests/envoy and worker/test read theirs.
ELSEWHERE = ("chain.opens.", "chain.chains", "reasons[].rung", "reasons[].level", "reasons[].wait", "effects.cookie", "effects.delay_ms")


def leaves(value: dict[str, Any], path: str = "") -> Iterator[str]:
    """The names of what stands in a record; a list of objects is `[]`. Our own object is left out."""
    for name, inside in value.items():
        if f"{path}{name}" in ("unmapped", "outwork"):
            continue
        if isinstance(inside, dict):
            yield from leaves(inside, f"{path}{name}.")
        elif isinstance(inside, list) and inside and isinstance(inside[0], dict):
            for one in inside:
                yield from leaves(one, f"{path}{name}[].")
        else:
            yield f"{path}{name}"


def column(number: int) -> set[str]:
    """The fields that a column of the mapping names."""
    rows = re.findall(r"^\| [^|]* \|([^|]*)\|([^|]*)\|$", page.PAGE.read_text().split("## What stands where")[1].split("| ours |")[0], re.M)
    return {field.partition("[0]")[0].partition("[1]")[0] for row in rows for field in re.findall(r"`(@?[a-z_]\w*(?:\[\w*\])?(?:\.[\w\[\]]+)*)`", row[number])} - WORDS


# What stands in the table as values.
WORDS = {"allowed", "denied", "error", "undecided", "failure", "alert", "event", "2"}


@pytest.mark.parametrize(("number", "words"), [(0, "metadata"), (1, "ecs")])
def test_every_field_is_in_the_mapping_and_nothing_else(written: Written, number, words):
    records = [record for record in [*written.records, *written.examples] if words in record]
    assert column(number) == {leaf for record in records for leaf in leaves(record)}


def test_every_member_of_ours_is_explained(written: Written):
    assert page.unexplained(written.records) == set()
    named = page.explained()
    own = [record.get("outwork") or record["unmapped"]["outwork"] for record in [*written.records, *written.examples]]
    assert named == {name for members in own for name in members}
    inside = {re.sub(r"^features\..*", "features.*", leaf) for members in own for leaf in leaves(members) if leaf.strip("[]") not in members}
    assert inside == {name for name in page.nested() if not name.startswith(ELSEWHERE)}


def test_the_page_shows_a_record_as_it_is(written: Written):
    examples = written.examples
    assert [schemas.faults(one) for one in examples] == [[], []]
    blocks = "".join(f"<!-- {name} -->\n\n```json\n{pretty(one)}\n```\n\n" for name, one in zip(("ocsf", "ecs"), examples)) + "<!-- end -->"
    text = page.PAGE.read_text()
    shown = re.sub(r"<!-- ocsf -->.*<!-- end -->", lambda _: blocks, text, flags=re.S)
    if os.environ.get("OUTWORK_WRITE_DOCS"):
        page.PAGE.write_text(shown)
    assert page.PAGE.read_text() == shown, "OUTWORK_WRITE_DOCS=1 pytest tests/siem/test_docs.py writes it anew"


def pretty(record: dict[str, Any]) -> str:
    """A member a line, and those of our own object too."""
    lines = []
    for name, value in record.items():
        own = name in ("outwork", "unmapped")
        text = json.dumps(value, ensure_ascii=False)
        if own:
            inside = value["outwork"] if name == "unmapped" else value
            members = ",\n".join(f"    {json.dumps(member)}: {json.dumps(said, ensure_ascii=False)}" for member, said in inside.items())
            text = "{\n" + members + "\n  }"
            text = '{"outwork": ' + text + "}" if name == "unmapped" else text
        lines.append(f"  {json.dumps(name)}: {text}")
    return "{\n" + ",\n".join(lines) + "\n}"


def test_the_index_template_has_every_field_of_the_type_that_ecs_gives_it(written: Written):
    template = json.loads((SCENARIO / "elastic-index-template.json").read_text())["template"]["mappings"]
    mapped = dict(types(template["properties"]))
    _, fields = schemas.ecs_fields()
    assert {name: kind for name, kind in mapped.items() if not name.startswith("outwork.")} == {name: fields[name]["type"] for name in mapped if not name.startswith("outwork.")}
    records = [record for record in written.records if "ecs" in record]
    wrong = {f"{name}: {value!r}" for record in records for name, value in values(record, mapped) if not fits(mapped.get(name, ""), value)}
    assert wrong == set()


def types(properties: dict[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """The fields of a mapping, with their types."""
    for name, inside in properties.items():
        if "properties" in inside:
            yield from types(inside["properties"], f"{path}{name}.")
        else:
            yield f"{path}{name}", inside["type"]


def values(value: Any, mapped: dict[str, str], path: str = "") -> Iterator[tuple[str, Any]]:
    """What Elasticsearch would index of a record: a list is its elements, and what is flattened is one."""
    for name, inside in value.items():
        for one in inside if isinstance(inside, list) else [inside]:
            if isinstance(one, dict) and mapped.get(f"{path}{name}") != "flattened":
                yield from values(one, mapped, f"{path}{name}.")
            else:
                yield f"{path}{name}", one


def fits(kind: str, value: Any) -> bool:
    """Whether a field of this type takes the value; a `short` has 16 bits."""
    if kind == "short":
        return isinstance(value, int) and not isinstance(value, bool) and -(1 << 15) <= value < 1 << 15
    return isinstance(value, {"flattened": (dict,), **schemas.TYPES}.get(kind, ())) and (kind == "boolean") == isinstance(value, bool)


def test_splunk_finds_the_time_of_a_record_and_takes_all_of_it(written: Written):
    text = (SCENARIO / "splunk-props.conf").read_text()
    setting = {name: value for name, _, value in (line.partition(" = ") for line in text.splitlines()) if value}
    for record in (record for record in written.records if "class_uid" in record):
        line = json.dumps(record, separators=(",", ":"))
        assert len(line) < int(setting["TRUNCATE"])
        begins = re.match(setting["TIME_PREFIX"], line)
        assert line[begins.end():][: int(setting["MAX_TIMESTAMP_LOOKAHEAD"])] == str(record["time"])
    aliases = dict(re.findall(r"(\S+) AS (\S+)", setting["FIELDALIAS-outwork"]))
    assert set(aliases) <= column(0)
