"""The facts in the corpus are those that its makers make of the data: nobody has changed them by hand."""

from __future__ import annotations

import json

import cases
import pytest
from make import sources
from make.every import every


@pytest.mark.skipif(not sources.LISTS.is_dir(), reason=f"the data is not at {sources.DATA}: set OUTWORK_DATA to where it is")
def test_the_facts_are_as_made() -> None:
    made = {case["id"]: json.loads(json.dumps(case)) for file in every().values() for case in file}
    stored = {case_id: {key: case[key] for key in case if not key.startswith("expect")} for case_id, case in cases.load().items()}
    changed = [case_id for case_id in made.keys() | stored.keys() if made.get(case_id) != stored.get(case_id)]
    assert not changed, f"`.outwork/venv/bin/python -m tests.corpus.make` makes these otherwise: {sorted(changed)}"
