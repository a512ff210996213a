"""Recorded strokes, chosen by length, turned to their target, with time and place warped and jittered; or a whole excerpt so."""

from __future__ import annotations

import math
from random import Random

from hand import Hand
from noise import Perlin, Wander, between, now_and_then
from recorded import Recorded
from track import Track, laid


def draw(dice: Random, recorded: Recorded, touch: bool) -> Replay:
    return Replay(dice, recorded, touch)


class Replay:
    def __init__(self, dice: Random, recorded: Recorded, touch: bool) -> None:
        self.dice, self.strokes = dice, recorded.of(touch)
        self.ends = [abs(complex(way[-1][1] - way[0][1], way[-1][2] - way[0][2])) for way in self.strokes]
        self.excerpts = recorded.excerpts[touch]
        self.rate, self.uneven = dice.uniform(0.6, 1.6), dice.uniform(0.02, 0.35)
        self.jitter, self.memory = between(dice, 0.3, 4), dice.choice((1.0, between(dice, 5, 200)))
        self.mirrored, self.among = dice.random() < 0.5, dice.choice((3, 10, 40))
        self.whole = bool(self.excerpts) and dice.random() < 0.35

    def move(self, length: float, width: float) -> Track:
        tries = [self.dice.randrange(len(self.strokes)) for _ in range(self.among)]
        best = min(tries, key=lambda number: abs(math.log(self.ends[number] / length)))
        flip = -1 if self.mirrored and self.dice.random() < 0.5 else 1
        return self._jittered(laid([(at, x, flip * y) for at, x, y in self.strokes[best]], (0.0, 0.0), (length, 0.0)))

    def play(self, hand: Hand) -> bool:
        """A whole excerpt, moved and stretched a little; says whether this one does so."""
        if not self.whole:
            return False
        events = self.dice.choice(self.excerpts)
        first = self.dice.randrange(max(1, len(events) - 40))
        part = [event for event in events[first:] if event[0] - events[first][0] <= hand.limit]
        times = self._warped([event[0] - part[0][0] for event in part])
        grow, (x0, y0) = self.dice.uniform(0.8, 1.2), hand.place
        across = -1 if self.mirrored else 1
        wander = Wander(self.dice, self.jitter, self.memory), Wander(self.dice, self.jitter, self.memory)
        for (_, x, y, kind), at in zip(part, times):
            hand.track.append((at, x0 + across * grow * (x - part[0][1]) + wander[0](at), y0 + grow * (y - part[0][2]) + wander[1](at)))
            if kind not in ("m", "tm"):
                hand.mark(kind)
        return True

    def _jittered(self, way: Track) -> Track:
        wander = Wander(self.dice, self.jitter, self.memory), Wander(self.dice, self.jitter, self.memory)
        inner = [(at, x + wander[0](at), y + wander[1](at)) for at, x, y in way[1:-1]]
        moved = [way[0], *inner, way[-1]]
        return [(at, x, y) for at, (_, x, y) in zip(self._warped([place[0] for place in moved]), moved)]

    def _warped(self, times: list[float]) -> list[float]:
        """Faster or slower as a whole, and from place to place."""
        noise, slow = Perlin(self.dice, 2), between(self.dice, 80, 600)
        warped = [0.0]
        for before, after in zip(times, times[1:]):
            warped.append(warped[-1] + (after - before) / self.rate * max(0.2, 1 + 2 * self.uneven * noise(after / slow)))
        return warped
