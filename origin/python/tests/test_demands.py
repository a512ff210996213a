"""What an application demands is answered by the middlewares where nobody catches it, as frameworks do things; and the README's code runs."""

from __future__ import annotations

import asyncio
import base64
import io
import re
from pathlib import Path
from typing import Any

import pytest
from test_middleware import BARE, BOUND, CASES, VECTORS

from outwork_origin import MemoryReplayCache, OutworkASGI, OutworkWSGI, TransactionRefused, risk_of

UNMET = CASES["a bound body, and no window"]
OTHER = CASES["signed: nobody binds it"]
# Those of frameworks run in tests/origin, behind a real Envoy.
README = [text for text in re.findall(r"```python\n(.*?)```", (Path(__file__).parents[1] / "README.md").read_text(), re.DOTALL) if not re.search("fastapi|flask|django", text)]


def asked(app: Any, case: dict, at_first: list[Any] | None = None) -> tuple[int, bytes]:
    """What an ASGI application answers to a case."""
    request = case["request"]
    path, _, query = request["target"].partition("?")
    headers = [(b"host", request["authority"].encode()), *((name.encode(), value.encode("latin-1")) for name, value in request["headers"])]
    scope = {"type": "http", "method": request["method"], "path": path, "raw_path": path.encode("latin-1"), "query_string": query.encode("latin-1"), "headers": headers}
    sent: list[Any] = [] if at_first is None else at_first

    async def receive() -> Any:
        return {"type": "http.request", "body": base64.b64decode(request.get("body", ""))}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    return sent[0]["status"], sent[1]["body"]


def called(app: Any, case: dict) -> tuple[int, bytes]:
    """What a WSGI application answers to a case."""
    request = case["request"]
    content = base64.b64decode(request.get("body", ""))
    environ = {"REQUEST_METHOD": request["method"], "RAW_URI": request["target"], "HTTP_HOST": request["authority"], "wsgi.input": io.BytesIO(content), "CONTENT_LENGTH": str(len(content))}
    environ |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request["headers"]}
    answered: list[str] = []
    parts = app(environ, lambda status, headers, *_: answered.append(status))
    body = b"".join(parts)
    [status] = answered
    return int(status.split()[0]), body


async def plain(scope: Any, receive: Any, send: Any) -> None:
    """An application that catches nothing."""
    risk_of(scope).require_transaction("checkout")
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"sold"})


async def like_starlette(scope: Any, receive: Any, send: Any) -> None:
    """Answers 500 and raises all the same."""
    try:
        await plain({**scope, "path": "/mounted"}, receive, send)
    except Exception:
        await send({"type": "http.response.start", "status": 500, "headers": []})
        await send({"type": "http.response.body", "body": b"Internal Server Error"})
        raise


async def like_quart(scope: Any, receive: Any, send: Any) -> None:
    """Answers 500 and says no more."""
    try:
        await like_starlette(scope, receive, send)
    except Exception:
        return


def bare(environ: Any, start: Any) -> list[bytes]:
    """A WSGI application that catches nothing."""
    risk_of(environ).require_transaction("checkout")
    start("200 OK", [])
    return [b"sold"]


def generating(environ: Any, start: Any) -> Any:
    """One that runs when it is asked for its first part."""
    risk_of(environ).require_transaction("checkout")
    start("200 OK", [])
    yield b"so"
    yield b"ld"


def like_flask(environ: Any, start: Any) -> list[bytes]:
    """Answers 500 and says no more."""
    try:
        return bare(environ, start)
    except Exception:
        start("500 INTERNAL SERVER ERROR", [])
        return [b"oops"]


def settings(case: dict) -> dict[str, Any]:
    """For a case's day."""
    return {"keys": VECTORS["keys"], "replay": MemoryReplayCache(clock=lambda: case["now"]), "clock": lambda: case["now"]}


@pytest.mark.parametrize("app", [plain, like_starlette, like_quart, bare, generating, like_flask], ids=lambda app: app.__name__)
def test_what_is_demanded_and_not_there_is_403(app: Any, caplog: pytest.LogCaptureFixture) -> None:
    """With a line of why, which the client does not get."""
    wrap, ask = (OutworkASGI, asked) if asyncio.iscoroutinefunction(app) else (OutworkWSGI, called)
    for case, why in ((UNMET, "did not meet"), (OTHER, "not `checkout`")):
        status, body = ask(wrap(app, **settings(case)), case)
        assert (status, b'"reason": "transaction"' in body) == (403, True), body
        assert why in caplog.text and why.encode() not in body
    status, body = ask(wrap(app, on_missing="pass", **settings(BARE)), BARE)
    assert (status, b'"reason": "missing"' in body) == (403, True)
    assert ask(wrap(app, **settings(BOUND)), BOUND) == (200, b"sold")


def test_an_applications_own_faults_stay_its_own() -> None:
    """A 500 of something else, what it caught, and what it raises once it has answered."""
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 500, "headers": []})
        await send({"type": "http.response.body", "body": b"broken"})

    assert asked(OutworkASGI(broken, **settings(BOUND)), BOUND) == (500, b"broken")

    async def careful(scope: Any, receive: Any, send: Any) -> None:
        try:
            await plain(scope, receive, send)
        except TransactionRefused:
            await send({"type": "http.response.start", "status": 402, "headers": []})
            await send({"type": "http.response.body", "body": b"a second factor"})

    assert asked(OutworkASGI(careful, **settings(UNMET)), UNMET) == (402, b"a second factor")

    async def late(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await plain(scope, receive, send)

    with pytest.raises(TransactionRefused):
        asked(OutworkASGI(late, **settings(UNMET)), UNMET)


def test_a_demand_may_be_waived_and_inside_is_by_the_window_alone() -> None:
    """Whoever asks otherwise has to say so."""
    def risk(case: dict) -> Any:
        found: list[Any] = []

        def take(environ: Any, start: Any) -> list[bytes]:
            found.append(risk_of(environ))
            start("200 OK", [])
            return []

        called(OutworkWSGI(take, **settings(case)), case)
        return found[0]

    unmet = risk(UNMET)
    assert unmet.window == "inside"
    unmet.require_transaction("checkout", demand="any")
    for name in ("a demand that a challenge stands in for", "a demand that a rule lifts"):
        risk(CASES[name]).require_transaction("checkout")
        with pytest.raises(TransactionRefused):
            risk(CASES[name]).require_inside()
    with pytest.raises(TransactionRefused):
        unmet.require_inside()
    risk(CASES["signed: a demand that is met"]).require_inside()
    for options in ({"body": "none"}, {"demand": "all"}):
        with pytest.raises(ValueError):
            unmet.require_transaction("checkout", **options)


@pytest.mark.parametrize(("text", "ask"), list(zip(README, (asked, called))), ids=["asgi", "wsgi"])
def test_the_readme_runs(text: str, ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As written, at the vectors' time."""
    monkeypatch.setenv("OUTWORK_EVIDENCE_KEYS", VECTORS["keys"])
    for case, wanted in ((BOUND, 200), (UNMET, 403), (BARE, 403)):
        named: dict[str, Any] = {}
        exec(text, named)  # noqa: S102: it is ours
        object.__setattr__(named["app"].settings, "clock", lambda case=case: case["now"])
        assert ask(named["app"], case)[0] == wanted


def test_the_readme_has_both() -> None:
    """Else nothing of it was run."""
    assert len(README) == 2
