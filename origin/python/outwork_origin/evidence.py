"""Verifies the evidence of a request: `Outwork-Risk` and its RFC 9421 signature.

Nothing here reads a header of ours as anything but bytes until the signature over these very bytes holds.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from . import checks
from .risk import Risk, read_risk
from .structured import InnerList, Item, Malformed, Member, parse_dictionary

LABEL = "outwork"
TAG = "outwork-evidence"
ALGORITHM = "hmac-sha256"
RISK = "outwork-risk"
DIGEST = "content-digest"
REQUIRED = frozenset({"@method", "@authority", "@path", "@query", RISK})
MOST_BYTES = 16 * 1024
MOST_NONCE = 128
HELP = "docs/origin.md"

Reason = Literal[
    "missing", "unsigned", "duplicate", "malformed", "components", "parameters", "tag", "algorithm", "key", "early", "expired",
    "signature", "digest", "broken", "too-large", "replayed", "unavailable",
]
Scheme = Literal["https", "http"]


class Refusal(Exception):
    """Why a request's evidence does not hold: one of a few stable words, and a sentence for people."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason: Reason = reason
        self.detail = detail


@dataclass(frozen=True)
class Arrived:
    """A request as it arrived. Text is Latin-1: a character is a byte."""

    method: str
    authority: str
    """`Host`, or `:authority`."""
    target: str
    """Path and query as they stood in the request line."""
    headers: Sequence[tuple[str, str]]
    scheme: Scheme = "https"
    """The client's, whose TLS the edge ended: it decides which port goes without saying."""


class Head:
    """What the signature over a request's head shows. Its risk is there for who has the body: a risk that says `bound` has been checked."""

    def __init__(self, risk: Risk, nonce: str, until: int, digest: bytes | None) -> None:
        self._risk = risk
        self._digest = digest
        self.nonce = nonce
        """Of this request alone, with the key's id: what a replay cache keeps."""
        self.until = until
        """Until when it has to, in seconds since 1970: then the signature has ended."""

    @property
    def binds_body(self) -> bool:
        """Whether the body is bound, and so has to be read."""
        return self._digest is not None

    def with_body(self, body: bytes) -> Risk:
        """The risk, or a `Refusal` where this is not the body that was signed. One that is not bound is not looked at."""
        if self._digest is not None and not hmac.compare_digest(hashlib.sha256(body).digest(), self._digest):
            raise Refusal("digest", "the body is not the one that was signed")
        return self._risk


@dataclass(frozen=True)
class _Input:
    covered: tuple[str, ...]
    created: int
    expires: int
    keyid: str
    nonce: str
    text: str


class Verifier:
    """Verifies evidence with these keys, by id. `skew` and `max_age` are in seconds; `authority` has the names that stand in place of what the request says."""

    def __init__(self, keys: Mapping[str, bytes], *, skew: int = 5, max_age: int = 60, authority: str | Sequence[str] = ()) -> None:
        sound = checks.keys(keys)
        self.key_ids = tuple(sound)
        # Out of sight of what prints attributes: a method shows nothing of what it holds.
        self._key: Callable[[str], bytes | None] = sound.get
        self.skew = checks.whole("skew", skew, 0, 300)
        self.max_age = checks.whole("max_age", max_age, 1, 3_600)
        self.authorities = checks.names("authority", authority)

    def __repr__(self) -> str:
        return f"Verifier(key_ids={self.key_ids!r}, skew={self.skew}, max_age={self.max_age}, authorities={self.authorities!r})"

    def head(self, arrived: Arrived, now: float) -> Head:
        """Checks everything but the body, or raises `Refusal`. `now` is in seconds since 1970."""
        lines = _lines(arrived.headers)
        risk = _only(lines[RISK], RISK, "missing")
        signed = _input(_ours(lines["signature-input"], "signature-input"))
        signature = _signature(_ours(lines["signature"], "signature"))
        key = self._key(signed.keyid)
        if key is None:
            raise Refusal("key", f"signed with `{signed.keyid}`, and this origin has {_quoted(self.key_ids)}: give it what `outwork keys evidence` prints now ({HELP}#keys)")
        until = self._until(signed, now)
        values = {RISK: risk}
        if DIGEST in signed.covered:
            values[DIGEST] = _only(lines[DIGEST], DIGEST, "digest")
        authorities = self.authorities or (arrived.authority,)
        if not any(_holds(key, signature, signed, {**derived(arrived, name), **values}) for name in authorities):
            tried = f"tried with the authority {_quoted(authorities)} and the key `{signed.keyid}`"
            remedy = f"does a proxy write another Host, path or port ({HELP}#behind-a-proxy), or is this key of `OUTWORK_EVIDENCE_KEYS` another edge's?"
            raise Refusal("signature", f"the signature is not over this request, {tried}: {remedy}")
        return Head(_risk(risk, DIGEST in signed.covered), f"{signed.keyid}:{signed.nonce}", until, _digest(values.get(DIGEST)))

    def _until(self, signed: _Input, now: float) -> int:
        until = min(signed.expires, signed.created + self.max_age) + self.skew
        # Written so that what is no number is refused.
        if not signed.created <= now + self.skew:
            raise Refusal("early", f"the signature is {signed.created - now} seconds from the future: do the clocks agree?")
        if not now <= until:
            raise Refusal("expired", f"the signature ended {now - until} seconds ago: do the clocks agree, or did somebody keep the request?")
        return until


def _quoted(names: Sequence[str]) -> str:
    """What somebody else wrote goes into a log: not all of it, and no control characters."""
    return ", ".join(json.dumps(name[:100]) for name in names)


def _holds(key: bytes, signature: bytes, signed: _Input, values: Mapping[str, str]) -> bool:
    return hmac.compare_digest(hmac.digest(key, base(signed.covered, values, signed.text), "sha256"), signature)


def _lines(headers: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """The lines of the fields that we read, without the white space around them (RFC 9110, 5.5)."""
    lines: dict[str, list[str]] = {RISK: [], DIGEST: [], "signature-input": [], "signature": []}
    for name, value in headers:
        known = lines.get(name.lower())
        if known is not None:
            known.append(value.strip(" \t"))
    return lines


def _only(lines: list[str], name: str, missing: Reason) -> str:
    if not lines:
        remedy = f": it did not pass the edge, or the policy there is not in force ({HELP}#when-the-edge-says-nothing)" if missing == "missing" else ""
        raise Refusal(missing, f"the request has no `{name}`{remedy}")
    if len(lines) > 1:
        raise Refusal("duplicate", f"the request has more than one line of `{name}`")
    if len(lines[0]) > MOST_BYTES:
        raise Refusal("malformed", f"`{name}` is too long")
    return lines[0]


def _ours(lines: list[str], name: str) -> Member:
    """The one member under our label. Those of others are none of our business, but must be readable."""
    text = ", ".join(lines)
    if len(text) > MOST_BYTES:
        raise Refusal("malformed", f"`{name}` is too long")
    try:
        found = [member for member in parse_dictionary(text) if member.key == LABEL]
    except Malformed as error:
        raise Refusal("malformed", f"`{name}` is no dictionary: {error}") from error
    if not found:
        raise Refusal("unsigned", f"`{name}` has no member `{LABEL}`")
    if len(found) > 1:
        raise Refusal("duplicate", f"`{name}` has more than one member `{LABEL}`")
    return found[0]


def _input(member: Member) -> _Input:
    if not isinstance(member.value, InnerList):
        raise Refusal("malformed", "`signature-input` lists no components")
    covered = _covered(member.value.items)
    given = member.value.parameters

    def text(name: str, most: int = 64) -> str:
        value = given.get(name)
        if type(value) is not str or not 1 <= len(value) <= most:
            raise Refusal("parameters", f"the signature has no `{name}`, or one that cannot be")
        return value

    def time(name: str) -> int:
        value = given.get(name)
        if type(value) is not int or value < 0:
            raise Refusal("parameters", f"the signature has no `{name}`, or one that cannot be")
        return value

    signed = _Input(covered, time("created"), time("expires"), text("keyid"), text("nonce", MOST_NONCE), member.text)
    if signed.expires < signed.created:
        raise Refusal("parameters", "the signature ends before it begins")
    if text("tag") != TAG:
        raise Refusal("tag", f"the signature's tag is not `{TAG}`")
    if text("alg") != ALGORITHM:
        raise Refusal("algorithm", f"the signature's algorithm is not `{ALGORITHM}`")
    return signed


def _covered(items: Sequence[Item]) -> tuple[str, ...]:
    """The components: each at most once, none with parameters, all that bind the risk to a request, and none that we cannot check."""
    if any(type(item.value) is not str or item.parameters for item in items):
        raise Refusal("components", "a component is no plain name")
    names = tuple(str(item.value) for item in items)
    if len(set(names)) != len(names) or not REQUIRED <= set(names) <= REQUIRED | {DIGEST}:
        raise Refusal("components", f"the signature must cover {', '.join(sorted(REQUIRED))}, each once, and besides at most {DIGEST}")
    return names


def _signature(member: Member) -> bytes:
    value = member.value
    if not isinstance(value, Item) or not isinstance(value.value, bytes) or value.parameters:
        raise Refusal("malformed", "the signature is no plain byte sequence")
    return value.value


_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def base(covered: Sequence[str], values: Mapping[str, str], parameters: str) -> bytes:
    """The signature base (RFC 9421, 2.5). The parameters' line is the text that came: what was written otherwise was not signed."""
    for name in covered:
        if _CONTROL.search(values[name]):
            raise Refusal("malformed", f"`{name}` has a control character")
    lines = [*(f'"{name}": {values[name]}' for name in covered), f'"@signature-params": {parameters}']
    try:
        return "\n".join(lines).encode("latin-1")
    except UnicodeEncodeError as error:
        raise Refusal("malformed", "a component is not made of bytes") from error


def derived(arrived: Arrived, authority: str | None = None) -> dict[str, str]:
    """The components that are no fields (RFC 9421, 2.2)."""
    path, _, query = arrived.target.partition("?")
    return {"@method": arrived.method, "@authority": _authority(authority or arrived.authority, arrived.scheme), "@path": path or "/", "@query": "?" + query}


_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def _authority(name: str, scheme: Scheme) -> str:
    """`@authority` (RFC 9421, 2.2.3): in lower case, without the scheme's own port."""
    return name.translate(_LOWER).removesuffix(":443" if scheme == "https" else ":80")


def _risk(text: str, covers_body: bool) -> Risk:
    try:
        return read_risk(text, covers_body)
    except Malformed as error:
        raise Refusal("malformed", f"`{RISK}` is signed, and not what this version reads: {error}") from error


def _digest(text: str | None) -> bytes | None:
    """SHA-256 in a `Content-Digest` (RFC 9530)."""
    if text is None:
        return None
    try:
        found = [member.value for member in parse_dictionary(text) if member.key == "sha-256"]
    except Malformed as error:
        raise Refusal("digest", f"`{DIGEST}` is no dictionary: {error}") from error
    if len(found) != 1 or not isinstance(found[0], Item) or not isinstance(found[0].value, bytes):
        raise Refusal("digest", f"`{DIGEST}` has not one `sha-256`")
    return found[0].value
