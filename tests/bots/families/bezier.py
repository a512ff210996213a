"""Bézier curves of two to five degrees with eased speed and noise, as most published "human mouse" libraries draw them."""

from __future__ import annotations

import math
from random import Random

from noise import EASES, Pace, between, now_and_then
from track import Point, Track, sampled


def draw(dice: Random, recorded: object, touch: bool) -> Bezier:
    return Bezier(dice)


class Bezier:
    def __init__(self, dice: Random) -> None:
        self.dice, self.pace = dice, Pace(dice)
        self.degree, self.spread = dice.randint(2, 5), between(dice, 0.02, 0.6)
        self.side, self.ease = dice.choice(("one", "both")), EASES[dice.choice(list(EASES))]
        self.noise, self.rate = now_and_then(dice, 0.6, 0.2, 4), dice.uniform(0.1, 1)
        self.over, self.fine = now_and_then(dice, 0.35, 0.1, 0.9), dice.choice((4.0, between(dice, 4, 25)))

    def move(self, length: float, width: float) -> Track:
        time = self.pace(length, width)
        if self.dice.random() < self.over and length > 80:
            past = length + between(self.dice, 4, 0.15 * length)
            there = self._curve(past, time)
            back = self._curve(past - length, max(80.0, time * self.dice.uniform(0.15, 0.5)))
            return there + [(time + at, past - x, y) for at, x, y in back[1:]]
        return self._curve(length, time)

    def _curve(self, length: float, time: float) -> Track:
        sign, shares = self.dice.choice((-1, 1)), sorted(self.dice.uniform(0, 1) for _ in range(self.degree - 1))
        aside = [self.dice.gauss(0, self.spread) * length for _ in shares]
        if self.side == "one":
            aside = [sign * abs(off) for off in aside]
        points = [(0.0, 0.0), *((share * length, off) for share, off in zip(shares, aside)), (length, 0.0)]

        def place(at: float) -> Point:
            share = self.ease(at / time)
            x, y = on_curve(points, share)
            if 0 < share < 1 and self.dice.random() < self.rate:
                x, y = x + self.dice.gauss(0, self.noise), y + self.dice.gauss(0, self.noise)
            return x, y

        return sampled(place, time, self.fine)


def on_curve(points: list[Point], share: float) -> Point:
    """Where a Bézier curve of any degree is (Bernstein's polynomials)."""
    degree = len(points) - 1
    weights = [math.comb(degree, i) * share**i * (1 - share) ** (degree - i) for i in range(degree + 1)]
    return sum(w * x for w, (x, _) in zip(weights, points)), sum(w * y for w, (_, y) in zip(weights, points))
