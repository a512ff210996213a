"""`outwork replay` reads the log that the shipped Envoy configuration writes, and decides as the filter did."""

import dataclasses
import json
import subprocess
import time

import pytest
from conftest import ROOT, Edge
from harness import build, decisions, stack
from harness.edge import Ports
from origin import Echo

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"
NAVIGATION = ["-H", "accept: text/html,application/xhtml+xml", "-H", "accept-language: en", "-H", "sec-fetch-mode: navigate", "-H", "sec-fetch-dest: document"]
# Options of curl, each a client: the tool itself, tools that say they are others, some over HTTP/1.1 and some without TLS.
CLIENTS = [
    [],
    ["--http1.1"],
    ["-A", "python-requests/2.32.3"],
    ["-A", "Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)"],
    ["-A", FIREFOX],
    ["-A", CHROME, *NAVIGATION],
    ["-A", CHROME, *NAVIGATION, "-H", 'sec-ch-ua: "Chromium";v="146"', "-H", 'sec-ch-ua-platform: "Windows"'],
    ["-A", "quotes \" and \\ and ü"],
    ["-H", "user-agent:"],
    ["-X", "POST"],
]
PATHS = ["/", "/search?q=1", "/wp-login.php", "/.env"]


@pytest.fixture(scope="module")
def shipped(made, tmp_path_factory):
    """The edge with the shipped rules, and what its log says of every client on every path."""
    echo = Echo()
    folder = tmp_path_factory.mktemp("shipped")
    policy = dataclasses.replace(made, bundle=build.bundle(made.outwork, ROOT / "rules", folder / "rules.bundle"))
    try:
        with stack.start(folder / "run", policy, Ports(origin=echo.port)) as envoy:
            edge = Edge(envoy, echo, policy)
            for scheme in ("https", "http"):
                for path in PATHS:
                    for client in CLIENTS:
                        edge.curl(path, *client, scheme=scheme)
            yield edge, logged(envoy.access_log, 2 * len(PATHS) * len(CLIENTS))
    finally:
        echo.close()


def logged(log, count):
    """The lines of a log, once there are so many."""
    deadline = time.monotonic() + 60
    while len(lines := decisions.whole_lines(log)) < count:
        assert time.monotonic() < deadline, f"{len(lines)} of {count} lines"
        time.sleep(0.05)
    return lines


def replay(edge, *options):
    argv = [edge.made.outwork, "replay", edge.envoy.access_log, "-p", edge.made.bundle, *options]
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout


# Rules that need the order of the headers, or that the host has them from the wire, which no log tells.
BLIND = {"client.accept-encoding", "client.header-order", "client.pseudo-order", "client.te"}


def test_the_log_is_replayed_as_it_was_decided(shipped):
    edge, lines = shipped
    live = [decisions.parse(line) for line in lines]
    replayed = [json.loads(line) for line in replay(edge, "--jsonl").splitlines()]
    assert [one["line"] for one in replayed] == list(range(1, len(lines) + 1))
    alike = 0
    for one, other, line in zip(live, replayed, lines):
        told, again = set(one.reasons), set(other["reasons"])
        assert told - BLIND <= again, line
        assert len(again - told) <= one.dropped, line
        assert other["verdict"] == one.verdict, line
        if again == told:
            alike += 1
            assert other["risk"] == one.risk, line
    assert alike >= len(lines) // 2, f"{alike} of {len(lines)}"
    assert {one.verdict for one in live} == {"allow", "tag", "block"}


def test_the_summary_counts_every_line_and_says_what_the_log_leaves_out(shipped):
    edge, lines = shipped
    summary = json.loads(replay(edge, "--json"))
    assert (summary["requests"], summary["rejected"]["lines"]) == (len(lines), 0)
    assert sum(row["requests"] for row in summary["happened"] if row["agrees"]) == len(lines)
    left_out = {row["field"] for row in summary["unavailable"]}
    assert "client.address" in left_out
    assert not left_out & {"tls.ja4", "ua.family", "request.path", "request.protocol", "fetch.mode"}
