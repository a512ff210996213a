"""What the native engine writes of every case of the corpus, held to the published schemas; and that the schemas are held to at all."""

from __future__ import annotations

import copy
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import schemas
from conftest import ROOT


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """As `cargo test` writes them."""
    path: Path = tmp_path_factory.mktemp("records") / "records.jsonl"
    argv = ["cargo", "test", "--locked", "-q", "-p", "outwork-cli", "--test", "corpus", "every_case_leaves_a_record"]
    subprocess.run(argv, cwd=ROOT, env={**os.environ, "OUTWORK_RECORDS": str(path)}, check=True, stdout=subprocess.DEVNULL)
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_every_record_of_the_corpus_is_what_its_schema_says(records):
    assert len(records) > 600
    wrong = {fault for record in records for fault in schemas.faults(record)}
    assert not wrong, "\n".join(sorted(wrong))


def test_the_corpus_makes_records_of_every_kind(records):
    """Else the test above says less than it seems to."""
    assert {record["unmapped"]["outwork"]["verdict"] for record in records} >= {"allow", "tag", "block"}
    assert {record["activity_id"] for record in records} >= {3, 4, 6, 99}
    for name in ("tls", "ja4_fingerprint_list", "src_endpoint", "firewall_rule"):
        assert {name in record for record in records} == {True, False}, name


@pytest.mark.parametrize(("path", "value"), [
    (("severity_id",), 42),
    (("severity",), "Fatal"),
    (("activity_id",), 6),
    (("metadata", "version"), "1.7.0"),
    (("metadata", "product"), None),
    (("http_request", "http_method"), "BREW"),
    (("risk_score",), "12"),
    (("verdict",), "allow"),
    (("http_request",), None),
])
def test_a_wrong_record_is_found(records, path, value):
    wrong = copy.deepcopy(next(record for record in records if record["activity_id"] == 3))
    *inside, last = path
    place = wrong
    for name in inside:
        place = place[name]
    if value is None:
        del place[last]
    else:
        place[last] = value
    assert schemas.faults(wrong)
