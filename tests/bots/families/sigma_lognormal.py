"""The sigma-lognormal model (Plamondon): strokes whose speed is a lognormal of time and whose direction turns, added as vectors."""

from __future__ import annotations

import cmath
import math
from random import Random

from noise import Pace, Wander, between, now_and_then
from track import Track, laid


def draw(dice: Random, recorded: object, touch: bool) -> SigmaLognormal:
    return SigmaLognormal(dice)


class SigmaLognormal:
    def __init__(self, dice: Random) -> None:
        self.dice, self.pace = dice, Pace(dice)
        self.strokes, self.sigma = dice.randint(1, 5), dice.uniform(0.12, 0.5)
        self.arc, self.off = between(dice, 0.02, 0.7), between(dice, 0.02, 0.5)
        self.first, self.overlap = dice.uniform(0.55, 0.97), dice.uniform(0.2, 0.8)
        self.noise, self.memory = now_and_then(dice, 0.6, 0.1, 2.5), between(dice, 4, 120)

    def move(self, length: float, width: float) -> Track:
        time = self.pace(length, width)
        strokes = self._strokes(length, time)
        wander = Wander(self.dice, self.noise, self.memory), Wander(self.dice, self.noise, self.memory)
        step, end = 4.0, max(began + spread * 3 for began, spread, *_ in strokes)
        at, place, track = 0.0, 0j, []
        while at <= min(end, 3 * time):
            fade = math.sin(math.pi * min(1.0, at / time)) if at < time else 0.0
            track.append((at, place.real + fade * wander[0](at), place.imag + fade * wander[1](at)))
            place += step * sum(velocity(at, stroke) for stroke in strokes)
            at += step
        return laid(track, (0.0, 0.0), (length, 0.0))

    def _strokes(self, length: float, time: float) -> list[tuple[float, float, float, float, float, float]]:
        """Of each: its beginning, median time, way, sigma, and the directions of its begin and end."""
        left, began, found = length, 0.0, []
        for number in range(self.strokes):
            way = left * (self.first if number == 0 else self.dice.uniform(0.4, 0.9)) if number < self.strokes - 1 else left
            middle = time * self.dice.uniform(0.28, 0.5) / (1 if number == 0 else 1.6)
            heading, turn = self.dice.gauss(0, self.off if number else self.off / 3), self.dice.gauss(0, self.arc)
            sigma = self.sigma * self.dice.uniform(0.8, 1.25)
            found.append((began, middle, way, sigma, heading - turn, heading + turn))
            left, began = left - way, began + middle * (1 + self.overlap)
        return found


def velocity(at: float, stroke: tuple[float, float, float, float, float, float]) -> complex:
    """A stroke's velocity, in pixels a millisecond; its direction goes with the way it has made."""
    began, middle, way, sigma, from_, to = stroke
    since = at - began
    if since <= 0:
        return 0j
    z = math.log(since / middle) / sigma
    speed = way / (sigma * math.sqrt(2 * math.pi) * since) * math.exp(-z * z / 2)
    made = (1 + math.erf(z / math.sqrt(2))) / 2
    return cmath.rect(speed, from_ + (to - from_) * made)
