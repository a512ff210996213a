"""Nothing that a client writes passes for what the edge says, and nothing of it reaches the connection facts."""

import socket
import ssl
import subprocess

import evidence
import pytest
from answer import read
from clients.catalogue import CHROME, FIREFOX
from harness import environment, paths

CHROMIUM_JA4 = "t13d1516h2_8daaf6152771_02713d6af862"
FORGED_RISK = 'risk=0, band=low, verdict=allow, reasons=(), bundle="forged", id="forged"'
FORGED_INPUT = 'outwork=("@method" "outwork-risk");created=1;keyid="x";alg="hmac-sha256";tag="outwork-evidence"'
FORGED_SIGNATURE = "outwork=:Zm9yZ2Vk:"
OTHER_INPUT = 'sig1=("@authority");created=1;keyid="agent";tag="web-bot-auth"'
OTHER_SIGNATURE = "sig1=:YWdlbnQ=:"

SPOOFS = {
    "forged evidence": [f"outwork-risk: {FORGED_RISK}", f"signature-input: {FORGED_INPUT}", f"signature: {FORGED_SIGNATURE}"],
    "any outwork header": ["outwork-anything: 1", "Outwork-Verdict: allow", "OUTWORK-RISK: risk=0"],
    "addresses": ["x-forwarded-for: 66.249.66.1", "x-real-ip: 66.249.66.1", "x-envoy-external-address: 66.249.66.1", "forwarded: for=66.249.66.1", "true-client-ip: 66.249.66.1", "cf-connecting-ip: 66.249.66.1"],
    "fingerprints": [f"x-ja4: {CHROMIUM_JA4}", f"ja4: {CHROMIUM_JA4}", f"x-ja4-fingerprint: {CHROMIUM_JA4}", f"x-envoy-ja4: {CHROMIUM_JA4}", "x-ja3: 0", f"outwork.connection: ja4={CHROMIUM_JA4}", f"outwork-connection: ja4={CHROMIUM_JA4}"],
    "proxies": ["x-forwarded-proto: https", "x-forwarded-host: elsewhere.example", "via: 1.1 google", "x-request-id: outwork"],
}


def ask(live, path, *headers, agent=CHROME, scheme="https"):
    argv = ["curl", "-sk", "--http1.1", "-o", "/dev/null", "-A", agent, *(part for header in headers for part in ("-H", header)), live.url(path, scheme)]
    subprocess.run(argv, check=True, timeout=120)
    return live.decision(path)


@pytest.mark.parametrize("scheme", ["https", "http"])
@pytest.mark.parametrize("spoof", SPOOFS)
def test_a_spoof_changes_nothing(live, spoof, scheme):
    honest = ask(live, live.path(), scheme=scheme)
    spoofed = ask(live, path := live.path(), *SPOOFS[spoof], scheme=scheme)
    assert (spoofed.verdict, spoofed.risk, spoofed.reasons) == (honest.verdict, honest.risk, honest.reasons)
    assert spoofed.ja4 == honest.ja4
    assert spoofed.address == honest.address
    # Without TLS there is no fingerprint to contradict Chrome's name, so only the equality counts there.
    assert honest.verdict == "tag" or scheme == "http"
    arrived = live.arrived(path)
    assert [name for name in arrived if name.startswith("outwork-")] == ["outwork-risk"]
    assert len(arrived["outwork-risk"]) == 1
    assert f"verdict={spoofed.verdict}," in arrived["outwork-risk"][0]
    assert "forged" not in str(arrived)


@pytest.mark.parametrize("apart", [True, False], ids=["lines apart", "one line"])
def test_other_signatures_survive_beside_ours(live, apart):
    both = [f"signature-input: {OTHER_INPUT}", f"signature-input: {FORGED_INPUT}", f"signature: {OTHER_SIGNATURE}", f"signature: {FORGED_SIGNATURE}"]
    joined = [f"signature-input: {FORGED_INPUT}, {OTHER_INPUT}", f"signature: {FORGED_SIGNATURE}, {OTHER_SIGNATURE}"]
    path = live.path()
    ask(live, path, *(both if apart else joined))
    arrived = live.arrived(path)
    inputs, signatures = ", ".join(arrived["signature-input"]), ", ".join(arrived["signature"])
    assert OTHER_INPUT in inputs and OTHER_SIGNATURE in signatures
    assert inputs.count("outwork=(") == 1 and signatures.count("outwork=:") == 1
    assert "created=1;keyid=\"x\"" not in inputs and "Zm9yZ2Vk" not in signatures


@pytest.mark.parametrize("value", ["", "outwork", "outwork=", "outwork=(", 'a="outwork=:x:"', ",,,", "=", "outwork;x=1", "a=:b", "a=@@", "1=2", 'a="\\q"', 'x=%"\\", outwork=:AAAA:, y="\\""', "\x80\xff", "(" * 2000])
def test_no_signature_of_a_client_spoils_or_passes_for_ours(live, value):
    path = live.path()
    raw(live, path, b"Signature: " + value.encode("latin-1") + b"\r\nSignature-Input: " + value.encode("latin-1") + b"\r\n")
    assert live.decision(path).verdict == "tag"
    assert evidence.verify(live.arrived(path), path, "localhost", live.keys["OUTWORK_KEYS"])["verdict"] == "tag"


@pytest.mark.parametrize("lines", [b"outwork_risk: risk=0\r\n", b"Outwork_Other: 1\r\n", b"signature_input: outwork=()\r\n"])
def test_no_underscore_stands_for_a_hyphen(live, lines):
    path = live.path()
    assert raw(live, path, lines).startswith(b"HTTP/1.1 400"), "the edge refuses such names, since origins differ in how they read them"


def test_the_scheme_is_that_of_the_connection(live):
    """Envoy passes on the scheme of an absolute target, whatever the connection is."""
    path = live.path()
    raw(live, path, b"", target=f"http://localhost{path}")
    honest = live.path()
    raw(live, honest, b"")
    decided, expected = live.decision(path), live.decision(honest)
    assert (decided.verdict, decided.risk, decided.reasons) == (expected.verdict, expected.risk, expected.reasons)
    assert decided.record["http_request"]["url"]["scheme"] == "https"


@pytest.mark.parametrize("target", ["", "?", "?a=1&b=%20c", "/%41/x//y"])
def test_the_signature_verifies_at_the_origin(live, target):
    path = live.path() + target
    raw(live, path, b"")
    seen = next(sent for sent in live.echo.seen if sent.startswith(path.split("?")[0].split("/%")[0]))
    found = evidence.verify(live.arrived(seen), seen, "localhost", live.keys["OUTWORK_KEYS"])
    assert found["verdict"] == "tag" and "client.library-behind-browser" in found["reasons"]


def test_header_names_in_any_case_over_http2(live):
    """HTTP/2 names are lower case on the wire; curl writes what it is given only over HTTP/1.1, httpx over both."""
    path = live.path()
    subprocess.run([environment.PYTHON, "-c", HTTPX, live.url(path)], check=True, timeout=120)
    assert [name for name in live.arrived(path) if name.startswith("outwork-")] == ["outwork-risk"]
    assert "forged" not in live.arrived(path)["outwork-risk"][0]


@pytest.mark.parametrize("name", ["a ja4=" + CHROMIUM_JA4 + " b", "x addr=66.249.66.1", "UPPER.example ja3=0", "\tja4=" + CHROMIUM_JA4])
def test_a_hostile_sni_injects_nothing(live, name):
    path = live.path()
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: {CHROME}\r\nConnection: close\r\n\r\n"
    subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{live.envoy.ports.https}", "-quiet", "-servername", name], input=request.encode(), capture_output=True, timeout=120)
    decision = live.decision(path)
    assert decision.ja4.startswith("t13d") and CHROMIUM_JA4 not in decision.ja4
    assert decision.verdict == "tag"
    assert decision.address == ask(live, live.path()).address


@pytest.mark.parametrize("protocols", [["= ja4=" + CHROMIUM_JA4], [" x "], ["\n"]], ids=repr)
def test_a_hostile_alpn_injects_nothing(live, protocols):
    path = live.path()
    raw(live, path, b"", alpn=protocols)
    decision = live.decision(path)
    assert decision.ja4.count("_") == 2 and " " not in decision.ja4 and CHROMIUM_JA4 not in decision.ja4


def test_a_browser_is_no_less_a_browser_for_a_forged_header(live):
    path = live.path()
    argv = [environment.PYTHON, "tests/live/clients/impersonate.py", "firefox133", live.url(path), "outwork-risk:risk=100", "x-ja4:t13d311000_e8f1e7e78f70_1f22a2ca17c4"]
    subprocess.run(argv, check=True, timeout=120, capture_output=True, cwd=paths.ROOT)
    decision = live.decision(path)
    assert decision.verdict == "allow" and decision.risk < 30


def raw(live, path, lines, alpn=("http/1.1",), agent=FIREFOX, target=""):
    context = ssl._create_unverified_context()
    context.set_alpn_protocols(list(alpn))
    with context.wrap_socket(socket.create_connection(("127.0.0.1", live.envoy.ports.https), timeout=60), server_hostname="localhost") as connection:
        connection.sendall(f"GET {target or path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: {agent}\r\nConnection: close\r\n".encode() + lines + b"\r\n")
        return read(connection)


HTTPX = """
import httpx, sys
with httpx.Client(verify=False, http2=True) as client:
    client.get(sys.argv[1], headers={"Outwork-Risk": "forged", "outwork-x": "1"})
"""
