"""What the native engine writes of every case of the corpus, held to the published schemas; and that the schemas are held to at all."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import schemas
from conftest import Written


@pytest.fixture(scope="module")
def records(written: Written) -> list[dict[str, Any]]:
    """As `cargo test` writes them."""
    return written.records


def test_every_record_of_the_corpus_is_what_its_schema_says(records):
    assert len(records) > 2_400
    wrong = {fault for record in records for fault in schemas.faults(record)}
    assert not wrong, "\n".join(sorted(wrong))


@pytest.fixture(scope="module")
def ocsf(records):
    """Those in the words of OCSF."""
    return [record for record in records if "class_uid" in record]


@pytest.fixture(scope="module")
def ecs(records):
    """Those in the words of ECS."""
    return [record for record in records if "ecs" in record]


def test_the_corpus_makes_records_of_every_kind(records, ocsf, ecs):
    """Else the test above says less than it seems to."""
    assert len(ocsf) == len(ecs) == len(records) / 2
    assert {record["event"]["action"] for record in ecs} >= {"allow", "tag", "block"}
    assert {tuple(record["event"]["type"]) for record in ecs} == {("access", "allowed"), ("access", "denied"), ("access", "error")}
    assert {"ip" in record.get("source", {}) for record in ecs} == {True, False}
    for name in ("tls", "source", "rule"):
        assert {name in record for record in ecs} == {True, False}, name
    assert {record["unmapped"]["outwork"].get("verdict") for record in ocsf} >= {"allow", "tag", "block", None}
    assert {record["unmapped"]["outwork"]["undecided"]["stage"] for record in ocsf if record["action"] == "Undecided"} == {"body", "limits", "body-and-limits", "endpoint"}
    assert {record["activity_id"] for record in ocsf} >= {3, 4, 6, 99}
    for name in ("tls", "ja4_fingerprint_list", "src_endpoint", "firewall_rule"):
        assert {name in record for record in ocsf} == {True, False}, name


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
def test_a_wrong_record_is_found_in_ocsf(ocsf, path, value):
    assert schemas.faults(spoilt(next(record for record in ocsf if record["activity_id"] == 3), path, value))


@pytest.mark.parametrize(("path", "value"), [
    (("@timestamp",), 1_760_000_000_000),
    (("ecs", "version"), "9.3.0"),
    (("event", "kind"), "decision"),
    (("event", "type"), ["access", "creation"]),
    (("event", "type"), "access"),
    (("event", "category"), ["web", "network", "malware"]),
    (("event", "outcome"), None),
    (("event", "verdict"), "allow"),
    (("url", "port"), "8443"),
    (("url", "domain"), "x" * 2_000),
    (("@timestamp",), "yesterday"),
    (("source",), {"ip": "203.0.113.999"}),
    (("ja4",), "t13d1516h2_8daaf6152771_b186095e22b6"),
])
def test_a_wrong_record_is_found_in_ecs(ecs, path, value):
    assert schemas.faults(spoilt(ecs[0], path, value))


def spoilt(record, path, value):
    """The record with another value at a place, or without any."""
    wrong = copy.deepcopy(record)
    *inside, last = path
    place = wrong
    for name in inside:
        place = place[name]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return wrong
