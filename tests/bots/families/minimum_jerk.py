"""Minimum jerk (Flash and Hogan 1985): one smooth submovement, or a first one and corrections, with a bow, a skew and tremor."""

from __future__ import annotations

import math
from random import Random

from noise import Pace, Wander, between, now_and_then
from track import Point, Track, sampled


def draw(dice: Random, recorded: object, touch: bool) -> MinimumJerk:
    return MinimumJerk(dice)


class MinimumJerk:
    def __init__(self, dice: Random) -> None:
        self.dice, self.pace = dice, Pace(dice)
        self.bow, self.skew = now_and_then(dice, 0.75, 0.005, 0.2), dice.choice((1.0, dice.uniform(0.65, 1.5)))
        self.corrections, self.miss = dice.choice((0, 0, 1, 2, 3)), dice.uniform(0.02, 0.2)
        self.tremor, self.hertz = now_and_then(dice, 0.4, 0.1, 1.6), dice.uniform(6, 13)
        self.noise, self.memory = now_and_then(dice, 0.5, 0.15, 3), between(dice, 4, 150)

    def move(self, length: float, width: float) -> Track:
        parts = self._parts(length, width)
        phase, wander = self.dice.uniform(0, 6.3), (Wander(self.dice, self.noise, self.memory), Wander(self.dice, self.noise, self.memory))
        bow = self.dice.gauss(0, self.bow) * length
        total = max(began + time for began, time, _, _ in parts)

        def place(at: float) -> Point:
            x = y = 0.0
            for began, time, dx, dy in parts:
                share = smooth(min(1.0, max(0.0, (at - began) / time)) ** self.skew)
                x, y = x + dx * share, y + dy * share
            through = min(1.0, at / total)
            fade = math.sin(math.pi * through)
            shake = self.tremor * math.sin(2 * math.pi * self.hertz * at / 1000 + phase)
            return x + fade * wander[0](at), y + bow * smooth(through) * (1 - smooth(through)) * 4 + shake * fade + fade * wander[1](at)

        return sampled(place, total)

    def _parts(self, length: float, width: float) -> list[tuple[float, float, float, float]]:
        """When each submovement begins, how long it takes, and what it adds."""
        time = self.pace(length, width)
        x, y, at, parts = 0.0, 0.0, 0.0, []
        for _ in range(self.corrections):
            miss = self.miss * (length - x)
            dx, dy = length - x + self.dice.gauss(-0.3, 1) * miss, -y + self.dice.gauss(0, 0.5) * miss
            parts.append((at, time, dx, dy))
            x, y, at = x + dx, y + dy, at + time * self.dice.uniform(0.55, 1.05)
            time *= self.dice.uniform(0.35, 0.7)
            if math.hypot(length - x, y) < max(1.5, width / 3):
                break
        return [*parts, (at, time, length - x, -y)]


def smooth(s: float) -> float:
    """The share of the way after a share of the time."""
    return s**3 * (10 - 15 * s + 6 * s * s)
