"""`tests/live/capture` keeps what a client really sent, as `outwork capture device` takes it."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SET = [["Sec-CH-UA", '"Chromium";v="147"'], ["User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36"], ["Accept", "text/html"], ["Accept-Language", "de"]]


def test_requests_are_kept_in_their_order_with_their_hello(tmp_path, live):
    (tmp_path / "sets.jsonl.gz").write_bytes(gzip.compress(json.dumps({"headers": SET}).encode()))
    out = tmp_path / "captured.jsonl.gz"
    argv = [sys.executable, HERE / "capture", "-o", out, "--requests", "8", "--only", "curl-http1", "--headers", tmp_path / "sets.jsonl.gz"]
    ran = subprocess.run(argv, capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stderr
    with gzip.open(out, "rt") as text:
        lines = [json.loads(line) for line in text]
    assert {(line["label"], line["person"], line["request"]["protocol"]) for line in lines} == {("bot:curl", "curl", "HTTP/1.1")}
    own = [line["request"]["headers"] for line in lines if line["group"] == "envoy, own"]
    assert len(lines) == 8 and all([name for name, _ in headers] == ["user-agent", "accept"] for headers in own)
    # What was copied stands in the order in which curl was told.
    [copied] = [line["request"] for line in lines if line["group"] == "envoy, headers"]
    assert [name for name, _ in copied["headers"]] == [name.lower() for name, _ in SET]
    assert copied["authority"] == "shop.example" and len(copied["ja4"].split("_")) == 3 and copied["tls_version"].startswith("TLSv1")
    read = subprocess.run([live.made.outwork, "capture", "device", out, "-o", tmp_path / "rows.csv"], capture_output=True, text=True)
    assert read.returncode == 0, read.stderr
    assert len((tmp_path / "rows.csv").read_text().splitlines()) == 1 + len(lines)
