"""ASGI 3 middleware: Starlette, FastAPI, Django, Quart, Litestar."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import quote

from .evidence import Arrived, Head, Refusal
from .outcome import KEY, Answer, NotVerified, Outcome, Verified, demanded, problem, refused_by
from .risk import Risk, TransactionRefused
from .settings import Settings, one

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class OutworkASGI:
    """Lets through only requests whose evidence holds, and tells the application their risk: `risk_of(request.scope)`."""

    def __init__(self, app: App, settings: Settings | None = None, **options: Any) -> None:
        self.app = app
        self.settings = one(settings, options)
        self.verifier = self.settings.verifier()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection or request."""
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        arrived, body = self.arrived(scope), Held(receive)
        try:
            outcome: Outcome = Verified(await self.verified(arrived, scope, body))
        except Refusal as refusal:
            try:
                outcome = self.settings.outcome(refusal, arrived, scope)
            except Refusal:
                return await refuse(scope, send, problem(refusal.reason))
        # An application that reads the header itself shall not find one that nobody vouches for.
        headers = scope["headers"] if isinstance(outcome, Verified) else [(name, value) for name, value in scope["headers"] if name.lower() != b"outwork-risk"]
        answer = Answered(scope, send, outcome, arrived)
        try:
            await self.app({**scope, "headers": headers, KEY: outcome}, body.receive, answer.send)
        except (TransactionRefused, NotVerified) as error:
            await answer.refused(error)

    async def verified(self, arrived: Arrived, scope: Scope, body: Held) -> Risk:
        """Checks head, body and that the request is new."""
        head = self.verifier.head(arrived, self.settings.clock())
        has_body = head.binds_body and scope["type"] == "http"
        risk = head.with_body(await body.read(self.settings.max_body) if has_body else b"")
        await self.once(head, risk, arrived.method)
        return risk

    async def once(self, head: Head, risk: Risk, method: str) -> None:
        """Refuses a request that was here before."""
        try:
            first = self.settings.first(head, risk, method)
            first = await first if inspect.isawaitable(first) else first
        except Exception as error:
            raise Refusal("unavailable", f"the replay cache does not answer: {error}") from error
        if first is not True:
            raise Refusal("replayed", "the request was here before: does a proxy retry it?")

    def arrived(self, scope: Scope) -> Arrived:
        """The request as the edge saw it."""
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
        known = {name.lower(): value for name, value in headers}
        target = self.settings.target(scope) if self.settings.target else target_of(scope)
        return Arrived(scope.get("method", "GET"), known.get("host", ""), target, headers, self.settings.client_scheme(known.get("x-forwarded-proto", "")))


def target_of(scope: Scope) -> str:
    """The request target. A server without `raw_path` hides how the path was written; then it is written in the common way."""
    raw = scope.get("raw_path") or quote(scope["path"], safe="/!$&'()*+,;=:@~").encode()
    query = scope.get("query_string", b"")
    return (raw + b"?" + query if query else raw).decode("latin-1")


class Held:
    """A body that can be read before the application reads it."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._waiting: list[Message] = []

    async def receive(self) -> Message:
        """What was read already, all at once, then what comes."""
        return self._waiting.pop(0) if self._waiting else await self._receive()

    async def read(self, most: int) -> bytes:
        """The whole body."""
        parts: list[bytes] = []
        size = 0
        while True:
            message = await self._receive()
            if message["type"] != "http.request":
                raise Refusal("broken", "the client left before its body was here")
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > most:
                raise Refusal("too-large", f"the body has more than {most} bytes")
            if not message.get("more_body", False):
                break
        body = b"".join(parts)
        self._waiting = [{"type": "http.request", "body": body, "more_body": False}]
        return body


class Answered:
    """Sends what the application answers; but where it asked more of the request than that is worth, and caught nothing, 403 instead of its 500."""

    def __init__(self, scope: Scope, send: Send, outcome: Outcome, arrived: Arrived) -> None:
        self._scope, self._send, self._outcome, self._arrived = scope, send, outcome, arrived
        self._started = self._replaced = False

    async def send(self, message: Message) -> None:
        """One message of the application."""
        if self._replaced:
            return
        if not self._started and message["type"] == "http.response.start" and message["status"] == 500:
            error = refused_by(self._outcome)
            if error is not None:
                return await self.refused(error)
        self._started = True
        await self._send(message)

    async def refused(self, error: Exception) -> None:
        """Answers 403, where nothing was answered yet."""
        if self._replaced:
            return
        if self._started:
            raise error
        self._replaced = True
        await refuse(self._scope, self._send, demanded(error, self._outcome, self._arrived.method, self._arrived.target))


async def refuse(scope: Scope, send: Send, answer: Answer) -> None:
    """Answers in the application's place."""
    if scope["type"] == "websocket":
        return await send({"type": "websocket.close", "code": 1008})
    status, _, headers, body = answer
    await send({"type": "http.response.start", "status": status, "headers": [(name.encode(), value.encode()) for name, value in headers]})
    await send({"type": "http.response.body", "body": body})
