"""What the filter takes for the client's own, behind Envoy's connection manager with `use_remote_address`."""

import pytest

FOR, PROTO, ID, EXTERNAL = "x-forwarded-for", "x-forwarded-proto", "x-request-id", "x-envoy-external-address"
VALUES = {FOR: "203.0.113.9", PROTO: "http", ID: "abc", EXTERNAL: "203.0.113.9"}


def sent(*names):
    return [part for name in names for part in ("-H", f"{name}: {VALUES.get(name, '1')}")]


def headers(reasons):
    return {reason.removeprefix("header.") for reason in reasons if reason.startswith("header.")}


@pytest.mark.parametrize("version", ["--http1.1", "--http2"])
@pytest.mark.parametrize("scheme", ["https", "http"])
def test_what_envoy_adds_is_not_the_clients(edge, version, scheme):
    if (version, scheme) == ("--http2", "http"):
        version = "--http2-prior-knowledge"
    assert headers(edge.reasons(version, scheme=scheme)) == set()


@pytest.mark.parametrize("version", ["--http1.1", "--http2"])
@pytest.mark.parametrize("names", [
    (FOR, "last"), (PROTO, "last"), (ID, "last"), (EXTERNAL, "last"), (FOR, PROTO, EXTERNAL, ID, "last"),
    ("first", FOR), ("first", PROTO), ("first", ID), ("first", EXTERNAL), ("first", ID, PROTO), ("first", PROTO, FOR),
], ids="+".join)
def test_what_the_client_sends_stays_its_own(edge, version, names):
    assert headers(edge.reasons(version, *sent(*names))) == set(names) - {"first", "last"}


def test_the_one_case_that_cannot_be_told_apart(edge):
    """As facts.rs says: these two, in this order, as the very last headers."""
    assert headers(edge.reasons("--http1.1", *sent("first", FOR, PROTO))) == {FOR}


def test_the_protocol_is_the_clients(edge):
    assert "protocol.http1" in edge.reasons("--http1.1")
    assert "protocol.http2-mpsa" in edge.reasons("--http2")
    assert "protocol.http1" in edge.reasons(scheme="http")


def test_several_protocols_on_one_port_are_told_apart_by_connection(edge):
    for _ in range(20):
        assert "protocol.http1" in edge.reasons("--http1.1")
        assert "protocol.http2-mpsa" in edge.reasons("--http2")


def test_tls_is_seen_where_it_is(edge):
    assert {reason for reason in edge.reasons() if reason.startswith("tls.")} == {"tls.known"}
    assert {reason for reason in edge.reasons(scheme="http") if reason.startswith("tls.")} == {"tls.absent"}


def test_values_that_are_not_utf8_are_decided_about_as_any(edge):
    # Python hands these to curl as the bytes ff fe.
    assert "protocol.http1" in edge.reasons("--http1.1", "-H", "x-odd: \udcff\udcfe")
    assert any(name == "x-odd" for name, _ in edge.echo.seen["/seen"])
