"""What turns a way into events: frames of a browser, a mouse that is polled, the program's own steps, or a remote desktop."""

from __future__ import annotations

import math
from collections.abc import Iterator
from random import Random

from noise import between, now_and_then
from track import At, Point, Track

Event = list
Mark = tuple[float, str]

HERTZ = {"frames": (60, 60, 60, 60, 60, 59.94, 75, 90, 100, 120, 144), "poll": (125, 125, 125, 250, 200, 100, 66, 50)}


class Instrument:
    """Drawn once a session. What it writes overlaps with how people were recorded, so that nobody is told apart by it."""

    def __init__(self, dice: Random, touch: bool, view: Point) -> None:
        self.dice, self.touch, self.view = dice, touch, view
        self.kind = "frames" if touch else dice.choices(("frames", "poll", "own", "remote"), (54, 18, 20, 8))[0]
        self.period = self._period()
        # The program's own loop, where it is not what makes the events: places between its steps are held.
        self.held = 0.0 if self.kind == "own" or dice.random() < 0.5 else between(dice, 4, 30)
        self.jitter = dice.choice((0.0, between(dice, 0.05, 0.5), between(dice, 0.5, 3)))
        self.late, self.lateness = now_and_then(dice, 0.6, 0.003, 0.12), between(dice, 4, 40)
        self.dropped = now_and_then(dice, 0.5, 0.002, 0.08)
        # A frame says when the last report of the mouse before it was made.
        self.reports = dice.choice((0.0, 0.0, 1.0, 2.0, 8.0)) if self.kind == "frames" else 0.0
        self.clock = dice.choices((1.0, 0.1, 0.005), (70, 22, 8))[0]
        self.pixel = dice.choices((1.0, 0.8, 2 / 3, 0.5, 1e-3), (76, 5, 3, 6, 10))[0]
        self.unmoved = not touch and dice.random() < 0.1
        self.doubled = dice.random() < 0.04

    @property
    def name(self) -> str:
        return f"{self.kind}-{1000 / self.period:.0f}hz"

    def events(self, track: Track, marks: list[Mark]) -> list[Event]:
        """What is reported of a way, and of what was done with buttons, wheel and finger on it."""
        at, last, found = At(track), (math.inf, math.inf), []
        waiting, down = iter([*marks, (math.inf, "")]), not self.touch
        mark = next(waiting)
        for time, told in self._ticks(track[0][0], track[-1][0]):
            while mark[0] <= time:
                last = self._place(at(mark[0]))
                down = mark[1] == "ts" if mark[1] in ("ts", "te") else down
                found.append((mark[0], *last, mark[1]))
                mark = next(waiting)
            place = self._place(at(self._step(time)))
            if down and (place != last or self.unmoved):
                last = place
                found.append((told, *place, "tm" if self.touch else "m"))
        found += [(time, *self._place(at(time)), kind) for time, kind in [mark, *waiting] if kind]
        return self._stamped(found)

    def _period(self) -> float:
        if self.kind == "own":
            return 1000 / between(self.dice, 40, 250)
        return self.dice.uniform(100, 125) if self.kind == "remote" else 1000 / self.dice.choice(HERTZ[self.kind])

    def _ticks(self, start: float, end: float) -> Iterator[tuple[float, float]]:
        """When a place is taken, and when it is said to have been taken."""
        time, dice = start + self.dice.uniform(0, self.period), self.dice
        while time <= end + self.period:
            taken = time + abs(dice.gauss(0, self.jitter)) + (dice.expovariate(1 / self.lateness) if dice.random() < self.late else 0)
            told = math.floor(taken / self.reports) * self.reports if self.reports else taken
            if dice.random() >= self.dropped:
                yield taken, told
            # The program's own loop waits after it was late; a screen does not.
            time = (taken if self.kind == "own" else time) + self.period
            while time < taken:
                time += self.period

    def _step(self, time: float) -> float:
        return math.floor(time / self.held) * self.held if self.held else time

    def _place(self, point: Point) -> Point:
        # Beyond the page's edges nothing is reported.
        inside = (min(max(value, 0.0), edge - 1) for value, edge in zip(point, self.view))
        return tuple(round(round(value / self.pixel) * self.pixel, 3) for value in inside)  # type: ignore[return-value]

    def _stamped(self, found: list[tuple]) -> list[Event]:
        """Times from 0 on, as finely as the clock goes, and never backwards."""
        events, before = [], 0.0
        first = found[0][0] if found else 0.0
        for time, x, y, kind in found:
            before = max(before, round(math.floor((time - first) / self.clock) * self.clock, 3))
            events += [[_short(before), _short(x), _short(y), kind]] * (2 if self.doubled and kind == "m" else 1)
        return events


def _short(value: float) -> float | int:
    return int(value) if value == int(value) else value
