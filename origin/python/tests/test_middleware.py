"""Both middlewares: what passes, what is answered in the application's place, and what the application can read."""

from __future__ import annotations

import asyncio
import base64
import io
import json
from typing import Any

import pytest
from conftest import evidence

from outwork_origin import Full, MemoryReplayCache, Missing, NotVerified, OutworkASGI, OutworkWSGI, Refused, TransactionRefused, outcome_of, risk_of

VECTORS = evidence()
CASES = {case["name"]: case for case in VECTORS["cases"]}
PLAIN, BOUND, FORGED, BARE = (CASES[name] for name in ("a path and a query", "a bound body", "another body", "nothing"))


def asgi(case: dict, seen: list, app: Any = None, body: bytes | None = None, **options: Any) -> tuple[int, bytes]:
    """One request through the ASGI middleware: what the client is answered."""
    request = case["request"]
    path, _, query = request["target"].partition("?")
    headers = [("host", request["authority"]), *request["headers"]]
    scope = {
        "type": "http", "method": request["method"], "path": path, "raw_path": path.encode("latin-1"), "query_string": query.encode("latin-1"),
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers],
    }
    content = base64.b64decode(request.get("body", "")) if body is None else body
    parts = [{"type": "http.request", "body": content[at : at + 5], "more_body": at + 5 < len(content)} for at in range(0, max(len(content), 1), 5)]
    sent: list[Any] = []

    async def receive() -> Any:
        return parts.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    async def own(scope: Any, receive: Any, send: Any) -> None:
        whole, more = b"", True
        while more:
            message = await receive()
            whole, more = whole + message["body"], message["more_body"]
        seen.append((scope, {"body": whole}))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    settings = {"keys": VECTORS["keys"], "replay": "none", "clock": lambda: case["now"], **options}
    asyncio.run(OutworkASGI(app or own, **settings)(scope, receive, send))
    return sent[0]["status"], sent[1]["body"]


def wsgi(case: dict, seen: list, body: bytes | None = None, **options: Any) -> tuple[int, bytes]:
    """One request through the WSGI middleware."""
    request = case["request"]
    content = base64.b64decode(request.get("body", "")) if body is None else body
    environ = {
        "REQUEST_METHOD": request["method"], "RAW_URI": request["target"], "HTTP_HOST": request["authority"],
        "wsgi.input": io.BytesIO(content), "CONTENT_LENGTH": str(len(content)),
    }
    for name, value in request["headers"]:
        key = f"HTTP_{name.upper().replace('-', '_')}"
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    answered: list[str] = []

    def own(environ: Any, start: Any) -> list[bytes]:
        seen.append((environ, {"body": environ["wsgi.input"].read()}))
        start("200 OK", [])
        return [b""]

    settings = {"keys": VECTORS["keys"], "replay": "none", "clock": lambda: case["now"], **options}
    said = OutworkWSGI(own, **settings)(environ, lambda status, headers: answered.append(status))
    return int(answered[0].split()[0]), b"".join(said)


BOTH = pytest.mark.parametrize("through", [asgi, wsgi])


@BOTH
def test_an_honest_request_brings_its_risk(through: Any) -> None:
    """And nothing of it is changed."""
    seen: list = []
    assert through(PLAIN, seen)[0] == 200
    [(request, _)] = seen
    assert risk_of(request).id == PLAIN["verified"]["id"]


@BOTH
def test_a_bound_body_is_checked_and_handed_on(through: Any) -> None:
    """The application reads what was signed, and may hold it to a transaction."""
    seen: list = []
    assert through(BOUND, seen)[0] == 200
    [(request, message)] = seen
    assert message["body"] == base64.b64decode(BOUND["request"]["body"])
    risk = risk_of(request)
    risk.require_transaction("checkout")
    risk.require_inside()
    with pytest.raises(TransactionRefused):
        risk.require_transaction("refund")


@BOTH
def test_bad_evidence_never_reaches_the_application(through: Any) -> None:
    """403 with the reason, as a problem (RFC 9457)."""
    for case, reason in ((FORGED, "digest"), (BARE, "missing"), (CASES["another path"], "signature")):
        seen: list = []
        status, body = through(case, seen)
        assert (status, json.loads(body)["reason"], seen) == (403, reason, [])


@BOTH
def test_a_body_larger_than_the_cap_is_refused(through: Any) -> None:
    """413, before all of it is held."""
    seen: list = []
    assert through(BOUND, seen, max_body=10)[0] == 413
    assert seen == []


@BOTH
def test_a_request_comes_once(through: Any) -> None:
    """And a cache that is full says nothing of any."""
    cache = MemoryReplayCache()
    assert [through(PLAIN, [], replay=Forgetless(cache), once="all")[0] for _ in range(3)] == [200, 403, 403]
    assert through(BOUND, [], replay=MemoryReplayCache(capacity=0))[0] == 503


class Forgetless:
    """Vectors are signed on a day that is past for the cache's own clock."""

    def __init__(self, cache: MemoryReplayCache) -> None:
        self.cache = cache

    def first(self, nonce: str, until: int) -> bool:
        """Kept for a long time."""
        return self.cache.first(nonce, until + 10**10)


@BOTH
def test_a_refused_request_does_not_use_up_its_nonce(through: Any) -> None:
    """Else whoever sees a request first could have it refused."""
    cache = Forgetless(MemoryReplayCache())
    forged = {**FORGED, "now": BOUND["now"]}
    assert [through(case, [], replay=cache)[0] for case in (forged, BOUND, BOUND)] == [403, 200, 403]


@BOTH
def test_missing_may_pass_and_forged_may_not(through: Any) -> None:
    """The application must then look which it is."""
    seen: list = []
    assert through(BARE, seen, on_missing="pass")[0] == 200
    [(request, _)] = seen
    assert outcome_of(request) == Missing()
    with pytest.raises(NotVerified):
        risk_of(request)
    assert through(FORGED, [], on_missing="pass")[0] == 403


@BOTH
def test_observing_refuses_nothing_and_hides_what_nobody_vouches_for(through: Any) -> None:
    """The header is gone, too."""
    seen: list = []
    assert through(CASES["another risk"], seen, observe=True)[0] == 200
    [(request, _)] = seen
    outcome = outcome_of(request)
    assert isinstance(outcome, Refused) and outcome.reason == "signature"
    assert "HTTP_OUTWORK_RISK" not in request and b"outwork-risk" not in dict(request.get("headers", []))


@BOTH
def test_observing_leaves_the_body_to_the_application(through: Any) -> None:
    """Whatever it is that does not hold."""
    for case, options in ((FORGED, {}), (BOUND, {"replay": MemoryReplayCache(capacity=0)}), (CASES["no digest"], {})):
        seen: list = []
        assert through(case, seen, observe=True, **options)[0] == 200
        [(request, message)] = seen
        assert isinstance(outcome_of(request), Refused)
        assert message["body"] == base64.b64decode(case["request"].get("body", ""))


@BOTH
def test_pages_may_come_again(through: Any) -> None:
    """Only what changes something must come once: else every page view costs a place in the cache."""
    cache = Forgetless(MemoryReplayCache())
    assert [through(PLAIN, [], replay=cache)[0] for _ in range(2)] == [200, 200]


def test_whether_requests_may_come_again_has_to_be_said() -> None:
    """There is no default that somebody could forget."""
    for middleware in (OutworkASGI, OutworkWSGI):
        with pytest.raises(TypeError):
            middleware(lambda *_: None, keys=VECTORS["keys"])  # type: ignore[arg-type]


def test_without_the_middleware_there_is_no_risk() -> None:
    """Not even by default."""
    with pytest.raises(NotVerified):
        risk_of({})


def test_a_cache_that_fails_refuses() -> None:
    """Also one that is awaited."""

    class Down:
        async def first(self, nonce: str, until: int) -> bool:
            raise OSError("gone")

    status, body = asgi(BOUND, [], replay=Down())
    assert (status, json.loads(body)["reason"]) == (503, "unavailable")


def test_the_cache_forgets_what_has_ended() -> None:
    """And so has room again."""
    cache = MemoryReplayCache(capacity=1)
    assert cache.first("a", 10)
    assert cache.first("b", 10**12)
    with pytest.raises(Full):
        cache.first("c", 10**12)
    assert not cache.first("b", 10**12)


def test_a_websocket_is_closed() -> None:
    """It has no answer with a body."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def app(*_: Any) -> None:
        raise AssertionError("the application was asked")

    asyncio.run(OutworkASGI(app, keys=VECTORS["keys"], replay="none")({"type": "websocket", "path": "/", "headers": []}, app, send))
    assert sent == [{"type": "websocket.close", "code": 1008}]
