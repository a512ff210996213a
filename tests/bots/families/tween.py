"""Straight or nearly straight ways in steps, as drivers and desktop automation make them when nobody asks for more."""

from __future__ import annotations

from random import Random

from noise import EASES, Pace, between, now_and_then
from track import Track


def draw(dice: Random, recorded: object, touch: bool) -> Tween:
    return Tween(dice)


class Tween:
    def __init__(self, dice: Random) -> None:
        self.dice, self.pace, self.ease = dice, Pace(dice), EASES[dice.choice([*EASES, "linear", "linear"])]
        self.steps, self.size = dice.choice(("time", "count", "size")), between(dice, 2, 40)
        self.count, self.every = dice.randint(8, 80), between(dice, 4, 25)
        self.shake, self.bow = now_and_then(dice, 0.4, 0.3, 4), now_and_then(dice, 0.3, 0.005, 0.15)
        self.uneven, self.detour = dice.choice((0.0, dice.uniform(0.05, 0.5))), now_and_then(dice, 0.25, 0.1, 0.8)

    def move(self, length: float, width: float) -> Track:
        if self.dice.random() < self.detour and length > 60:
            corner = length * self.dice.uniform(0.3, 0.8)
            aside = self.dice.gauss(0, 0.08) * length
            first, second = self._straight(corner, width), self._straight(length - corner, width)
            there = [(at, x, y + aside * x / corner) for at, x, y in first]
            return there + [(there[-1][0] + at, corner + x, y + aside * (1 - x / (length - corner))) for at, x, y in second[1:]]
        return self._straight(length, width)

    def _straight(self, length: float, width: float) -> Track:
        count = {"time": int(self.pace(length, width) / self.every), "count": self.count, "size": int(length / self.size)}[self.steps]
        count, bow = max(3, count), self.dice.gauss(0, self.bow) * length
        track, at = [(0.0, 0.0, 0.0)], 0.0
        for number in range(1, count + 1):
            share = self.ease(number / count)
            at += self.every * (1 + self.dice.uniform(-1, 1) * self.uneven)
            shake = self.shake if number < count else 0.0
            track.append((at, length * share + self.dice.uniform(-1, 1) * shake, 4 * bow * share * (1 - share) + self.dice.uniform(-1, 1) * shake))
        return track
