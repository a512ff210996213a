"""WSGI middleware: Flask, Django, Pyramid, Bottle."""

from __future__ import annotations

import inspect
import io
import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

from . import checks
from .evidence import Arrived, Head, Refusal
from .outcome import KEY, Answer, NotVerified, Outcome, Verified, demanded, problem, refused_by
from .risk import Risk, TransactionRefused
from .settings import Settings, one

Environment = dict[str, Any]
App = Callable[[Environment, Callable[..., Any]], Iterable[bytes]]


class OutworkWSGI:
    """Lets through only requests whose evidence holds, and tells the application their risk: `risk_of(request.environ)`."""

    def __init__(self, app: App, settings: Settings | None = None, **options: Any) -> None:
        self.app = app
        self.settings = one(settings, options)
        checks.answers_at_once(self.settings.replay)
        self.verifier = self.settings.verifier()

    def __call__(self, environ: Environment, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """One request."""
        arrived = self.arrived(environ)
        try:
            outcome: Outcome = Verified(self.verified(arrived, environ))
        except Refusal as refusal:
            try:
                outcome = self.settings.outcome(refusal, arrived, environ)
            except Refusal:
                return answered(start_response, problem(refusal.reason))
            # An application that reads the header itself shall not find one that nobody vouches for.
            environ.pop("HTTP_OUTWORK_RISK", None)
        environ[KEY] = outcome
        answer = Answered(start_response, outcome, arrived)
        return answer.of(self.app, environ)

    def verified(self, arrived: Arrived, environ: Environment) -> Risk:
        """Checks head, body and that the request is new."""
        head = self.verifier.head(arrived, self.settings.clock())
        risk = head.with_body(read(environ, self.settings.max_body) if head.binds_body else b"")
        self.once(head, risk, arrived.method)
        return risk

    def once(self, head: Head, risk: Risk, method: str) -> None:
        """Refuses a request that was here before."""
        try:
            first = self.settings.first(head, risk, method)
        except Exception as error:
            raise Refusal("unavailable", f"the replay cache does not answer: {error}") from error
        if inspect.isawaitable(first):
            raise Refusal("unavailable", "the replay cache wants to be awaited, which nothing does in a WSGI application")
        if first is not True:
            raise Refusal("replayed", "the request was here before: does a proxy retry it?")

    def arrived(self, environ: Environment) -> Arrived:
        """The request as the edge saw it. WSGI joins the lines of a field: two risks become one that no signature covers."""
        headers = [(key[5:].replace("_", "-").lower(), value) for key, value in environ.items() if key.startswith("HTTP_")]
        target = self.settings.target(environ) if self.settings.target else target_of(environ)
        scheme = self.settings.client_scheme(environ.get("HTTP_X_FORWARDED_PROTO", ""))
        return Arrived(environ["REQUEST_METHOD"], environ.get("HTTP_HOST", ""), target, headers, scheme)


class Answered:
    """Hands on what the application answers; but where it asked more of the request than that is worth, and caught nothing, 403 instead of its 500."""

    def __init__(self, start_response: Callable[..., Any], outcome: Outcome, arrived: Arrived) -> None:
        self._start, self._outcome, self._arrived = start_response, outcome, arrived
        self._started = False
        self._error: Exception | None = None

    def of(self, app: App, environ: Environment) -> Iterable[bytes]:
        """The application's answer, or ours."""
        try:
            answer = app(environ, self.start)
            # An application that is a generator runs when it is first asked.
            answer = answer if self._started or self._error else begun(answer)
        except (TransactionRefused, NotVerified) as error:
            if self._started:
                raise
            self._error = error
            answer = ()
        if self._error is None:
            return answer
        close(answer)
        return answered(self._start, demanded(self._error, self._outcome, self._arrived.method, self._arrived.target))

    def start(self, status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
        """What applications call before they answer."""
        if not self._started and status.startswith("500"):
            self._error = refused_by(self._outcome)
        if self._error is not None:
            return lambda _: None
        self._started = True
        return self._start(status, headers, *exc_info)


def begun(answer: Iterable[bytes]) -> Iterable[bytes]:
    """An answer whose first part is here."""
    parts = iter(answer)
    first = next(parts, b"")

    def all_parts() -> Iterable[bytes]:
        try:
            yield first
            yield from parts
        finally:
            close(answer)

    return all_parts()


def close(answer: Iterable[bytes]) -> None:
    """As servers do it (PEP 3333)."""
    ends = getattr(answer, "close", None)
    if ends is not None:
        ends()


def answered(start_response: Callable[..., Any], answer: Answer) -> Iterable[bytes]:
    """An answer in the application's place."""
    status, phrase, headers, body = answer
    start_response(f"{status} {phrase}", headers)
    return [body]


_ABSOLUTE = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://[^/?]*")
"""What a request line has before its path where it names the whole address (RFC 9112, 3.2.2)."""


def target_of(environ: Environment) -> str:
    """The request target, where the server gives it: RAW_URI (gunicorn), REQUEST_URI (uWSGI, mod_wsgi, Werkzeug).

    Other servers hide how the path was written. Then it is written in the common way, and a request that wrote it otherwise is
    refused.
    """
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    if raw:
        return _ABSOLUTE.sub("", str(raw))
    path = quote((environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")).encode("latin-1"), safe="/!$&'()*+,;=:@~")
    query = environ.get("QUERY_STRING", "")
    return f"{path}?{query}" if query else path


def read(environ: Environment, most: int) -> bytes:
    """The whole body, which the application can read once more."""
    length = _length(environ.get("CONTENT_LENGTH") or "")
    stream = environ["wsgi.input"]
    if length is not None and length > most:
        raise Refusal("too-large", f"the body has more than {most} bytes")
    try:
        # Without a length only a server that ends the stream itself can be read to the end (PEP 3333).
        body: bytes = stream.read(length if length is not None else most + 1) if length is not None or environ.get("wsgi.input_terminated") else b""
    except OSError as error:
        raise Refusal("broken", "the client left before its body was here") from error
    if len(body) > most:
        raise Refusal("too-large", f"the body has more than {most} bytes")
    if length is not None and len(body) < length:
        raise Refusal("broken", "the client left before its body was here")
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    return body


def _length(text: str) -> int | None:
    """Of digits alone. `isdigit` takes more than ASCII has, and `int` raises where there are thousands."""
    return int(text.lstrip("0")[:18] or "0") if text.isascii() and text.isdigit() else None
