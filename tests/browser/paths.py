"""Paths that programs draw between two points: lists of x, y and the milliseconds before the next."""

from __future__ import annotations

import math
from random import Random

Path = list[tuple[float, float, float]]
Point = tuple[float, float]


def linear(start: Point, end: Point, random: Random) -> Path:
    """Equal steps on a straight line."""
    count = max(8, int(math.dist(start, end) / 12))
    return [(start[0] + (end[0] - start[0]) * i / count, start[1] + (end[1] - start[1]) * i / count, 8) for i in range(1, count + 1)]


def bezier(start: Point, end: Point, random: Random) -> Path:
    """A cubic curve with two random control points, at a speed that rises and falls."""
    spread = math.dist(start, end) / 3
    nudge = lambda share: tuple(start[axis] + (end[axis] - start[axis]) * share + random.uniform(-spread, spread) for axis in (0, 1))  # noqa: E731
    one, two = nudge(0.3), nudge(0.7)
    count = max(15, int(math.dist(start, end) / 9))
    path = []
    for i in range(1, count + 1):
        t = (1 - math.cos(math.pi * i / count)) / 2
        at = lambda axis: (1 - t) ** 3 * start[axis] + 3 * (1 - t) ** 2 * t * one[axis] + 3 * (1 - t) * t**2 * two[axis] + t**3 * end[axis]  # noqa: E731
        path.append((at(0), at(1), random.uniform(6, 14)))
    return path


def windmouse(start: Point, end: Point, random: Random, gravity: float = 9, wind: float = 3, most: float = 15, near: float = 12) -> Path:
    """Gravity toward the target and a wind that wanders, after B. J. Land's WindMouse."""
    x, y = start
    vx = vy = wx = wy = 0.0
    path: Path = []
    while (distance := math.dist((x, y), end)) >= 1 and len(path) < 2_000:
        gust = min(wind, distance)
        if distance >= near:
            wx = wx / math.sqrt(3) + random.uniform(-1, 1) * gust / math.sqrt(5)
            wy = wy / math.sqrt(3) + random.uniform(-1, 1) * gust / math.sqrt(5)
        else:
            wx, wy = wx / math.sqrt(3), wy / math.sqrt(3)
            most = max(3.0, most / math.sqrt(5))
        vx += wx + gravity * (end[0] - x) / distance
        vy += wy + gravity * (end[1] - y) / distance
        speed = math.hypot(vx, vy)
        if speed > most:
            clip = most / 2 + random.random() * most / 2
            vx, vy = vx / speed * clip, vy / speed * clip
        x, y = x + vx, y + vy
        path.append((round(x), round(y), random.uniform(6, 12)))
    return [*path, (end[0], end[1], 10)]
