"""What sessions are about. Drawn apart from the family, and as different as people's own, so that a task says nothing about its maker."""

from __future__ import annotations

import math

from hand import Hand
from noise import between
from track import Point


def play(hand: Hand) -> None:
    """One session of a task that is drawn."""
    tasks = TOUCH if hand.touch else MOUSE
    task = hand.dice.choices([task for task, _ in tasks], [weight for _, weight in tasks])[0]
    task(hand)


def targets(hand: Hand) -> None:
    """Ways to targets anywhere, most of them clicked."""
    clicks, large = hand.dice.choice((0.0, 0.3, 0.9, 1.0, 1.0)), between(hand.dice, 8, 160)
    for _ in range(hand.dice.randint(1, 40)):
        width, height = large * hand.dice.uniform(0.6, 2.5), large * hand.dice.uniform(0.4, 1.2)
        hand.go(hand.aimed(hand.anywhere(), width, height), min(width, height))
        if hand.dice.random() < clicks:
            hand.stay(hand.dice.choice((0.0, between(hand.dice, 20, 350))))
            hand.click()
        if hand.over():
            return
        hand.rest()


def single(hand: Hand) -> None:
    """One way, as short as a second."""
    hand.go(hand.anywhere(), between(hand.dice, 8, 100))
    if hand.dice.random() < 0.3:
        hand.click()


def slider(hand: Hand) -> None:
    """A knob that is drawn to the right, sometimes a little too far; with or without the button in the recording."""
    button = hand.dice.random() < 0.5
    if hand.dice.random() < 0.6:
        hand.go(hand.anywhere(), 40)
        hand.rest()
    for _ in range(hand.dice.choice((1, 1, 1, 2, 4))):
        x, y = hand.place
        reach = hand.dice.uniform(0.12, 0.8) * hand.wide
        if button:
            hand.mark("d")
        over = hand.dice.gauss(0, 6) if hand.dice.random() < 0.5 else 0.0
        hand.go((x + reach + over, y + hand.dice.gauss(0, 4)), 12)
        hand.stay(between(hand.dice, 30, 400))
        if abs(over) > 2:
            hand.go((x + reach, hand.place[1] + hand.dice.gauss(0, 1)), 6)
            hand.stay(between(hand.dice, 30, 300))
        if button:
            hand.mark("u")
            hand.stay(30)
        hand.rest()
        if hand.over():
            return
        hand.go((x + hand.dice.gauss(0, 20), y + hand.dice.gauss(0, 10)), 40)
        hand.rest()


def circle(hand: Hand) -> None:
    """Something drawn round a centre, at once or in pieces."""
    start, steps, pieces = hand.place, 60, hand.dice.choice((1, 1, 2, 4, 8))
    radius, turn = hand.dice.uniform(50, min(hand.wide, hand.high) / 2.2), hand.dice.choice((-1, 1)) * hand.dice.uniform(0.7, 2.1) * math.pi
    angle = hand.dice.uniform(0, 2 * math.pi)
    squash = hand.dice.uniform(0.8, 1.25)
    ring = [(start[0] + radius * (math.cos(angle + turn * at / steps) - math.cos(angle)), start[1] + squash * radius * (math.sin(angle + turn * at / steps) - math.sin(angle))) for at in range(steps + 1)]
    down, up = ("ts", "te") if hand.touch else ("d", "u")
    hand.mark(down)
    hand.stay(between(hand.dice, 16, 200))
    for piece in range(pieces):
        part = ring[piece * steps // pieces : (piece + 1) * steps // pieces + 1]
        hand.follow([hand.place, *part[1:]], 20)
        if hand.dice.random() < 0.2:
            hand.stay(between(hand.dice, 20, 300))
    hand.mark(up)
    hand.stay(20)


def browse(hand: Hand) -> None:
    """Ways without an aim, reading, scrolling, now and then a click."""
    clicks, scrolls = hand.dice.uniform(0, 0.4), hand.dice.choice((0.0, hand.dice.uniform(0.05, 0.5)))
    near = hand.dice.random() < 0.5
    while not hand.over():
        x, y = hand.place
        drift = (min(max(x + hand.dice.gauss(0, 180), 5), hand.wide - 5), min(max(y + hand.dice.gauss(0, 120), 5), hand.high - 5))
        hand.go(drift if near or hand.dice.random() < 0.4 else hand.anywhere(), between(hand.dice, 10, 120))
        if hand.dice.random() < scrolls:
            scroll(hand)
        if hand.dice.random() < clicks:
            hand.click()
        hand.rest()
        # A pause of nothing may not keep the session from its end.
        hand.stay(hand.dice.uniform(5, 60))


def scroll(hand: Hand) -> None:
    """Notches of the wheel."""
    for _ in range(hand.dice.randint(1, 14)):
        hand.mark("w")
        hand.stay(between(hand.dice, 16, 160))


def form(hand: Hand) -> None:
    """Fields below one another, each clicked and written in, then a button."""
    x, y = hand.anywhere()
    wide, gap = hand.dice.uniform(120, 420), hand.dice.uniform(36, 90)
    writing = between(hand.dice, 300, 4_000)
    for row in range(hand.dice.randint(2, 9)):
        centre = (min(x + wide / 2, hand.wide - 10), (y + row * gap) % hand.high)
        hand.go(hand.aimed(centre, wide, 30), 30)
        hand.stay(between(hand.dice, 10, 250))
        hand.click()
        hand.rest(writing * between(hand.dice, 0.5, 2))
        if hand.over():
            return


def scrolls(hand: Hand) -> None:
    """Flicks of a finger: mostly up, left at speed."""
    way = hand.dice.uniform(0.15, 0.7)
    across = hand.dice.random() < 0.25
    for _ in range(hand.dice.randint(1, 25)):
        reach = way * (hand.wide if across else hand.high) * hand.dice.uniform(0.6, 1.4) * (1 if hand.dice.random() < 0.15 else -1)
        x, y = hand.anywhere()
        aside = hand.dice.gauss(0, 0.06) * abs(reach)
        touch(hand, (x, y), (x + reach, y + aside) if across else (x + aside, y + reach), hand.dice.uniform(0.5, 1))
        if hand.over():
            return
        hand.rest()


def touch(hand: Hand, start: Point, end: Point, share: float = 1.0) -> None:
    """One stroke of a finger, which is somewhere else before it."""
    hand.track.append((hand.now + between(hand.dice, 20, 300), *start))
    hand.mark("ts")
    hand.stay(between(hand.dice, 4, 90))
    hand.go(end, 40, share)
    hand.mark("te")
    hand.stay(5)


def glide(hand: Hand) -> None:
    """Words written without lifting the finger: from key to key, in pieces or as one bent way."""
    left, top, key = hand.dice.uniform(0, 20), hand.dice.uniform(0, hand.high * 0.6), (hand.wide - 20) / 10
    at_once = hand.dice.random() < 0.5
    while not hand.over():
        keys = [(left + key * hand.dice.uniform(0.3, 9.7), top + key * 1.5 * (hand.dice.randrange(3) + hand.dice.uniform(0.2, 0.8))) for _ in range(hand.dice.randint(2, 11))]
        hand.track.append((hand.now + between(hand.dice, 20, 300), *keys[0]))
        hand.mark("ts")
        if at_once and len(keys) > 2:
            hand.follow(rounded(keys), key)
        else:
            for place in keys[1:]:
                hand.go(place, key)
                hand.stay(hand.dice.choice((0.0, between(hand.dice, 8, 150))))
        hand.mark("te")
        hand.stay(5)
        hand.rest()


def rounded(points: list[Point]) -> list[Point]:
    """The corners of a polyline cut twice (Chaikin's curve)."""
    for _ in range(2):
        inner = [((a[0] * p + b[0] * (1 - p)), (a[1] * p + b[1] * (1 - p))) for a, b in zip(points, points[1:]) for p in (0.75, 0.25)]
        points = [points[0], *inner, points[-1]]
    return points


def slide(hand: Hand) -> None:
    """A knob that a finger draws to the right."""
    x, y = hand.dice.uniform(10, 60), hand.anywhere()[1]
    for _ in range(hand.dice.choice((1, 1, 2, 3))):
        touch(hand, (x, y), (x + hand.dice.uniform(0.2, 0.8) * hand.wide, y + hand.dice.gauss(0, 5)))
        hand.rest()


MOUSE = ((targets, 38), (browse, 18), (single, 16), (slider, 10), (circle, 9), (form, 9))
TOUCH = ((scrolls, 34), (glide, 34), (slide, 16), (circle, 16))

