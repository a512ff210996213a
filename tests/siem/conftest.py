"""The scripts' common parts and the live suite's origin are importable, as they are there."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT / "scripts"), str(ROOT / "tests" / "live")]
# Servers are started by a fork, which gRPC would like to hear of.
os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "false"


@dataclass(frozen=True)
class Written:
    """The records of the corpus, and the example in both vocabularies."""

    records: list[dict[str, Any]]
    examples: list[dict[str, Any]]


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """As `cargo test` writes them: of the whole workspace, as it was built for its tests."""
    folder = tmp_path_factory.mktemp("records")
    paths = {"OUTWORK_RECORDS": folder / "records.jsonl", "OUTWORK_EXAMPLES": folder / "examples.jsonl"}
    argv = ["cargo", "test", "--locked", "-q", "--workspace", "--test", "corpus", "records::"]
    subprocess.run(argv, cwd=ROOT, env={**os.environ, **{name: str(path) for name, path in paths.items()}}, check=True, stdout=subprocess.DEVNULL)
    return Written(*([json.loads(line) for line in path.read_text().splitlines()] for path in paths.values()))
