"""Suites run when they should, beside one another where they may, and what they say is told whole."""

import sys

import pytest
from harness import process, schedule
from harness.suites import Count, Suite


def suite(name, code, **more):
    return Suite(name, lambda: [[sys.executable, "-c", code]], **more)


@pytest.fixture
def logs(tmp_path, monkeypatch):
    """Logs of this test's own, and nothing to install."""
    monkeypatch.setattr(schedule.paths, "LOGS", tmp_path / "logs")
    monkeypatch.setattr(schedule, "_install", lambda hosts: None)
    monkeypatch.setattr(schedule, "_install_node", lambda hosts: None)
    return tmp_path


def test_two_hosts_suites_run_beside_each_other_on_ports_of_their_own(logs):
    # Each waits for the other's file: one after the other neither would end well.
    code = "import os, pathlib, sys, time\nhere, there = map(pathlib.Path, {names})\nhere.write_text(os.environ['OUTWORK_PORTS'])\nend = time.monotonic() + 120\nwhile not there.exists(): assert time.monotonic() < end"
    names = [str(logs / "a"), str(logs / "b")]
    suites = [suite("a", code.format(names=names)), suite("b", code.format(names=names[::-1]))]
    assert sum(schedule.run_all(suites), Count()) == Count(passed=2)
    (first, last), (next_first, _) = sorted(tuple(map(int, (logs / name).read_text().split("-"))) for name in "ab")
    assert first < last < next_first


def test_what_is_native_is_over_before_a_host_or_what_wants_it_begins(logs):
    mark = f"import time; open({str(logs / 'order')!r}, 'a').write('{{}} ')"
    native = suite("native", "import time; time.sleep(0.3); " + mark.format("native"), native=True)
    suites = [suite("host", mark.format("host")), suite("after", mark.format("after"), idle=True, after=True), native]
    assert sum(schedule.run_all(suites), Count()) == Count(passed=3)
    assert (logs / "order").read_text().split()[0] == "native"


def test_a_suite_that_fails_is_told_with_its_end_and_the_others_go_on(logs, capsys):
    suites = [suite("bad", "print('what it said last'); raise SystemExit(3)"), *(suite(f"good {number}", "pass") for number in range(3))]
    assert sum(schedule.run_all(suites), Count()) == Count(passed=3, failed=1)
    told = capsys.readouterr().out
    at = told.index("what it said last")
    assert "1 failed" in told[:at] and "all of it:" in told[at:]
    assert told.count("1 passed ") == 3


def test_no_port_is_given_twice_and_all_are_of_the_range(monkeypatch):
    monkeypatch.setenv(process.PORTS, "20100-20299")
    given = [process.free_port() for _ in range(40)]
    assert len(set(given)) == 40 and all(20_100 <= port <= 20_299 for port in given)
