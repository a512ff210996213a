"""A pointer that a program leads: where it is, what it did, and the habits that are drawn for a session."""

from __future__ import annotations

import math
from random import Random

from noise import between, now_and_then
from track import Point, Track, bent, laid, lengths

# What a page's script of a recording may hold at most.
VIEWS = ((1280, 720), (1366, 650), (1536, 730), (1920, 950), (2560, 1300), (1024, 700), (800, 600))
PHONES = ((360, 640), (390, 750), (412, 820), (768, 950))


class Hand:
    """Where the pointer is and when. `family` makes ways from (0, 0) to (length, 0); this lays them where they belong."""

    def __init__(self, dice: Random, family: object, touch: bool) -> None:
        self.dice, self.family, self.touch = dice, family, touch
        self.wide, self.high = dice.choice(PHONES if touch else VIEWS)
        self.limit = between(dice, 900, 60_000)
        self.track: Track = [(0.0, *self.anywhere())]
        self.marks: list[tuple[float, str]] = []
        self.pause = Pause(dice)
        self.hold, self.hold_spread = between(dice, 30, 160), dice.choice((0.0, dice.uniform(0.05, 0.5)))
        self.aim = dice.choice(("centre", "box", "near"))
        self.restless = now_and_then(dice, 0.5, 0.05, 0.9)

    @property
    def now(self) -> float:
        return self.track[-1][0]

    @property
    def place(self) -> Point:
        return self.track[-1][1:]

    def over(self) -> bool:
        """Whether the session has lasted as long as was drawn for it."""
        return self.now >= self.limit

    def anywhere(self) -> Point:
        """A place on the page, as whole pixels."""
        return float(self.dice.randrange(8, self.wide - 8)), float(self.dice.randrange(8, self.high - 8))

    def aimed(self, centre: Point, width: float, height: float) -> Point:
        """A place on a target, by the program's habit."""
        match self.aim:
            case "centre":
                return centre
            case "box":
                return centre[0] + self.dice.uniform(-0.45, 0.45) * width, centre[1] + self.dice.uniform(-0.45, 0.45) * height
            case _:
                return tuple(at + max(-0.48, min(0.48, self.dice.gauss(0, 0.16))) * size for at, size in zip(centre, (width, height)))  # type: ignore[return-value]

    def go(self, end: Point, width: float = 30.0, share: float = 1.0) -> None:
        """A way to a place; only the first `share` of its time, where it is left before its end."""
        length = math.dist(self.place, end)
        if length < 2:
            return
        way = self.family.move(length, width)
        way = [place for place in way if place[0] <= way[-1][0] * share] if share < 1 else way
        if share < 1:
            # What is left out stays left out: the rest keeps its scale and its direction.
            turn = complex(end[0] - self.place[0], end[1] - self.place[1]) / length
            cut = complex(way[-1][1], way[-1][2]) * turn
            end = (self.place[0] + cut.real, self.place[1] + cut.imag)
        self.track += laid(way, self.place, end, self.now)[1:]

    def follow(self, curve: list[Point], width: float = 30.0) -> None:
        """One way along a curve."""
        way = self.family.move(lengths(curve)[-1], width)
        self.track += [(self.now + at, x, y) for at, x, y in bent(way, curve)[1:]]

    def rest(self, time: float | None = None) -> None:
        """A pause; a restless one has small wiggles."""
        end = self.now + (self.pause() if time is None else time)
        while self.dice.random() < self.restless and end - self.now > 300:
            self.stay(self.dice.uniform(60, (end - self.now) / 2))
            self._wiggle(min(end - self.now, between(self.dice, 60, 400)))
        self.stay(end - self.now)

    def stay(self, time: float) -> None:
        """Nothing moves."""
        if time > 0:
            self.track.append((self.now + time, *self.place))

    def mark(self, kind: str) -> None:
        """A button, a turn of the wheel, a finger."""
        self.marks.append((self.now, kind))

    def click(self) -> None:
        """Down and up."""
        for kind in ("ts", "te") if self.touch else ("d", "u"):
            self.mark(kind)
            self.stay(self.hold * math.exp(self.dice.gauss(0, self.hold_spread)))

    def _wiggle(self, time: float) -> None:
        x, y = self.place
        size, count = between(self.dice, 0.6, 6), max(2, int(time / 16))
        for _ in range(count):
            x, y = x + self.dice.gauss(0, size / 2), y + self.dice.gauss(0, size / 2)
            self.track.append((self.now + time / count, x, y))


class Pause:
    """How long a program waits between two ways: always alike, or by one of several distributions."""

    def __init__(self, dice: Random) -> None:
        self.dice, self.kind = dice, dice.choice(("lognormal", "lognormal", "uniform", "exponential", "constant", "none"))
        self.middle, self.spread = between(dice, 60, 2_500), dice.uniform(0.15, 1.1)

    def __call__(self) -> float:
        match self.kind:
            case "lognormal":
                return min(15_000.0, self.middle * math.exp(self.dice.gauss(0, self.spread)))
            case "uniform":
                return self.middle * self.dice.uniform(0.3, 1.7)
            case "exponential":
                return self.dice.expovariate(1 / self.middle)
            case "constant":
                return self.middle
            case _:
                return 0.0
