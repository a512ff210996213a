"""The speed of one recorded stroke over the shape of another: what template-based "natural" mice do."""

from __future__ import annotations

from bisect import bisect_right
from random import Random

from noise import Wander, between, now_and_then
from recorded import Recorded
from track import Track, laid, lengths


def draw(dice: Random, recorded: Recorded, touch: bool) -> Flow:
    return Flow(dice, recorded, touch)


class Flow:
    def __init__(self, dice: Random, recorded: Recorded, touch: bool) -> None:
        self.dice = dice
        # A program ships few templates: some of its session's ways are made of the same.
        self.templates = [dice.choice(recorded.of(touch)) for _ in range(dice.choice((2, 5, 20, 60)))]
        self.power, self.rate = dice.uniform(0.1, 0.7), between(dice, 0.6, 1.7)
        self.aside, self.straight = between(dice, 0.3, 1.6), dice.random() < 0.15
        self.smooth = dice.random() < 0.6
        self.noise, self.memory = now_and_then(dice, 0.5, 0.1, 2), between(dice, 4, 120)

    def move(self, length: float, width: float) -> Track:
        speed, shape = self.dice.choice(self.templates), self.dice.choice(self.templates)
        flow = lengths([place[1:] for place in speed])
        reach, time = flow[-1], speed[-1][0] - speed[0][0]
        stretch = (length / reach) ** self.power / self.rate
        wander = Wander(self.dice, self.noise, self.memory)
        curve = laid(shape, (0.0, 0.0), (length, 0.0))
        ways = lengths([place[1:] for place in curve])
        flip = self.dice.choice((-1, 1)) * (0.0 if self.straight else self.aside)
        step, at, track = 8.0, 0.0, []
        times = [place[0] - speed[0][0] for place in speed]
        while at <= time * stretch:
            x, y = along(curve, ways, ways[-1] * share_at(times, flow, at / stretch, self.smooth))
            track.append((at, x, flip * y + (wander(at) if 0 < at else 0.0)))
            at += step
        return [*track, (at, length, 0.0)]


def share_at(times: list[float], flow: list[float], at: float, smooth: bool) -> float:
    """The share of its way that a stroke had made; its speed averaged over 50 ms where that is asked for."""
    if smooth:
        return sum(share_at(times, flow, min(max(at + off, 0.0), times[-1]), False) for off in (-24, -8, 8, 24)) / 4
    place = min(max(bisect_right(times, at) - 1, 0), len(times) - 2)
    share = min(1.0, (at - times[place]) / ((times[place + 1] - times[place]) or 1))
    return (flow[place] + (flow[place + 1] - flow[place]) * share) / flow[-1]


def along(curve: Track, ways: list[float], far: float) -> tuple[float, float]:
    """The place on a curve that is so far from its begin."""
    place = min(max(bisect_right(ways, far) - 1, 0), len(ways) - 2)
    share = (far - ways[place]) / ((ways[place + 1] - ways[place]) or 1)
    (_, x0, y0), (_, x1, y1) = curve[place], curve[place + 1]
    return x0 + (x1 - x0) * share, y0 + (y1 - y0) * share
