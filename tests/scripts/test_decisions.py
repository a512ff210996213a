"""Decisions are read from the access log as they are written, and shown without trusting what clients wrote."""

import io
import json
import threading

import pytest
from harness import decisions, terminal

RECORD = {
    "risk_score": 71,
    "http_request": {"http_method": "GET", "url": {"path": "/a"}, "user_agent": "curl/8.5.0"},
    "src_endpoint": {"uid": "00ff"},
    "ja4_fingerprint_list": [{"type_id": 1, "value": "t13d"}],
    "unmapped": {"outwork": {"verdict": "tag", "reasons": [{"id": "client.self-declared-tool", "score": 40}, {"id": "b", "score": 1}]}},
}


def entry(record=RECORD, **changes):
    return json.dumps({"time": "2026-11-21T23:23:02.593Z", "status": 200, "protocol": "HTTP/2", "outwork": record and json.dumps(record), **changes})


def with_agent(agent, path="/"):
    return {**RECORD, "http_request": {"url": {"path": path}, "user_agent": agent}}


def test_a_record_is_read():
    decision = decisions.parse(entry())
    assert (decision.verdict, decision.risk, decision.client, decision.path, decision.ja4, decision.address) == ("tag", 71, "curl/8.5.0", "/a", "t13d", "00ff")
    assert decision.reasons == ["client.self-declared-tool", "b"]


def test_a_line_without_a_record_says_so():
    decision = decisions.parse(entry(None, status=400))
    assert decision.verdict == ""
    assert "400" in decisions.line(decision) and "no decision" in decisions.line(decision)


def test_what_a_client_wrote_cannot_move_the_cursor():
    shown = decisions.line(decisions.parse(entry(with_agent("x\x1b[2J\r\n\x07y", "/\x1b]0;z"))))
    assert shown.isprintable()


@pytest.mark.parametrize(("agent", "short"), [
    ("Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36", "HeadlessChrome/156.0.0.0"),
    ("Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0", "Edg/131.0"),
    ("Mozilla/5.0 (X11; rv:133.0) Gecko/20100101 Firefox/133.0", "Firefox/133.0"),
    ("Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15", "Safari/18.0"),
    ("curl/8.5.0", "curl/8.5.0"),
])
def test_a_user_agent_is_shown_by_its_telling_part(agent, short):
    assert decisions.short(agent) == short


def test_a_half_written_line_waits_for_its_end(tmp_path):
    log = tmp_path / "access.json"
    line = entry()
    log.write_text(line + "\n" + line[:40])

    def finish():
        with open(log, "a") as file:
            file.write(line[40:] + "\n")

    later = threading.Timer(0.2, finish)
    later.start()
    found = decisions.follow(log, lambda: not later.is_alive())
    assert [decision.risk for decision in found] == [71, 71]


def test_colours_only_where_somebody_sees_them(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert terminal.paint("x", "red", Terminal()) == "\x1b[31mx\x1b[0m"
    assert terminal.paint("x", "red", io.StringIO()) == "x"
    monkeypatch.setenv("NO_COLOR", "1")
    assert terminal.paint("x", "red", Terminal()) == "x"
