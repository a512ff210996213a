"""A real Envoy that fetches directories: whatever their server does, no request waits, and nobody is trusted or condemned for it."""

from __future__ import annotations

import time
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from directory import PATH, now
from signing import sign, sign_by_package, thumbprint

from conftest import Edge

BAD = ["slow", "huge", "redirect", "malformed", "html", "gone"]


def wait(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Until it holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came to be"
        time.sleep(0.2)


def signed(edge: Edge, name: str, key: Ed25519PrivateKey | None = None, **options: int | str) -> dict[str, str]:
    return sign(key or edge.key, f"{name}.agents.test", edge.authority, **options)


def is_known(edge: Edge, name: str) -> bool:
    return "agent.verified" in edge.ask(signed(edge, name))[2]


def outcome(edge: Edge, headers: dict[str, str]) -> str:
    """What a request with these fields is counted as."""
    before = edge.outcomes()
    status, _, reasons = edge.ask(headers)
    (risen,) = [name for name, count in edge.outcomes().items() if count > before.get(name, 0)]
    assert (status, "agent.verified" in reasons) == (200, risen == "verified")
    return risen


def test_a_server_that_misbehaves_delays_nobody_and_says_nothing(edge):
    wait(lambda: is_known(edge, "good"))
    # Everyone of them was asked by now, and the slow one still owes its answer.
    wait(lambda: all(edge.directories.asked[f"{name}{PATH}"] for name in BAD))
    for name in BAD:
        status, seconds, reasons = edge.ask(signed(edge, name))
        assert (status, reasons) == (200, set()), name
        # The slow one answers in two minutes.
        assert seconds < 20, f"{name}: {seconds} s"
    wait(lambda: edge.fetches().get("unreachable", 0) >= 2)
    fetches = edge.fetches()
    for result in ["ok", "redirect", "malformed", "media-type"]:
        assert fetches[result] > 0, (result, fetches)
    assert edge.envoy.stats(r"outwork_request_errors.call.fetch") in ({}, {"wasmcustom.outwork_request_errors.call.fetch": 0})
    assert edge.envoy.traps() == []


def test_who_signs_is_known_and_who_pretends_is_not(edge):
    wait(lambda: is_known(edge, "good"))
    stranger = Ed25519PrivateKey.generate()
    assert outcome(edge, signed(edge, "good")) == "verified"
    assert outcome(edge, signed(edge, "good", stranger, keyid=thumbprint(edge.key))) == "invalid"
    assert outcome(edge, signed(edge, "good", stranger)) == "unverifiable"
    assert outcome(edge, signed(edge, "good", created=now() - 600)) == "invalid"
    assert outcome(edge, signed(edge, "good", lifetime=86_401)) == "unverifiable"
    assert outcome(edge, signed(edge, "nobody")) == "unverifiable"
    assert outcome(edge, sign(edge.key, "good.agents.test", "other.example")) == "invalid"
    fields = signed(edge, "good")
    assert outcome(edge, {**fields, "signature": f"{fields['signature'][:10]}AAAA{fields['signature'][14:]}"}) == "invalid"
    before = edge.outcomes()
    assert edge.ask({})[0] == 200 and edge.outcomes() == before, "an unsigned request says nothing"


def test_an_agent_that_is_known_may_be_refused(edge):
    wait(lambda: edge.ask(signed(edge, "blocked"))[0] == 403)


def test_signatures_of_the_package_http_message_signatures_are_verified(edge):
    wait(lambda: is_known(edge, "good"))
    fields = sign_by_package(edge.key, "good.agents.test", f"http://{edge.authority}/page")
    assert outcome(edge, fields) == "verified"


def test_one_thread_fetches_for_all(edge):
    wait(lambda: is_known(edge, "good"))
    for _ in range(20):
        assert is_known(edge, "good")
    assert edge.directories.asked[f"good{PATH}"] == 1


def test_no_request_causes_a_fetch(edge):
    before = dict(edge.directories.asked)
    for host in ["evil.agents.test", "127.0.0.1", f"localhost:{edge.directories.port}", "metadata.google.internal"]:
        headers = sign(edge.key, host, edge.authority)
        assert outcome(edge, headers) == "unverifiable"
    time.sleep(2.5)
    assert all(edge.directories.asked[name] == count for name, count in before.items() if name.startswith(("good", "rotated")))
    assert not [name for name in edge.directories.asked if name.startswith(("evil", "127", "localhost", "metadata"))]


def test_servers_that_recover_are_asked_again(edge):
    # The more often one was asked in vain, the later it is asked again: after five minutes at the latest.
    recovered = ["redirect", "malformed", "gone"]
    edge.directories.ways.update({name: "good" for name in recovered})
    wait(lambda: all(is_known(edge, name) for name in recovered), 400)


def test_metrics_have_their_labels(edge):
    text = edge.envoy.admin("/stats/prometheus?filter=outwork_")
    assert 'outwork_agents{outcome="verified"}' in text
    assert 'outwork_directories{result="ok"}' in text
