"""Every client of the catalogue, over TLS: the verdict is the one that its kind asks for, with the right reason."""

import pytest
from clients.catalogue import CLIENTS, fault
from harness import environment


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_client(live, client):
    if not client.there():
        pytest.skip(f"{client.program} is not on this machine")
    path = live.path()
    ended = client.run(live.url(path), environment.PYTHON)
    try:
        decision = live.decision(path)
    except LookupError:
        pytest.fail(f"no request arrived; exit {ended.returncode}: {ended.stderr[-500:]}")
    assert fault(client, decision) == "", f"{decision.verdict} {decision.risk} {decision.reasons} {decision.ja4}"


def test_the_origin_learns_what_was_decided(live):
    client = next(client for client in CLIENTS if client.name == "curl, HTTP/2")
    path = live.path()
    client.run(live.url(path), environment.PYTHON)
    decision = live.decision(path)
    (risk,) = live.arrived(path)["outwork-risk"]
    assert f"risk={decision.risk}," in risk
    assert f"verdict={decision.verdict}," in risk
    assert all(f'"{reason}"' in risk for reason in decision.reasons)
    assert "outwork=(" in live.arrived(path)["signature-input"][0]
    assert "outwork=:" in live.arrived(path)["signature"][0]


def test_plaintext_is_decided_too(live):
    import urllib.request

    path = live.path()
    urllib.request.urlopen(live.url(path, "http"), timeout=60).read()
    decision = live.decision(path)
    assert decision.verdict == "tag"
    assert decision.ja4 == ""
