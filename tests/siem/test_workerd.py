"""Records of the Worker in a real workerd, as Workers Logs gets them: a line each, and valid in both vocabularies."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import page
import policies
import pytest
import schemas
from conftest import ROOT
from harness import build, environment, paths


@pytest.fixture(scope="module")
def worker() -> None:
    """The Worker's core, built."""
    environment.node_packages(paths.ROOT)
    subprocess.run([ROOT / "worker" / "build", "--core"], check=True, capture_output=True)


@pytest.mark.parametrize(("words", "key"), [("ocsf", "class_uid"), ("ecs", "ecs")])
def test_every_line_of_a_worker_is_what_its_schema_says(worker: None, tmp_path: Path, words: str, key: str) -> None:
    bundle = build.bundle(build.command(), policies.rules(tmp_path, f'record_format = "{words}"'), tmp_path / "policy.bundle")
    said = subprocess.run(["node", Path(__file__).with_name("workerd.mjs"), bundle], capture_output=True, text=True, check=True)
    records = [json.loads(line) for line in said.stdout.splitlines()]
    assert len(records) > 300
    assert all(key in record for record in records)
    wrong = {fault for record in records for fault in schemas.faults(record)}
    assert not wrong, "\n".join(sorted(wrong))
    assert page.unexplained(records) == set()

