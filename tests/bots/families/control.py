"""A controlled mass: feedback with a delay, muscles that lag, and noise in proportion to the force (Harris and Wolpert 1998)."""

from __future__ import annotations

import math
from collections import deque
from random import Random

from noise import Pace, between, now_and_then
from track import Track

STEP = 4.0


def draw(dice: Random, recorded: object, touch: bool) -> Control:
    return Control(dice)


class Control:
    def __init__(self, dice: Random) -> None:
        self.dice, self.pace = dice, Pace(dice)
        self.damping = dice.uniform(0.65, 1.2)
        self.lag, self.delay = between(dice, 8, 60), dice.choice((0.0, between(dice, 8, 60)))
        self.force_noise, self.rest_noise = now_and_then(dice, 0.85, 0.02, 0.5), now_and_then(dice, 0.4, 0.02, 0.4)
        # Some look only now and then, and steer by what they saw.
        self.look = dice.choice((0.0, between(dice, 40, 250)))
        self.misjudge = now_and_then(dice, 0.6, 0.01, 0.15)
        self.near = between(dice, 0.6, 4)

    def move(self, length: float, width: float) -> Track:
        time = self.pace(length, width)
        # A critically damped mass is within a hundredth of its target after about 6.6 over its frequency.
        stiff = min(6.6 / time, 0.35 / max(self.lag, self.delay, 1))
        x = v = force = 0j
        goal = complex(length, 0) * (1 + complex(self.dice.gauss(0, self.misjudge), self.dice.gauss(0, self.misjudge / 2)))
        seen, looked, at = deque([(x, v)]), 0.0, 0.0
        track = [(0.0, 0.0, 0.0)]
        while at < 4 * time + 300 and (abs(x - length) > self.near or abs(v) > 0.02):
            at += STEP
            if self.look == 0 or at - looked > self.look:
                goal += (complex(length, 0) - goal) * min(1.0, at / time)
                looked = at
            sx, sv = seen[0]
            wanted = stiff * stiff * (goal - sx) - 2 * self.damping * stiff * sv
            noise = complex(self.dice.gauss(0, 1), self.dice.gauss(0, 1))
            wanted += noise * (abs(wanted) * self.force_noise * math.sqrt(20 / STEP) + self.rest_noise * stiff * stiff)
            force += (wanted - force) * min(1.0, STEP / self.lag)
            v += force * STEP
            x += v * STEP
            seen.append((x, v))
            if len(seen) > 1 + self.delay / STEP:
                seen.popleft()
            track.append((at, x.real, x.imag))
        return [*track, (at + STEP, length, 0.0)] if abs(x - length) < 3 * self.near else settled(track, length)


def settled(track: Track, length: float) -> Track:
    """A way that ended beside its target is led there over its second half."""
    end, dx, dy = track[-1][0], length - track[-1][1], -track[-1][2]
    late = [(at, x, y, max(0.0, 2 * at / end - 1) ** 2) for at, x, y in track]
    return [(at, x + dx * share, y + dy * share) for at, x, y, share in late]
