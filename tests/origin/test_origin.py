"""What real origins make of requests that come through a real Envoy, past it, and once more."""

from __future__ import annotations

import base64
from pathlib import Path
from types import SimpleNamespace

import pytest
from asking import EARLY, MADE_UP, ORDER, captured, past, through
from conftest import ORIGINS, Stand
from http_message_signatures import HTTPMessageVerifier, InvalidSignature, MappingKeyResolver, algorithms

EVERY = pytest.mark.parametrize("name", ORIGINS)


@EVERY
def test_the_application_is_told_the_risk(stand: Stand, name: str) -> None:
    """Typed, with the rule that fired."""
    status, risk = through(stand, name, "/some/path%20here?a=%2F&b")
    assert status == 200, risk
    assert (risk["reasons"], risk["body"], risk["transaction"]) == (["shop.tool"], "none", None)
    assert risk["risk"] > 0 and len(risk["id"]) == 16


@EVERY
def test_past_the_edge_nobody_comes_in(stand: Stand, name: str) -> None:
    """Neither without evidence nor with what one makes up."""
    for headers, reason in (({}, "missing"), (MADE_UP, "components")):
        status, said = past(stand, name, "/", headers)
        assert (status, said["reason"]) == (403, reason)


@EVERY
def test_a_captured_request_comes_once(stand: Stand, name: str) -> None:
    """And never to another path, method or authority."""
    taken = captured(stand, "/page?a")
    for path, headers, *options in (
        ("/other?a", taken), ("/page?b", taken), ("/page?a", taken, "-X", "DELETE"), ("/page?a", {**taken, "host": "other.example"}),
        ("/page?a", {**taken, "outwork-risk": taken["outwork-risk"].replace("risk=", "risk=1", 1)}),
    ):
        status, said = past(stand, name, path, headers, *options)
        assert (status, said["reason"]) == (403, "signature"), (path, options)
    assert past(stand, name, "/page?a", taken)[0] == 200
    status, said = past(stand, name, "/page?a", taken)
    assert (status, said["reason"]) == (403, "replayed")


@EVERY
def test_a_payment_is_bound_to_its_body(stand: Stand, name: str) -> None:
    """The application reads what the edge judged, and nothing else."""
    status, said = through(stand, name, "/checkout", "--data", ORDER)
    assert status == 200, said
    assert (said["order"], said["risk"]["transaction"], said["risk"]["body"]) == (ORDER, "checkout", "bound")
    taken = captured(stand, "/checkout", "--data", ORDER)
    status, said = past(stand, name, "/checkout", taken, "--data", ORDER.replace("1", "9"))
    assert (status, said["reason"]) == (403, "digest")
    assert past(stand, name, "/checkout", taken, "--data", ORDER)[0] == 200


@EVERY
def test_the_same_handler_by_another_path_sells_nothing(stand: Stand, name: str) -> None:
    """The edge saw no transaction there: a 403 by itself, without the words of the log, and the server lives on."""
    for _ in range(2):
        status, said = through(stand, name, "/other-checkout", EARLY, "--data", ORDER)
        assert (status, said["reason"]) == (403, "transaction")
        assert "checkout" not in said["detail"]
    assert through(stand, name, "/checkout", "--data", ORDER)[0] == 200


@EVERY
def test_health_checks_need_no_edge(stand: Stand, name: str) -> None:
    """Only those of this path, and only what reads."""
    assert past(stand, name, "/health", {}) == (200, {"ok": True})
    assert through(stand, name, "/health")[0] == 200
    for path, *options in (("/health/",), ("/health", "-X", "POST"), ("/health%2f../checkout", "-X", "POST"), ("/health;x",)):
        status, said = past(stand, name, path, {}, *options)
        assert (status, said["reason"]) == (403, "missing"), path


@EVERY
def test_a_clients_own_signature_stays(stand: Stand, name: str) -> None:
    """Another label's is handed on, one under ours is replaced."""
    own = ["-H", 'signature-input: sig1=("@method");created=1, outwork=()', "-H", "signature: sig1=:AAAA:, outwork=:AAAA:"]
    assert through(stand, name, "/", *own)[0] == 200
    _, said = through(stand, "echo", "/", *own, authority="shop.example")
    signatures = ", ".join(value for line, value in said["headers"] if line == "signature")
    assert signatures.startswith("sig1=:AAAA:, outwork=:") and signatures.count("outwork=") == 1 and "outwork=:AAAA:" not in signatures


def test_another_library_verifies_what_the_filter_signs(stand: Stand) -> None:
    """PyPI's http-message-signatures, with the digest of the body."""
    taken = captured(stand, "/checkout", "--data", ORDER)
    keys = {name: base64.urlsafe_b64decode(secret + "=") for name, _, secret in (entry.removeprefix("evidence:").partition(":") for entry in stand.keys.split(","))}
    message = SimpleNamespace(method="POST", url="https://shop.example/checkout", headers=taken)
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.HMAC_SHA256, key_resolver=MappingKeyResolver(public_keys=keys, private_keys={}))
    [found] = verifier.verify(message, expect_tag="outwork-evidence", expect_label="outwork", body=ORDER.encode())
    assert found.body == ORDER.encode()
    with pytest.raises(InvalidSignature):
        verifier.verify(SimpleNamespace(**{**vars(message), "method": "PUT"}), expect_tag="outwork-evidence")


def test_the_logs_hold_no_secret(stand: Stand) -> None:
    """Neither Envoy's nor an origin's."""
    for log in Path(stand.envoy.run).glob("*.log"):
        text = log.read_text(errors="replace")
        assert not any(entry.rpartition(":")[2] in text for entry in stand.keys.split(","))
