"""Decisions as Envoy's access log tells them: a JSON line a request, the record inside."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Iterator

from .terminal import paint

COLOURS = {"allow": "green", "tag": "yellow", "throttle": "magenta", "block": "red"}


@dataclass(frozen=True)
class Decision:
    """One line of the log. `verdict` is empty where the filter left no record."""

    time: str
    status: int
    protocol: str
    record: dict[str, Any] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        """allow, tag, throttle or block."""
        return self._own().get("verdict", "")

    @property
    def risk(self) -> int:
        """0 to 100."""
        return self.record.get("risk_score", 0)

    @property
    def reasons(self) -> list[str]:
        """The ids of the rules that counted."""
        return [reason["id"] for reason in self._own().get("reasons", [])]

    @property
    def dropped(self) -> int:
        """How many more there were than a record holds."""
        return self._own().get("dropped_reasons", 0)

    @property
    def ja4(self) -> str:
        """The fingerprint the decision was made with; empty where there was none."""
        listed = self.record.get("ja4_fingerprint_list") or [{}]
        return listed[0].get("value", "")

    @property
    def path(self) -> str:
        """The path, without its query."""
        return self.record.get("http_request", {}).get("url", {}).get("path", "")

    @property
    def client(self) -> str:
        """What the client called itself."""
        return self.record.get("http_request", {}).get("user_agent", "no user agent")

    @property
    def address(self) -> str:
        """The pseudonym of the client's address."""
        return self.record.get("src_endpoint", {}).get("uid", "")

    def _own(self) -> dict[str, Any]:
        return self.record.get("unmapped", {}).get("outwork", {})


def parse(line: str) -> Decision:
    """One line of the access log."""
    entry = json.loads(line)
    record = entry.get("outwork")
    return Decision(entry["time"], int(entry["status"] or 0), entry.get("protocol") or "", json.loads(record) if record else {})


def whole_lines(log: Path) -> list[str]:
    """The lines of a log that are written to their end."""
    return log.read_text(encoding="utf-8", errors="replace").split("\n")[:-1]


def follow(log: Path, idle: Callable[[], bool]) -> Iterator[Decision]:
    """Decisions as they are written, from now on, until `idle` says to stop. A line counts when it is whole."""
    with open(log, encoding="utf-8", errors="replace") as lines:
        rest = ""
        while True:
            rest += lines.read()
            *whole, rest = rest.split("\n")
            for line in whole:
                yield parse(line)
            if not whole:
                if idle():
                    return
                time.sleep(0.05)


def wait_for(log: Path, path: str, seconds: float = 60.0) -> Decision:
    """The decision about the first request for this path."""
    deadline = time.monotonic() + seconds
    for decision in follow(log, lambda: time.monotonic() > deadline):
        if decision.path == path:
            return decision
    raise LookupError(f"no decision about `{path}` within {seconds:.0f} s")


def line(decision: Decision) -> str:
    """One line for a person: time, verdict, risk, client, reasons."""
    clock = decision.time[11:23]
    if not decision.verdict:
        return f"{clock}  {paint(f'{decision.status:<8}', 'dim')}       no decision: Envoy answered before the filter did"
    verdict = paint(f"{decision.verdict:8}", COLOURS.get(decision.verdict, ""))
    reasons = ", ".join(decision.reasons) or paint("no reason against it", "dim")
    return f"{clock}  {verdict} {decision.risk:3}  {short(decision.client):34}  {clip(decision.path, 24):24}  {reasons}"


def short(agent: str) -> str:
    """A browser's long user agent as its telling part."""
    for name in ("HeadlessChrome/", "Edg/", "OPR/", "Firefox/", "Chrome/"):
        if agent.startswith("Mozilla/") and name in agent:
            return clip(name + agent.split(name, 1)[1].split(" ")[0], 34)
    if "Safari/" in agent and "Version/" in agent:
        return clip("Safari/" + agent.split("Version/", 1)[1].split(" ")[0], 34)
    return clip(agent, 34)


def clip(text: str, width: int) -> str:
    """Text for a terminal: no control characters, cut with an ellipsis."""
    clean = "".join(one if one.isprintable() else "?" for one in text)
    return clean if len(clean) <= width else clean[: width - 1] + "…"
