"""What became of a request's evidence, in a form that an application has to take apart before it can read a risk."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Union

from .evidence import Reason, Refusal
from .risk import Risk, TransactionRefused, note, noted

LOG = logging.getLogger("outwork.origin")
KEY = "outwork.evidence"


@dataclass(frozen=True)
class Verified:
    """The evidence holds."""

    risk: Risk


@dataclass(frozen=True)
class Missing:
    """The request has no evidence: it did not come through the edge, or the edge was off."""


@dataclass(frozen=True)
class Refused:
    """The request has evidence that does not hold."""

    reason: Reason
    detail: str


Outcome = Union[Verified, Missing, Refused]


class NotVerified(Exception):
    """A risk was asked for where none is verified. The middlewares answer 403 where nobody catches it."""


def outcome_of(request: Mapping[str, Any]) -> Outcome:
    """What became of the evidence of this request: an ASGI scope or a WSGI environment."""
    found = request.get(KEY)
    if isinstance(found, (Verified, Missing, Refused)):
        return found
    raise NotVerified("no evidence was looked for: is the middleware in front of this application?")


def risk_of(request: Mapping[str, Any]) -> Risk:
    """The verified risk of this request: an ASGI scope or a WSGI environment. Raises `NotVerified` where there is none."""
    outcome = outcome_of(request)
    if isinstance(outcome, Verified):
        return outcome.risk
    raise note(outcome, NotVerified("the request has no evidence" if isinstance(outcome, Missing) else f"the request's evidence does not hold: {outcome.reason}"))


def refused_by(outcome: Outcome) -> Exception | None:
    """What the application raised for this request by asking for more than it is worth."""
    return noted(outcome.risk) if isinstance(outcome, Verified) else noted(outcome)


STATUS = {"broken": (400, "Bad Request"), "too-large": (413, "Content Too Large"), "unavailable": (503, "Service Unavailable")}
Answer = tuple[int, str, list[tuple[str, str]], bytes]


def problem(reason: Reason | Literal["transaction"]) -> Answer:
    """The answer to a request that is refused for this reason (RFC 9457): status, phrase, headers and body. Why is in the log."""
    status, phrase = STATUS.get(reason, (403, "Forbidden"))
    detail = "This request is not the transaction that is taken here." if reason == "transaction" else "This request carries no valid evidence of the edge."
    body = json.dumps({"type": "about:blank", "title": phrase, "status": status, "detail": detail, "reason": reason}).encode()
    headers = [("content-type", "application/problem+json"), ("cache-control", "no-store"), ("content-length", str(len(body)))]
    return status, phrase, headers, body


def demanded(error: Exception, outcome: Outcome, method: str, target: str) -> Answer:
    """The answer to a request that the application asked more of than it is worth, which is logged."""
    LOG.warning("refused: %s %s: %s", method, target.partition("?")[0], error)
    return problem("transaction" if isinstance(error, TransactionRefused) else outcome.reason if isinstance(outcome, Refused) else "missing")
