"""What both middlewares are told, and what they do with a refusal."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Union

from . import checks
from .evidence import Arrived, Head, Refusal, Scheme, Verifier
from .keys import keys_from_environment, parse_keys
from .outcome import LOG, Missing, Outcome, Refused
from .replay import ReplayCache
from .risk import Risk

Keys = Union[str, Mapping[str, bytes], None]
_PATH = re.compile(r"/[^?*]*")
SchemeSetting = Literal["https", "http", "forwarded"]


@dataclass(frozen=True)
class Settings:
    """The settings of a middleware."""

    replay: ReplayCache | Literal["none"]
    """What must come only once is asked of it. With `none` a request may come again as long as its signature lasts."""
    keys: Keys = field(default=None, repr=False)
    """What `outwork keys evidence` prints; where nothing is given, that of the variable OUTWORK_EVIDENCE_KEYS."""
    once: Literal["unsafe", "all", "transactions"] = "unsafe"
    """What must come only once: transactions and all methods but GET, HEAD, OPTIONS and TRACE; everything; or transactions alone."""
    on_missing: Literal["refuse", "pass"] = "refuse"
    """What becomes of a request without evidence. Evidence that does not hold is refused all the same."""
    exempt: Sequence[str] | Callable[[Mapping[str, Any]], bool] = ()
    """What may come without evidence: GET and HEAD of exactly these paths, or what a function of scope or environment says. For health
    checks, which do not pass the edge. Whoever reaches the origin can ask for it: nothing else belongs here."""
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

    def __post_init__(self) -> None:
        checks.cache(self.replay)
        checks.word("once", self.once, ("unsafe", "all", "transactions"))
        checks.word("on_missing", self.on_missing, ("refuse", "pass"))
        checks.word("scheme", self.scheme, ("https", "http", "forwarded"))
        checks.boolean("observe", self.observe)
        checks.whole("max_body", self.max_body, 1, 1 << 30)
        checks.function("clock", self.clock)
        if self.target is not None:
            checks.function("target", self.target)
        if not callable(self.exempt) and not all(_PATH.fullmatch(path) for path in checks.names("exempt", self.exempt)):
            raise ValueError("`exempt` is a list of whole paths such as `/health`, or a function of the request")
        # Keys, skew, age and names are the verifier's to check.
        self.verifier()

    def verifier(self) -> Verifier:
        """The verifier of these settings."""
        keys = parse_keys(self.keys) if isinstance(self.keys, str) else self.keys if self.keys is not None else keys_from_environment()
        return Verifier(keys, skew=self.skew, max_age=self.max_age, authority=self.authority)

    def first(self, head: Head, risk: Risk, method: str) -> Union[bool, Awaitable[bool]]:
        """Whether this request is the first of its kind, by the replay cache where that is asked."""
        transacts = risk.transaction is not None
        asked = self.once == "all" or transacts or (self.once == "unsafe" and method not in ("GET", "HEAD", "OPTIONS", "TRACE"))
        if self.replay == "none" or not asked:
            return True
        ask: Callable[[str, int], Union[bool, Awaitable[bool]]] = (getattr(self.replay, "first_transaction", None) if transacts else None) or self.replay.first
        return ask(head.nonce, head.until)

    def is_exempt(self, request: Mapping[str, Any], arrived: Arrived) -> bool:
        """Whether this request may come without evidence."""
        if callable(self.exempt):
            return self.exempt(request) is True
        return arrived.method in ("GET", "HEAD") and arrived.target.partition("?")[0] in checks.names("exempt", self.exempt)

    def client_scheme(self, forwarded: str) -> Scheme:
        """The client's scheme, with what `X-Forwarded-Proto` says."""
        named = forwarded.strip().lower() if self.scheme == "forwarded" else self.scheme
        return "http" if named == "http" else "https"

    def outcome(self, refusal: Refusal, arrived: Arrived, request: Mapping[str, Any]) -> Outcome:
        """What the application is told of a refusal; raises it again where the request goes no further."""
        if refusal.reason == "missing" and self.is_exempt(request, arrived):
            return Missing()
        outcome: Outcome = Missing() if refusal.reason == "missing" else Refused(refusal.reason, refusal.detail)
        # What was read of a body that is too large is gone, and one that broke off is no body.
        passes = (self.observe and refusal.reason not in ("too-large", "broken")) or (isinstance(outcome, Missing) and self.on_missing == "pass")
        LOG.warning("%s evidence of %s %s: %s", "no valid" if passes else "refused:", arrived.method, arrived.target.partition("?")[0], refusal)
        if passes:
            return outcome
        raise refusal


def one(settings: Settings | None, options: dict[str, Any]) -> Settings:
    """The settings, or those that are given one by one."""
    if settings is not None and options:
        raise TypeError(f"`settings` and also {', '.join(f'`{name}`' for name in options)}: one of the two")
    if settings is not None and not isinstance(settings, Settings):
        raise TypeError(f"`settings` is a `Settings`, not a {type(settings).__name__}")
    return settings or Settings(**options)
