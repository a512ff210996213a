"""Ways in the plane: lists of milliseconds, x and y."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable

# Milliseconds, x, y.
Place = tuple[float, float, float]
Track = list[Place]
Point = tuple[float, float]


def sampled(place: Callable[[float], Point], time: float, step: float = 4.0) -> Track:
    """A way given as a function of the time, at even steps and at its end."""
    count = max(1, math.ceil(time / step))
    times = [time * number / count for number in range(count + 1)]
    return [(at, *place(at)) for at in times]


def laid(track: Track, start: Point, end: Point, began: float = 0.0) -> Track:
    """The way turned, stretched and moved so that its ends are these; its times begin at `began`."""
    (first, x0, y0), (_, x1, y1) = track[0], track[-1]
    was, wanted = complex(x1 - x0, y1 - y0), complex(end[0] - start[0], end[1] - start[1])
    turn = wanted / was if abs(was) > 1e-9 else complex(1, 0)
    moved = [(at - first + began, complex(x - x0, y - y0) * turn) for at, x, y in track]
    return [(at, start[0] + place.real, start[1] + place.imag) for at, place in moved]


def bent(track: Track, curve: list[Point]) -> Track:
    """A way along the x axis, laid along a curve: what was progress is progress on it, what was aside is aside of it."""
    ways = lengths(curve)
    total, reach = ways[-1], track[-1][1] or 1.0
    return [(at, *_aside(curve, ways, along / reach * total, off)) for at, along, off in track]


def lengths(points: list[Point]) -> list[float]:
    """How far each point is along the polyline."""
    far = [0.0]
    for before, after in zip(points, points[1:]):
        far.append(far[-1] + math.dist(before, after))
    return far


def _aside(curve: list[Point], ways: list[float], along: float, off: float) -> Point:
    place = min(max(bisect_right(ways, along) - 1, 0), len(curve) - 2)
    (x0, y0), (x1, y1) = curve[place], curve[place + 1]
    length = math.dist((x0, y0), (x1, y1)) or 1.0
    share = (along - ways[place]) / length
    return x0 + (x1 - x0) * share - (y1 - y0) / length * off, y0 + (y1 - y0) * share + (x1 - x0) / length * off


class At:
    """Where a way is at a time, asked at rising times."""

    def __init__(self, track: Track) -> None:
        self.track, self.next = track, 0

    def __call__(self, at: float) -> Point:
        track = self.track
        while self.next < len(track) - 1 and track[self.next][0] <= at:
            self.next += 1
        (t0, x0, y0), (t1, x1, y1) = track[max(self.next - 1, 0)], track[self.next]
        share = min(1.0, max(0.0, (at - t0) / (t1 - t0))) if t1 > t0 else 1.0
        return x0 + (x1 - x0) * share, y0 + (y1 - y0) * share
