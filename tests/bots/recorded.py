"""Strokes of recorded sessions, for the families that replay or learn motion."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from statistics import median

from track import Track, lengths

# What a clone has: sessions of driven browsers, ours to publish.
FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "pointer" / "driven.jsonl.gz"

# A stroke ends where nothing moved for this long, in milliseconds, as the engine has it.
GAP = 200.0


class Recorded:
    """Strokes and excerpts of sessions; those by touch and those by mouse apart, as far as both are there."""

    def __init__(self, files: Iterable[Path], most: int = 1_500) -> None:
        self.strokes: dict[bool, list[Track]] = {True: [], False: []}
        self.excerpts: dict[bool, list[list[tuple]]] = {True: [], False: []}
        for file in files:
            sessions = list(_sessions(file))
            # Evenly over the file: its people stand one behind the other.
            for number in range(0, len(sessions), max(1, len(sessions) // most)):
                self._add(sessions[number])
        if not (self.strokes[True] or self.strokes[False]):
            raise ValueError("the recordings hold no stroke of 12 moves and 40 pixels")

    def _add(self, session: dict) -> None:
        touch = session.get("pointer_type") == "touch"
        found = list(strokes(session["events"]))
        self.strokes[touch] += found
        if found:
            self.excerpts[touch].append(session["events"])

    def of(self, touch: bool) -> list[Track]:
        """Strokes of a kind of pointer, or of the other where none are there."""
        return self.strokes[touch] or self.strokes[not touch]


def strokes(events: list) -> Iterable[Track]:
    """Moves without a rest or a button between them, sampled finely enough to be worth a replay."""
    part: Track = []
    for at, x, y, kind in [*events, (float("inf"), 0, 0, "")]:
        moves = kind in ("m", "tm")
        if part and (not moves or at - part[-1][0] > GAP):
            if _is_worth(part):
                yield part
            part = []
        if moves and (not part or at > part[-1][0]):
            part.append((float(at), float(x), float(y)))


def _is_worth(part: Track) -> bool:
    if len(part) < 12 or median(b[0] - a[0] for a, b in zip(part, part[1:])) > 21:
        return False
    ends = abs(complex(part[-1][1] - part[0][1], part[-1][2] - part[0][2]))
    return ends >= 40 and lengths([place[1:] for place in part])[-1] < 3 * ends


def _sessions(file: Path) -> Iterable[dict]:
    opened = gzip.open(file, "rt") if file.suffix == ".gz" else open(file)
    with opened as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield json.loads(line)
            except ValueError as error:
                raise ValueError(f"{file}, line {number}: {error}") from error
