"""WindMouse (B. J. Land): gravity toward the target and a wind that wanders, whose force and steps are drawn."""

from __future__ import annotations

import math
from random import Random

from noise import Pace, between
from track import Track

MOST = 3_000


def draw(dice: Random, recorded: object, touch: bool) -> WindMouse:
    return WindMouse(dice)


class WindMouse:
    def __init__(self, dice: Random) -> None:
        self.dice, self.pace = dice, Pace(dice)
        self.gravity, self.wind = between(dice, 2, 16), between(dice, 0.4, 10)
        self.fastest, self.near = between(dice, 4, 45), between(dice, 4, 40)
        # Waits between steps, or a time for the whole way.
        self.paced = dice.random() < 0.35
        self.wait, self.uneven = between(dice, 1.5, 16), dice.choice((0.0, dice.uniform(0.05, 0.6)))
        self.whole = dice.random() < 0.5

    def move(self, length: float, width: float) -> Track:
        steps = self._steps(length)
        wait = self.pace(length, width) / len(steps) if self.paced else self.wait
        track, at = [(0.0, 0.0, 0.0)], 0.0
        for x, y in [*steps, (length, 0.0)]:
            at += wait * (1 + self.dice.uniform(-1, 1) * self.uneven)
            track.append((at, x, y))
        return track

    def _steps(self, length: float) -> list[tuple[float, float]]:
        x = y = vx = vy = wx = wy = 0.0
        fastest, steps = self.fastest, []
        while (far := math.hypot(length - x, y)) >= 1 and len(steps) < MOST:
            gust = min(self.wind, far)
            wx, wy = wx / math.sqrt(3), wy / math.sqrt(3)
            if far >= self.near:
                wx += self.dice.uniform(-1, 1) * gust / math.sqrt(5)
                wy += self.dice.uniform(-1, 1) * gust / math.sqrt(5)
            else:
                fastest = max(3.0, fastest / math.sqrt(5))
            vx, vy = vx + wx + self.gravity * (length - x) / far, vy + wy - self.gravity * y / far
            if (speed := math.hypot(vx, vy)) > fastest:
                clip = fastest * self.dice.uniform(0.5, 1)
                vx, vy = vx / speed * clip, vy / speed * clip
            x, y = x + vx, y + vy
            steps.append((float(round(x)), float(round(y))) if self.whole else (x, y))
        return steps
