"""Splines through points beside the straight line, with Perlin noise on place and speed."""

from __future__ import annotations

from random import Random

from noise import EASES, Pace, Perlin, between, now_and_then
from track import Point, Track, sampled


def draw(dice: Random, recorded: object, touch: bool) -> PerlinSpline:
    return PerlinSpline(dice)


class PerlinSpline:
    def __init__(self, dice: Random) -> None:
        self.dice, self.pace = dice, Pace(dice)
        self.points, self.spread = dice.randint(0, 5), between(dice, 0.01, 0.2)
        self.ease = EASES[dice.choice(list(EASES))]
        self.size, self.relative = between(dice, 0.3, 8), dice.random() < 0.4
        self.waves, self.octaves = between(dice, 1, 12), dice.randint(1, 4)
        self.uneven = now_and_then(dice, 0.6, 0.05, 0.8)

    def move(self, length: float, width: float) -> Track:
        time = self.pace(length, width)
        inner = sorted(self.dice.uniform(0.08, 0.92) for _ in range(self.points))
        points = [(0.0, 0.0), *((share * length, self.dice.gauss(0, self.spread) * length) for share in inner), (length, 0.0)]
        along, aside, speed = (Perlin(self.dice, self.octaves) for _ in range(3))
        size = self.size * (length / 500 if self.relative else 1)

        def place(at: float) -> Point:
            share = at / time
            # Slower and faster, but at its ends in time.
            share = min(1.0, max(0.0, share + self.uneven * 0.12 * speed(share * self.waves) * share * (1 - share) * 4))
            x, y = spline(points, self.ease(share))
            fade = min(1.0, share * 6, (1 - share) * 6)
            return x + fade * size * along(share * self.waves), y + fade * size * aside(share * self.waves)

        return sampled(place, time)


def spline(points: list[Point], share: float) -> Point:
    """A Catmull-Rom spline through all points; its ends count twice."""
    place = min(int(share * (len(points) - 1)), len(points) - 2)
    t = share * (len(points) - 1) - place
    a, b, c, d = (points[min(max(place + off, 0), len(points) - 1)] for off in (-1, 0, 1, 2))
    return tuple(0.5 * (2 * b[i] + (c[i] - a[i]) * t + (2 * a[i] - 5 * b[i] + 4 * c[i] - d[i]) * t * t + (3 * b[i] - a[i] - 3 * c[i] + d[i]) * t**3) for i in (0, 1))  # type: ignore[return-value]
