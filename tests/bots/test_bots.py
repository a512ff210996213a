"""The generators give the same bytes again, what the tools read, and motion that a hand or a program could make."""

import csv
import json
import math
import subprocess
import sys
from collections import Counter
from pathlib import Path
from statistics import median

import pytest

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "scripts")]
from families import FAMILIES  # noqa: E402
from harness import build  # noqa: E402

MANY = 40


def generated(*arguments: str) -> bytes:
    return subprocess.run([HERE / "generate", *arguments], capture_output=True, check=True, timeout=120).stdout


@pytest.fixture(scope="module", params=sorted(FAMILIES))
def sessions(request) -> list[dict]:
    return [json.loads(line) for line in generated("--family", request.param, "--sessions", str(MANY), "--seed", "5").splitlines()]


def test_the_same_seed_gives_the_same_bytes_and_another_gives_others():
    arguments = ("--family", "control", "--family", "replay", "--sessions", "4", "--seed")
    assert generated(*arguments, "5") == generated(*arguments, "5") != generated(*arguments, "6")


def test_more_sessions_leave_the_first_as_they_were():
    few, many = (generated("--family", "bezier", "--sessions", count).splitlines() for count in ("3", "6"))
    assert many[:3] == few


def test_recordings_of_ones_own_can_be_replayed(tmp_path):
    path = [[at * 10, 100 + at * 7, 200 + (at % 5), "m"] for at in range(60)]
    mine = tmp_path / "mine.jsonl"
    mine.write_text(json.dumps({"source": "mine", "session_id": "1", "user": "ann", "label": "human", "pointer_type": "mouse", "events": path}))
    assert generated("--family", "replay", "--sessions", "2", str(mine)) != generated("--family", "replay", "--sessions", "2")


@pytest.mark.parametrize(("content", "says"), [("{", "line 1"), ("", "no stroke")])
def test_recordings_that_are_none_are_refused(tmp_path, content, says):
    (tmp_path / "wrong.jsonl").write_text(content)
    ran = subprocess.run([HERE / "generate", "--family", "flow", "--sessions", "1", tmp_path / "wrong.jsonl"], capture_output=True, text=True)
    assert ran.returncode == 1 and says in ran.stderr and "Traceback" not in ran.stderr


def test_names_say_the_family_and_differ(sessions):
    [label] = {session["label"] for session in sessions}
    assert label == f"bot:{sessions[0]['source']}" and label.startswith("bot:bots-")
    assert len({session["session_id"] for session in sessions}) == len({session["user"] for session in sessions}) == MANY
    assert {session["pointer_type"] for session in sessions} == {"mouse", "touch"}


def test_times_rise_from_zero_and_places_are_on_a_page(sessions):
    for session in sessions:
        times = [event[0] for event in session["events"]]
        assert times[0] == 0 and times == sorted(times), session["session_id"]
        assert all(0 <= x < 2_560 and 0 <= y < 1_300 for _, x, y, _ in session["events"]), session["session_id"]


def test_fingers_touch_before_they_move_and_buttons_go_down_before_they_go_up(sessions):
    for session in sessions:
        down = False
        for _, _, _, kind in session["events"]:
            assert kind in ({"ts", "tm", "te"} if session["pointer_type"] == "touch" else {"m", "d", "u", "w"})
            # An excerpt of a recording may begin between the two.
            if not session["source"].endswith("replay"):
                assert down or kind not in ("tm", "te", "u"), session["session_id"]
            down = kind in ("ts", "d") or down and kind not in ("te", "u")


def test_motion_is_neither_still_nor_faster_than_a_hand(sessions):
    speeds, reaches = [], []
    for session in sessions:
        moves = [event for event in session["events"] if event[3] in ("m", "tm")]
        steps = [(b[0] - a[0], math.dist(a[1:3], b[1:3])) for a, b in zip(moves, moves[1:]) if 0 < b[0] - a[0] < 100]
        speeds += [way / time for time, way in steps]
        reaches.append(max((way for _, way in steps), default=0))
    assert 0.05 < median(speeds) < 3, "the median speed of a hand is some tenths of a pixel a millisecond"
    assert sorted(speeds)[len(speeds) * 99 // 100] < 40
    assert median(reaches) > 3


def test_scaffolds_differ(sessions):
    """Short and long sessions, with and without clicks, at several rates: none of it is a mark of the family."""
    lasting = [session["events"][-1][0] for session in sessions]
    assert min(lasting) < 1_500 and max(lasting) > 8_000
    kinds = [Counter(event[3] for event in session["events"]) for session in sessions if session["pointer_type"] == "mouse"]
    assert any(kind["d"] == 0 for kind in kinds) and any(kind["d"] > 2 for kind in kinds)
    assert len({session["env"] for session in sessions}) >= 5


def test_the_tools_read_them(tmp_path):
    (tmp_path / "sessions.jsonl").write_bytes(generated("--sessions", "3"))
    subprocess.run([build.command(), "capture", "behaviour", tmp_path / "sessions.jsonl", "--whole", "-o", tmp_path / "rows.csv"], check=True)
    rows = list(csv.DictReader((tmp_path / "rows.csv").read_text().splitlines()))
    assert len(rows) == 3 * len(FAMILIES)
    assert {row["label"] for row in rows} == {"1"}
    assert {row["generator"] for row in rows} == {f"bots-{name}" for name in FAMILIES}
