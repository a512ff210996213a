"""The line that CI reads is right for every kind of suite."""

import subprocess
import sys

from harness import paths
from harness.suites import Count, count


def test_cargo_summaries_are_added_up():
    output = "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured\nnoise\ntest result: FAILED. 3 passed; 2 failed; 0 ignored\n"
    assert count(output, 101) == Count(15, 2, 1)


def test_a_cargo_test_without_its_data_did_not_run():
    output = "DID NOT RUN: `x` is not there\ntest a ... DID NOT RUN: `y` is not there\nok\ntest result: ok. 12 passed; 0 failed; 0 ignored\n"
    assert count(output, 0) == Count(10, 0, 2)


def test_pytest_summaries_are_read_loud_and_quiet():
    assert count("===== 3 passed, 1 skipped in 0.11s =====", 0) == Count(3, 0, 1)
    assert count("2 failed, 3 passed in 1.20s", 1) == Count(3, 2, 0)
    assert count("1 passed, 2 errors in 0.50s", 1) == Count(1, 2, 0)
    assert count("61 passed in 75.20s (0:01:15)", 0) == Count(61, 0, 0)


def test_node_summaries_are_read():
    assert count("# tests 5\n# pass 4\n# fail 1\n# skipped 0\n", 1) == Count(4, 1, 0)


def test_a_command_without_a_summary_counts_once():
    assert count("all fine", 0) == Count(1, 0, 0)
    assert count("error: nothing compiles", 101) == Count(0, 1, 0)


def test_a_failing_exit_code_is_never_a_pass():
    assert count("test result: ok. 12 passed; 0 failed; 0 ignored", 101).failed == 1


def test_the_scripts_explain_themselves_without_building_anything():
    for name in ("demo", "test", "bench"):
        asked = subprocess.run([sys.executable, paths.ROOT / "scripts" / name, "--help"], capture_output=True, text=True)
        assert asked.returncode == 0, asked.stderr
        assert name in asked.stdout
