"""`.outwork/venv/bin/python -m tests.corpus.make` from the root of the repository: writes the facts, keeps the expectations."""

import json
from pathlib import Path

from . import sources
from .every import every

CORPUS = Path(__file__).resolve().parents[1]


def main() -> None:
    if not sources.LISTS.is_dir():
        raise SystemExit(f"the data is not at `{sources.DATA}`: set OUTWORK_DATA to where it is")
    made = every()
    ids = [case["id"] for cases in made.values() for case in cases]
    twice = {case_id for case_id in ids if ids.count(case_id) > 1}
    if twice:
        raise SystemExit(f"these ids are used twice: {sorted(twice)}")
    for name, cases in made.items():
        write(CORPUS / f"{name}.jsonl", cases)
        print(f"{name:10} {len(cases):4}")
    print(f"{'all':10} {len(ids):4}")


def write(path: Path, cases: list) -> None:
    """One case a line; an expectation that stood there stays, for the engine alone rewrites those."""
    old = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    expected = {case["id"]: {key: case[key] for key in ("expect", "expect_on") if key in case} for case in old}
    lines = [json.dumps({**case, **expected.get(case["id"], {})}, ensure_ascii=False, separators=(",", ":")) for case in cases]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


main()
