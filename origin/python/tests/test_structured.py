"""The HTTP working group's tests of Structured Fields (tests/fixtures/structured-fields, and the generated ones of OUTWORK_DATA)."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import ORIGIN

from outwork_origin.structured import Date, DisplayString, InnerList, Item, Malformed, Token, parse_dictionary, parse_item, parse_list

FIXTURES = ORIGIN.parent / "tests" / "fixtures" / "structured-fields"
DATA = Path(os.environ.get("OUTWORK_DATA", ORIGIN.parents[1] / "shared" / "data")) / "vectors" / "structured-fields"
# What a parser may take or leave, and this one leaves: base64 that is not canonical.
LEFT = {"bad padding", "non-zero pad bits"}


def suites() -> Iterator[Any]:
    """Every file once."""
    files = {file.name: file for folder in (FIXTURES, DATA) for file in folder.glob("*.json")}
    for name, file in sorted(files.items()):
        yield pytest.param(file, id=name)


@pytest.mark.parametrize("file", list(suites()))
def test_suite(file: Path) -> None:
    """Each test of a file."""
    for test in json.loads(file.read_text()):
        text = ", ".join(line.encode().decode("latin-1") for line in test["raw"])
        try:
            found: Any = plain(parse(test["header_type"], text))
        except Malformed:
            assert test.get("must_fail") or test["name"] in LEFT, test["name"]
        else:
            assert not test.get("must_fail"), test["name"]
            assert found == expected(test["header_type"], test["expected"]), test["name"]


def test_the_generated_ones_are_there() -> None:
    """A clone by itself has the small files alone."""
    if not DATA.is_dir():
        pytest.skip(f"{DATA} is not there; OUTWORK_DATA names the folder of the data")
    assert len(list(DATA.glob("*-generated.json"))) == 5


def parse(kind: str, text: str) -> Any:
    """By the type of the field; of a dictionary's members that have one key the last counts, in the place of the first."""
    if kind == "dictionary":
        return list({member.key: member.value for member in parse_dictionary(text)}.items())
    return parse_list(text) if kind == "list" else parse_item(text)


def plain(value: Any) -> Any:
    """Parsed values as the suite writes them, with the types of the values."""
    if isinstance(value, InnerList):
        return [[plain(item) for item in value.items], [[key, bare(one)] for key, one in value.parameters.items()]]
    if isinstance(value, Item):
        return [bare(value.value), [[key, bare(one)] for key, one in value.parameters.items()]]
    return [[one[0], plain(one[1])] if isinstance(one, tuple) else plain(one) for one in value]


def bare(value: Any) -> Any:
    """A value with its type."""
    kinds = {Token: "token", DisplayString: "displaystring", Date: "date", bytes: "binary"}
    return kinds.get(type(value), type(value).__name__), int(value) if type(value) is Date else value


def expected(kind: str, value: Any) -> Any:
    """What the suite expects, in the same form."""
    if kind == "dictionary":
        return [[key, expected("member", one)] for key, one in value]
    if kind == "list":
        return [expected("member", one) for one in value]
    inner, parameters = value
    return [[expected("item", one) for one in inner] if isinstance(inner, list) else typed(inner), [[key, typed(one)] for key, one in parameters]]


def typed(value: Any) -> Any:
    """A value of the suite with its type."""
    if isinstance(value, dict):
        inner = value["value"]
        return value["__type"], base64.b32decode(inner) if value["__type"] == "binary" else inner
    return ("Decimal", Decimal(str(value))) if isinstance(value, float) else (type(value).__name__, value)
