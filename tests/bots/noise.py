"""Randomness that families share: draws over wide ranges, noise with a memory, and the curves by which programs ease."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

Ease = Callable[[float], float]

EASES: dict[str, Ease] = {
    "linear": lambda s: s,
    "in-quad": lambda s: s * s,
    "out-quad": lambda s: s * (2 - s),
    "in-out-quad": lambda s: 2 * s * s if s < 0.5 else 1 - 2 * (1 - s) ** 2,
    "in-out-cubic": lambda s: 4 * s**3 if s < 0.5 else 1 - 4 * (1 - s) ** 3,
    "out-cubic": lambda s: 1 - (1 - s) ** 3,
    "out-quint": lambda s: 1 - (1 - s) ** 5,
    "in-out-sine": lambda s: (1 - math.cos(math.pi * s)) / 2,
    "out-sine": lambda s: math.sin(math.pi * s / 2),
    "out-expo": lambda s: (1 - 2 ** (-10 * s)) / (1 - 2**-10),
    "smoothstep": lambda s: s * s * (3 - 2 * s),
    "smootherstep": lambda s: s**3 * (10 - 15 * s + 6 * s * s),
}


def between(dice: Random, low: float, high: float) -> float:
    """Log-uniform: each doubling is as likely."""
    return math.exp(dice.uniform(math.log(low), math.log(high)))


def now_and_then(dice: Random, chance: float, low: float, high: float) -> float:
    """Nothing, or a log-uniform amount."""
    return between(dice, low, high) if dice.random() < chance else 0.0


class Wander:
    """Noise that forgets within `memory` milliseconds (an Ornstein-Uhlenbeck process), asked at rising times."""

    def __init__(self, dice: Random, size: float, memory: float) -> None:
        self.dice, self.size, self.memory = dice, size, memory
        self.at, self.value = 0.0, 0.0

    def __call__(self, at: float) -> float:
        if self.size == 0:
            return 0.0
        kept = math.exp(-max(0.0, at - self.at) / self.memory)
        self.value = self.value * kept + self.size * math.sqrt(1 - kept * kept) * self.dice.gauss(0, 1)
        self.at = at
        return self.value


class Perlin:
    """Gradient noise in one dimension, of several octaves; within about -1 to 1."""

    def __init__(self, dice: Random, octaves: int = 1, falling: float = 0.5) -> None:
        self.gradients = [[dice.uniform(-1, 1) for _ in range(64)] for _ in range(octaves)]
        self.falling = falling

    def __call__(self, at: float) -> float:
        return sum(self.falling**octave * _gradient(table, at * 2**octave) for octave, table in enumerate(self.gradients))


def _gradient(table: list[float], at: float) -> float:
    whole = math.floor(at)
    part = at - whole
    before, after = table[whole % 64] * part, table[(whole + 1) % 64] * (part - 1)
    return 2 * (before + (after - before) * EASES["smootherstep"](part))


class Pace:
    """How long a session's program takes for a way: by Fitts's law, at one speed, in one time, or by a power of the distance."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice
        self.kind = dice.choices(("fitts", "speed", "time", "power"), (5, 2, 2, 2))[0]
        self.first, self.more = dice.uniform(0, 250), dice.uniform(60, 260)
        self.speed, self.time = between(dice, 0.3, 4), between(dice, 150, 1_600)
        self.power = dice.uniform(0.3, 0.8)
        self.spread = dice.choice((0.0, dice.uniform(0.03, 0.12), dice.uniform(0.12, 0.35)))

    def __call__(self, length: float, width: float) -> float:
        """Milliseconds for a way of `length` pixels to something `width` wide."""
        match self.kind:
            case "fitts":
                time = self.first + self.more * math.log2(length / max(width, 4) + 1)
            case "speed":
                time = length / self.speed
            case "time":
                time = self.time
            case _:
                time = self.time * (length / 400) ** self.power
        return min(6_000.0, max(60.0, time * math.exp(self.dice.gauss(0, self.spread))))
