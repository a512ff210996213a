"""What the device model learns from is made again, byte by byte, also where the lists are not there."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

DEVICE = Path(__file__).resolve().parents[2] / "models" / "device"
sys.path.insert(0, str(DEVICE))
from people import KINDS, draw, engine, page_of  # noqa: E402
from random import Random  # noqa: E402

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"


def collected(folder):
    folder.mkdir()
    paths = folder / "requests.jsonl.gz", folder / "apart.jsonl.gz"
    environment = {**os.environ, "OUTWORK_DATA": str(folder / "nothing")}
    ran = subprocess.run([DEVICE / "collect", "-o", paths[0], "--apart", paths[1]], capture_output=True, text=True, env=environment)
    assert ran.returncode == 0 and "DID NOT READ" in ran.stderr, ran.stderr
    return [path.read_bytes() for path in paths]


def test_the_same_files_give_the_same_bytes(tmp_path):
    assert collected(tmp_path / "one") == collected(tmp_path / "two")


def test_what_cannot_be_told_from_a_browser_is_kept_apart(tmp_path):
    kept, apart = ([json.loads(line) for line in gzip.decompress(bytes_).splitlines()] for bytes_ in collected(tmp_path / "one"))
    assert {line["group"] for line in kept} == {"hello", "no hello", "Worker", "Worker, no hello"}
    assert {line["group"].split(",")[0].split(":")[0] for line in apart} == {"imitator", "copy", "crawler"}
    assert not any(line["label"] == "human" for line in apart) and any(line["label"] == "human" for line in kept)
    assert all(("ja4" in line["request"]) == ("no hello" not in line["group"]) for line in kept if line["source"] in ("browsers", "capture"))
    assert not any(line["request"]["ordered"] for line in kept if "Worker" in line["group"])


def test_other_requests_of_a_browser_are_consistent():
    page = page_of(FIREFOX, Random(1), "de")
    requests = draw(page, Random(1), 3_000)
    assert requests[0][2] is page and {kind for kind, _, _ in requests[1:]} == {kind[0] for kind in KINDS}
    for kind, method, headers in requests[1:]:
        sent = dict(headers)
        assert len(sent) == len(headers) and sent["user-agent"] == FIREFOX
        assert ("upgrade-insecure-requests" in sent) == (sent["sec-fetch-mode"] == "navigate"), kind
        assert method == "GET" or "sec-fetch-user" not in sent or kind == "form"


@pytest.mark.parametrize(("agent", "what"), [
    (FIREFOX, "gecko"),
    ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36", "chromium"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/147.0.0.0 Mobile/15E148 Safari/604.1", "webkit"),
])
def test_an_agent_names_its_engine(agent, what):
    assert engine(agent) == what
