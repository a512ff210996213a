"""The attack: guessed passwords and a person behind one address, drawn as it happens, and whether it went as it should."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterator

from . import decisions, paths
from .decisions import Decision
from .envoy import Envoy
from .problem import Problem
from .process import Server
from .terminal import paint

POLICY = paths.ROOT / "rules" / "attack"
# What rules/attack/attack.toml says of an address and of each device behind it: tokens, tokens a second, and the first two terms in
# seconds. With them the devices' ladder is climbed within 40 s, and the third term outlasts the rest.
BURST, REFILL, TERMS = 10, 0.5, (12, 24)
LONGEST = 75.0
# How long it goes on once what guesses is shut out: time for the person to sign in a few times more.
AFTERWARDS = 25.0
# The programs are shut out one after the other: what reaches the shop until the last of them is counts as before that.
SETTLING = 5.0
# Of each verdict: how it is drawn, and what it means to who guesses. They differ in shape, so that no colour is needed.
MARKS = {"reached": ("█", "green"), "throttle": ("▒", "magenta"), "challenge": ("░", "yellow"), "block": ("×", "red")}
STAGES = {"reached": "before", "throttle": "slowed", "challenge": "challenged", "block": "shut out"}
WIDTH = 48


@dataclass
class Stage:
    """A part of the attack: from the first guess that met this verdict to the first that met the next."""

    name: str
    began: float
    ended: float = 0.0
    guesses: Counter[str] = field(default_factory=Counter)

    def seconds(self) -> float:
        """How long it lasted."""
        return max(self.ended - self.began, 0.001)


@dataclass
class Story:
    """What happened so far."""

    stages: list[Stage] = field(default_factory=lambda: [Stage("before", 0.0)])
    # What the person met, and in which stage.
    person: list[tuple[str, str]] = field(default_factory=list)
    solved: float = 0.0

    def guess(self, verdict: str, at: float) -> bool:
        """Counts a guess; true where it begins a new stage."""
        known = list(STAGES.values())
        name = STAGES.get(verdict, "before")
        is_new = known.index(name) > known.index(self.stages[-1].name)
        if is_new:
            self.stages[-1].ended = at
            self.stages.append(Stage(name, at))
        late = verdict == "reached" and self.stages[-1].name == "shut out" and at < self.stages[-1].began + SETTLING
        self.stages[-2 if late else -1].guesses[verdict] += 1
        self.stages[-1].ended = at
        return is_new

    def stage(self, name: str) -> Stage | None:
        """One that there was."""
        return next((stage for stage in self.stages if stage.name == name), None)

    def missing(self) -> list[str]:
        """What of the story did not happen."""
        slowed, challenged, shut = (self.stage(name) for name in ("slowed", "challenged", "shut out"))
        met = lambda what, *stages: any(one == what and stage in stages for one, stage in self.person)  # noqa: E731
        checks = [
            ("the address was never slowed", slowed is not None and slowed.guesses["throttle"] >= 20),
            ("guesses went on at speed while it was slowed", slowed is not None and slowed.guesses["reached"] <= REFILL * slowed.seconds() + BURST / 2),
            ("nobody was challenged after that", challenged is not None and challenged.guesses["challenge"] >= 20),
            ("more guesses than a full bucket got through between challenge and shut-out", challenged is not None and challenged.guesses["reached"] <= BURST + REFILL * (2 + SETTLING) + 1),
            ("nothing was ever shut out", shut is not None and shut.guesses["block"] >= 20),
            ("a guess got through after that", shut is not None and shut.guesses["reached"] == 0),
            ("the person was not challenged, or did not pass", met("passed", "challenged", "shut out")),
            ("the person did not sign in while the address was challenged", met("reached", "challenged")),
            ("the person did not sign in while those who guess were shut out", met("reached", "shut out")),
            ("somebody new did not get through by a challenge", met("new: passed", "shut out") and met("new: reached", "shut out")),
        ]
        return [what for what, went_well in checks if not went_well]


def run(envoy: Envoy, python: Path) -> int:
    """Plays it. Exit code 1 where the story did not happen."""
    port = str(envoy.ports.https)
    print(f"\nPasswords are guessed from one address, by eight clients (aiohttp, httpx, curl_cffi as Chrome and as Firefox); a person behind it signs in with Chromium.\nEach row is a second:  {legend()}\n", flush=True)
    door = envoy.run / "newcomer"
    door.unlink(missing_ok=True)
    person = Server("the person", [python, "-m", "harness.attack_person", port, door], envoy.run / "person.log", cwd=paths.ROOT / "scripts")
    clients = None
    try:
        heard = _hear(person)
        agent = _first(heard)
        clients = Server("the attack", [python, "-m", "harness.attack_clients", port], envoy.run / "clients.log", cwd=paths.ROOT / "scripts")
        story = watch(envoy, heard, agent, door)
    finally:
        for server in (clients, person):
            if server:
                server.stop()
    return ended(story)


def watch(envoy: Envoy, heard: Iterator[dict], agent: str, door: Path) -> Story:
    """Draws a row each second until the story is over. Once programs are shut out it opens the `door`: somebody new comes."""
    story = Story()
    began = time.monotonic()
    now = lambda: time.monotonic() - began  # noqa: E731
    row, drawn = Counter[str](), 0
    over = lambda: now() > LONGEST or ((shut := story.stage("shut out")) is not None and now() > shut.began + AFTERWARDS)  # noqa: E731
    log = _decisions(envoy, over)
    for decision in log:
        for said in iter(lambda: next(heard), None):
            show_person(story, said)
        if decision is not None and _is_guess(decision, agent):
            verdict = decision.verdict if decision.verdict in MARKS else "reached"
            if story.guess(verdict, now()):
                print(paint(f"  ── {story.stages[-1].name}", "bold"), flush=True)
                if story.stages[-1].name == "shut out":
                    door.touch()
            row[verdict] += 1
        if now() >= drawn + 1:
            print(f"{drawn:4} s  {bar(row)}  {row['reached']:2} of {sum(row.values()):2} reached the shop", flush=True)
            row, drawn = Counter(), drawn + 1
    return story


def show_person(story: Story, said: dict) -> None:
    """What the person met, or somebody new, as a line between the rows."""
    what, stage = said["what"], story.stages[-1].name
    is_new = said.get("new", False)
    story.person.append((f"new: {what}" if is_new else what, stage))
    if what == "passed" and not is_new:
        story.solved = said["seconds"]
    told = {
        "reached": ("signs in: the shop answers", "green"),
        "refused": (f"signs in: told to wait ({said.get('status')})", "magenta"),
        "challenged": ("signs in: is shown a challenge", "yellow"),
        "passed": (f"has passed the challenge in {said.get('seconds')} s, by doing nothing", "green"),
        "gave up": (f"gave up: {said.get('error')}", "red"),
    }
    text, colour = told.get(what, (what, ""))
    print(f"          {paint('somebody new' if is_new else 'the person', 'cyan')} {paint(text, colour)}", flush=True)


def bar(row: Counter[str]) -> str:
    """One second's guesses, one mark each as far as they fit."""
    marks = [paint(mark, colour) for verdict, (mark, colour) in MARKS.items() for _ in range(row[verdict])][:WIDTH]
    return "".join(marks) + " " * (WIDTH - len(marks))


def legend() -> str:
    """What the marks mean."""
    meaning = {"reached": "reached the shop", "throttle": "told to wait", "challenge": "challenged", "block": "shut out"}
    return "  ".join(f"{paint(mark, colour)} {meaning[verdict]}" for verdict, (mark, colour) in MARKS.items())


def ended(story: Story) -> int:
    """The table, and whether it went as it should."""
    print(f"\n{'stage':12}{'seconds':>9}{'guesses':>9}{'reached':>9}{'a second':>10}   the person")
    for stage in story.stages:
        met = Counter(what for what, when in story.person if when == stage.name)
        person = ", ".join(f"{what} {count}" for what, count in met.items() if not what.endswith("opens"))
        reached = stage.guesses["reached"]
        print(f"{stage.name:12}{stage.seconds():9.1f}{sum(stage.guesses.values()):9}{reached:9}{reached / stage.seconds():10.2f}   {person or '-'}")
    guesses = sum(sum(stage.guesses.values()) for stage in story.stages)
    reached = sum(stage.guesses["reached"] for stage in story.stages)
    print(f"\n{reached} of {guesses} guesses reached the shop; the person's challenge took {story.solved} s")
    for what in story.missing():
        print(paint(f"not as it should be: {what}", "red"))
    return 1 if story.missing() else 0


def _is_guess(decision: Decision, agent: str) -> bool:
    request = decision.record.get("http_request", {})
    return decision.path == "/login" and request.get("http_method") == "POST" and decision.client != agent


def _decisions(envoy: Envoy, over) -> Iterator[Decision | None]:
    """Decisions as they come, and nothing a few times a second where none does."""
    with open(envoy.access_log, encoding="utf-8", errors="replace") as lines:
        rest = ""
        while not over() and envoy.running():
            rest += lines.read()
            *whole, rest = rest.split("\n")
            yield from (decisions.parse(line) for line in whole)
            yield None
            time.sleep(0.1)


def _hear(server: Server) -> Iterator[dict | None]:
    """What a child says, and None where it has said no more yet."""
    with open(server.log, encoding="utf-8", errors="replace") as lines:
        rest = ""
        while True:
            rest += lines.read()
            *whole, rest = rest.split("\n")
            yield from (json.loads(line) for line in whole if line.startswith("{"))
            yield None


def _first(heard: Iterator[dict | None], seconds: float = 30.0) -> str:
    """The name of the person's browser, once it is there."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if said := next(heard):
            return said["agent"]
        time.sleep(0.1)
    raise Problem("Chromium did not start within 30 s", "its output is in person.log, beside Envoy's log under .outwork/run")
