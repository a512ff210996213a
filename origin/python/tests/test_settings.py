"""Each setting is checked where it is given, nothing prints a key, and refusals say what to do."""

from __future__ import annotations

import asyncio
import base64
import functools
import logging
import math
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import arrived, evidence, verify
from test_middleware import BARE, BOTH, BOUND, CASES, PLAIN, VECTORS, asgi, wsgi

from outwork_origin import KeysError, MemoryReplayCache, Missing, OutworkASGI, OutworkWSGI, Refusal, Settings, Verifier, outcome_of, parse_keys

WRONG: dict[str, list[Any]] = {
    "replay": [None, "None", "off", MemoryReplayCache, object()],
    "once": ["All", "everything", None, True, ["all"]],
    "on_missing": ["allow", None, False],
    "observe": ["false", "true", 0, 1, None],
    "scheme": ["HTTP", "ws", None],
    "skew": ["5", math.nan, math.inf, 0.5, -1, -100, 301, None, True],
    "max_age": ["60", math.nan, math.inf, 0, -60, 3_601, None],
    "max_body": ["1MiB", math.nan, math.inf, 0, -1, None],
    "authority": [7, None, "", ["shop.example", ""], [None]],
    "target": ["/", 7],
    "clock": [None, 7, "now"],
    "exempt": ["", "health", ["/health*"], ["/health?x"], [""], [7], None, True],
    "keys": [{}, {"k": "a secret of text that is long enough to be one"}, {"k": b"x" * 31}, 7, "", "k", "evidence:k:c2hvcnQ="],
}


@pytest.mark.parametrize("name", WRONG)
def test_a_setting_is_checked(name: str) -> None:
    """In settings and in both middlewares."""
    for value in WRONG[name]:
        for make in (Settings, lambda **options: OutworkASGI(print, **options), lambda **options: OutworkWSGI(print, **options)):
            with pytest.raises((ValueError, KeysError)) as raised:
                make(**{"keys": VECTORS["keys"], "replay": "none", name: value})
            assert "secret of text" not in str(raised.value)


def test_what_is_no_setting_is_refused() -> None:
    """Also where settings are there already."""
    with pytest.raises(TypeError):
        OutworkASGI(print, keys=VECTORS["keys"], replay="none", onMissing="pass")
    settings = Settings(keys=VECTORS["keys"], replay="none")
    with pytest.raises(TypeError):
        OutworkASGI(print, settings, observe=True)
    with pytest.raises(TypeError):
        OutworkWSGI(print, {"replay": "none"})  # type: ignore[arg-type]


def test_a_verifier_by_itself_checks_as_much() -> None:
    """And a time that is no number proves nothing."""
    keys = parse_keys(VECTORS["keys"])
    for options in ({"skew": "5"}, {"skew": math.nan}, {"max_age": math.nan}, {"authority": [""]}):
        with pytest.raises(ValueError):
            Verifier(keys, **options)
    with pytest.raises(Refusal) as raised:
        Verifier(keys).head(arrived(PLAIN["request"]), math.nan)
    assert raised.value.reason == "early"


def test_nothing_that_prints_settings_or_verifiers_prints_a_key() -> None:
    """Neither text nor bytes."""
    secret = b"Q" * 32
    text = base64.b64encode(secret).decode()
    settings = Settings(keys=f"evidence:k:{text}", replay="none")
    middleware = OutworkASGI(print, settings)
    for thing in (settings, settings.verifier(), middleware, vars(middleware), vars(settings.verifier())):
        assert text not in repr(thing) and "QQQ" not in repr(thing)
    assert "'k'" in repr(settings.verifier())


def test_a_refusal_says_what_to_do() -> None:
    """To who runs the origin."""
    def detail(case: dict, verifier: Verifier) -> str:
        with pytest.raises(Refusal) as raised:
            verify(verifier, case)
        assert "\n" not in raised.value.detail
        return raised.value.detail

    here = Verifier(parse_keys(VECTORS["keys"]))
    assert "when-the-edge-says-nothing" in detail(BARE, here)
    assert 'the authority "shop.example" and the key `' in detail(CASES["another path"], here)
    assert 'this origin has "mine": give it what `outwork keys evidence`' in detail(PLAIN, Verifier({"mine": bytes(32)}))
    assert '"a.example", "b.example"' in detail(PLAIN, Verifier(parse_keys(VECTORS["keys"]), authority=["a.example", "b.example"]))


@BOTH
def test_what_is_exempt_needs_no_evidence_and_nothing_else_goes_without(through: Any, caplog: pytest.LogCaptureFixture) -> None:
    """GET of this path; and nobody wants a line of each health check."""
    path = BARE["request"]["target"].partition("?")[0]
    for exempt in ([path], lambda request: True):
        seen: list = []
        with caplog.at_level(logging.WARNING):
            assert through(BARE, seen, exempt=exempt)[0] == 200
        assert outcome_of(seen[0][0]) == Missing() and not caplog.records
    for exempt in ([path + "x"], lambda request: False):
        assert through(BARE, [], exempt=exempt)[0] == 403
    post = {**BARE, "request": {**BARE["request"], "method": "POST"}}
    assert through(post, [], exempt=[path])[0] == 403
    assert through(CASES["another risk"], [], exempt=lambda request: True)[0] == 403
    assert "when-the-edge-says-nothing" in caplog.text


@BOTH
def test_only_transactions_may_have_to_come_once(through: Any) -> None:
    """Then a POST of something else asks no cache."""
    cache = MemoryReplayCache(capacity=0, clock=lambda: 0)
    post = CASES["signed: nobody binds it"]
    assert through(post, [], replay=cache, once="transactions")[0] == 503
    assert through(PLAIN, [], replay=cache, once="transactions")[0] == 200


def caches() -> list[Any]:
    """Those of docs/origin.md, asynchronous and not, as they stand there."""
    page = (Path(__file__).parents[3] / "docs" / "origin.md").read_text()
    texts = [text for text in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if text.startswith("class RedisReplay")]
    assert len(texts) == 2 and "async def" in texts[0] and "async def" not in texts[1]
    return texts


def test_the_caches_of_the_page_keep_what_came() -> None:
    """Each where it belongs."""
    for text, through in zip(caches(), (asgi, wsgi)):
        kept: set[str] = set()

        def add(key: str, value: int, *, nx: bool, exat: int) -> bool | None:
            assert nx and exat > BOUND["now"]
            return None if key in kept else kept.add(key) or True

        async def later(*key: Any, **more: Any) -> bool | None:
            return add(*key, **more)

        named: dict[str, Any] = {"redis": SimpleNamespace(set=later if through is asgi else add)}
        exec(text, named)  # noqa: S102: it is ours
        replay = named["RedisReplay"]()
        assert [through(BOUND, [], replay=replay)[0] for _ in range(2)] == [200, 403]


def test_what_must_be_awaited_is_no_cache_of_a_wsgi_application() -> None:
    """Which is said where it is given; and what only turns out to be one refuses."""
    named: dict[str, Any] = {}
    exec(caches()[0], named)  # noqa: S102: it is ours

    class Called:
        async def __call__(self, nonce: str, until: int) -> bool:
            return True

    async def first(nonce: str, until: int) -> bool:
        return True

    memory = MemoryReplayCache()
    for replay in (
        named["RedisReplay"](), SimpleNamespace(first=Called()), SimpleNamespace(first=functools.partial(first, until=0)), SimpleNamespace(first=memory.first, first_transaction=first),
    ):
        settings = Settings(keys=VECTORS["keys"], replay=replay)
        OutworkASGI(print, settings)
        with pytest.raises(ValueError, match="asynchronous"):
            OutworkWSGI(print, settings)

    class Hidden:
        """Looks as if it answered at once."""

        def first(self, nonce: str, until: int) -> Any:
            return asyncio.Future(loop=asyncio.new_event_loop())

    status, said = wsgi(BOUND, [], replay=Hidden())
    assert (status, b"unavailable" in said) == (503, True)


def test_payments_have_room_of_their_own() -> None:
    """Which a flood of something else does not take."""
    cache = MemoryReplayCache(1, lambda: 100)
    assert cache.first("a", 200)
    with pytest.raises(RuntimeError):
        cache.first("b", 200)
    assert cache.first_transaction("c", 200) and not cache.first_transaction("c", 200)
    for options in ({"capacity": "9"}, {"capacity": -1}, {"capacity": math.nan}, {"clock": 7}):
        with pytest.raises(ValueError):
            MemoryReplayCache(**options)


def test_vectors_say_what_became_of_demands() -> None:
    """All five words."""
    assert {case["verified"]["demand"] for case in evidence()["cases"] if "verified" in case} == {"none", "met", "cleared", "exempt", "unmet"}


def test_keys_have_a_mark_of_their_kind_and_those_of_another_are_refused_by_name() -> None:
    """No secret is in the error."""
    secret = base64.b64encode(b"Q" * 32).decode()
    assert list(parse_keys(f"evidence:k:{secret}")) == ["k"]
    for text, says in ((f"master:k:{secret}", "`k` is a key of a host"), (f"evidence:a:{secret},audit:k:{secret}", "`k` is a key of records"), (f"other:k:{secret}", "form"), (f"k:{secret}", "not of the form `evidence:id:base64`, as `outwork keys evidence` prints it"), (f"evidence:{secret}", "form"), (f"a:b:c:{secret}", "form")):
        with pytest.raises(KeysError) as raised:
            parse_keys(text)
        assert says in str(raised.value) and "UVFR" not in str(raised.value)
