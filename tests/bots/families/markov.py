"""An autoregressive program: it learned from recorded strokes how speed changes and direction turns from step to step, and draws such steps."""

from __future__ import annotations

import math
from collections import defaultdict
from random import Random

from noise import between
from recorded import Recorded
from track import At, Track

STEP = 1000 / 60
MOST = 240
# How many strokes it learns from.
LEARNS = 4_000

# Progress in tenths and speed in octaves, to what followed: the change of log speed, and the turn.
Table = dict[tuple[int, int], list[tuple[float, float]]]
LEARNED: dict[int, Table] = {}


def draw(dice: Random, recorded: Recorded, touch: bool) -> Markov:
    strokes = recorded.of(touch)
    if id(strokes) not in LEARNED:
        LEARNED[id(strokes)] = learn(strokes)
    return Markov(dice, LEARNED[id(strokes)])


class Markov:
    def __init__(self, dice: Random, table: Table) -> None:
        self.dice, self.table = dice, table
        # Some programs hold a draw for several steps: blocks of recorded motion.
        self.steer, self.calm = dice.uniform(0.1, 0.5), dice.uniform(0.4, 1)
        self.rate, self.memory = between(dice, 0.7, 1.5), dice.choice((0.0, dice.uniform(0.2, 0.8)))

    def move(self, length: float, width: float) -> Track:
        steps = self._steps(length)
        dx, dy = length - steps[-1][1], -steps[-1][2]
        end = steps[-1][0]
        return [(at / self.rate, x + dx * at / end, y + dy * at / end) for at, x, y in steps]

    def _steps(self, length: float) -> Track:
        x = y = at = before = 0.0
        speed, heading, track = length * self.dice.uniform(0.004, 0.02), self.dice.gauss(0, 0.3), [(0.0, 0.0, 0.0)]
        while len(track) < MOST:
            far = math.hypot(length - x, y)
            change, turn = self._next(1 - far / length, speed / length)
            before = before * self.memory + (1 - self.memory) * change if self.memory else change
            speed = min(max(speed * math.exp(before), length * 0.001), length * 0.25)
            bearing = math.atan2(-y, length - x)
            heading += self.calm * turn + self.steer * math.remainder(bearing - heading, 2 * math.pi)
            at, x, y = at + STEP, x + speed * math.cos(heading), y + speed * math.sin(heading)
            track.append((at, x, y))
            if x >= length or far < 0.02 * length + 2:
                break
        return track

    def _next(self, progress: float, speed: float) -> tuple[float, float]:
        at, fast = state(progress, speed)
        for off in (0, 1, -1, 2, -2, 3, -3):
            if (at, fast + off) in self.table:
                return self.dice.choice(self.table[at, fast + off])
        return -0.05, 0.0


def state(progress: float, speed: float) -> tuple[int, int]:
    return min(9, max(0, int(progress * 10))), max(-10, int(math.floor(math.log2(max(speed, 1e-4)))))


def evenly(strokes: list[Track]) -> list[Track]:
    """Some of all recordings: the first alone would be one instrument's."""
    count = min(len(strokes), LEARNS)
    return [strokes[number * len(strokes) // count] for number in range(count)]


def learn(strokes: list[Track]) -> Table:
    """Steps of all strokes at 60 Hz, lengths in shares of the whole."""
    table: Table = defaultdict(list)
    for stroke in evenly(strokes):
        at, time = At(stroke), stroke[-1][0]
        places = [complex(*at(stroke[0][0] + STEP * number)) for number in range(int((time - stroke[0][0]) / STEP) + 1)]
        whole = abs(places[-1] - places[0]) if len(places) > 4 else 0
        if whole < 20:
            continue
        steps = [b - a for a, b in zip(places, places[1:])]
        for number, (one, two) in enumerate(zip(steps, steps[1:])):
            if abs(one) > 0 and abs(two) > 0:
                progress = 1 - abs(places[-1] - places[number + 1]) / whole
                turn = math.remainder(math.atan2(two.imag, two.real) - math.atan2(one.imag, one.real), 2 * math.pi)
                table[state(progress, abs(one) / whole)].append((math.log(abs(two) / abs(one)), turn))
    return dict(table)
