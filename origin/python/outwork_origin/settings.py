"""What both middlewares are told, and what they do with a refusal."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Union

from .evidence import Arrived, Head, Refusal, Scheme, Verifier
from .keys import keys_from_environment, parse_keys
from .outcome import LOG, Missing, Outcome, Refused
from .replay import ReplayCache

Keys = Union[str, Mapping[str, bytes], None]
SchemeSetting = Literal["https", "http", "forwarded"]


@dataclass(frozen=True)
class Settings:
    """The settings of a middleware."""

    replay: ReplayCache | Literal["none"]
    """What must come only once is asked of it. With `none` a request may come again as long as its signature lasts."""
    keys: Keys = None
    """What `outwork keys evidence` prints; where nothing is given, that of the variable OUTWORK_EVIDENCE_KEYS."""
    once: Literal["unsafe", "all"] = "unsafe"
    """What must come only once: transactions and all methods but GET, HEAD, OPTIONS and TRACE; or everything."""
    on_missing: Literal["refuse", "pass"] = "refuse"
    """What becomes of a request without evidence. Evidence that does not hold is refused all the same."""
    observe: bool = False
    """Refuse nothing but a bound body that is too large to be held or breaks off: the application looks at the outcome itself."""
    skew: int = 5
    """By how many seconds the clocks of edge and origin may differ."""
    max_age: int = 60
    """The oldest signature, in seconds."""
    authority: str | Sequence[str] = ()
    """The names under which the edge is asked, where a proxy writes another into `Host`."""
    scheme: SchemeSetting = "https"
    """The client's scheme: it decides which port of `Host` goes without saying. `forwarded` takes it of `X-Forwarded-Proto`."""
    target: Callable[[Mapping[str, Any]], str] | None = None
    """Path and query as the edge saw them, made of scope or environment, where a proxy rewrites them."""
    max_body: int = 1024 * 1024
    """How many bytes of a bound body are held while it is checked; more is refused with 413."""
    clock: Callable[[], float] = time.time

    def verifier(self) -> Verifier:
        """The verifier of these settings."""
        keys = parse_keys(self.keys) if isinstance(self.keys, str) else self.keys if self.keys is not None else keys_from_environment()
        return Verifier(keys, skew=self.skew, max_age=self.max_age, authority=self.authority)

    def asks_once(self, head: Head, method: str) -> bool:
        """Whether the replay cache is asked about this request."""
        return self.once == "all" or head.risk.transaction is not None or method not in ("GET", "HEAD", "OPTIONS", "TRACE")

    def client_scheme(self, forwarded: str) -> Scheme:
        """The client's scheme, with what `X-Forwarded-Proto` says."""
        named = forwarded.strip().lower() if self.scheme == "forwarded" else self.scheme
        return "http" if named == "http" else "https"

    def outcome(self, refusal: Refusal, arrived: Arrived) -> Outcome:
        """What the application is told of a refusal; raises it again where the request goes no further."""
        outcome: Outcome = Missing() if refusal.reason == "missing" else Refused(refusal.reason, refusal.detail)
        # What was read of a body that is too large is gone, and one that broke off is no body.
        passes = (self.observe and refusal.reason not in ("too-large", "broken")) or (isinstance(outcome, Missing) and self.on_missing == "pass")
        LOG.warning("%s evidence of %s %s: %s", "no valid" if passes else "refused:", arrived.method, arrived.target.partition("?")[0], refusal)
        if passes:
            return outcome
        raise refusal
