"""Transactions in a real Envoy: what is held until its body is there, what the origin can prove about it, and what is refused."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from harness import build, global_limits, paths, stack
from harness.edge import Ports
from harness.envoy import Envoy
from origin import Quiet
from service import OK, OVER, Service
from test_endpoints import Client

sys.path.insert(0, str(paths.ROOT / "origin" / "python"))
from outwork_origin import Arrived, Body, Head, MemoryReplayCache, Refusal, Risk, Verifier  # noqa: E402

SECRET = b"0123456789abcdef0123456789abcdef"
ENVIRONMENT = {"OUTWORK_KEYS": f"test:{base64.b64encode(SECRET).decode()}"}
POLICY = paths.ROOT / "tests" / "transactions" / "policy"
VERSIONS = ["http/1.1", "h2"]
ORIGIN = "  - name: origin\n    type: STATIC\n"
# Envoy sends an HTTP/1.1 origin no trailers unless it is told to.
TRAILERS = """    typed_extension_protocol_options:
      envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
        "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
        explicit_http_config: {http_protocol_options: {enable_trailers: true}}
"""


@dataclass
class Came:
    """A request as it reached the origin."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes
    trailers: list[str] = field(default_factory=list)

    def arrived(self) -> Arrived:
        """The same for a verifier."""
        return Arrived(self.method, dict(self.headers)["host"], self.target, self.headers, "https")

    def header(self, name: str) -> list[str]:
        """The values of a header."""
        return [value for known, value in self.headers if known == name]


class Keeper:
    """An origin that keeps every request with its body, and takes a while for nothing."""

    def __init__(self) -> None:
        self.came: list[Came] = []
        keeper = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                trailers: list[str] = []
                body = self.chunks(trailers) if self.headers.get("transfer-encoding") else self.rfile.read(int(self.headers.get("content-length") or 0))
                keeper.came.append(Came(self.command, self.path, [(name.lower(), value) for name, value in self.headers.items()], body, trailers))
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def chunks(self, trailers: list[str]) -> bytes:
                body = b""
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                while line := self.rfile.readline().strip():
                    trailers.append(line.decode().lower())
                return body

            do_GET = do_POST = do_PUT = answer

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.server = Quiet(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stops listening."""
        self.server.shutdown()
        self.server.server_close()


@dataclass
class Edge:
    """A running Envoy with its origin; what `Client` needs of one."""

    envoy: Envoy
    origin: Keeper
    service: Service

    def last(self) -> Came:
        """The request that came last."""
        return self.origin.came[-1]


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """One worker thread, whose global limits a service of the test's counts."""
    wasm, outwork, run = build.filter(), build.command(), tmp_path_factory.mktemp("envoy")
    made = stack.Built(wasm, outwork, build.bundle(outwork, POLICY, tmp_path_factory.mktemp("policy") / "transactions.bundle"))
    origin, service = Keeper(), Service()
    template = global_limits.patient_template(run, service.port)
    assert ORIGIN in template.read_text()
    template.write_text(template.read_text().replace(ORIGIN, ORIGIN + TRAILERS))
    options = ("--global-cluster", "ratelimit", "--global-timeout", "10000")
    try:
        with stack.start(run, made, Ports(origin=origin.server.server_address[1]), template=template, options=options, concurrency=1, env=ENVIRONMENT) as envoy:
            yield Edge(envoy, origin, service)
    finally:
        origin.close()
        service.close()


def send(edge: Edge, version: str, path: str, body: bytes = b"", headers: list = (), **more) -> tuple[int, dict, bytes]:
    """The answer to a POST."""
    with Client(edge, version) as client:
        return client.ask("POST", path, list(headers), body, **more)


def verifier() -> Verifier:
    """What an origin has: the key for evidence alone."""
    # RFC 5869, of one block.
    key = hmac.digest(hmac.digest(bytes(32), SECRET, "sha256"), b"outwork/v1/evidence\x01", "sha256")
    return Verifier({"test": key})


def headed(came: Came) -> Head:
    """What the origin knows of a request before it has the body."""
    return verifier().head(came.arrived(), time.time())


def verified(came: Came) -> Risk:
    """What the origin knows of a request, body and all."""
    return headed(came).with_body(came.body)


def digest(body: bytes) -> str:
    """Its Content-Digest."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("more", [{}, {"length": False}, {"length": False, "trailers": [("x-more", "1")]}])
@pytest.mark.parametrize("body", [b"", b"amount=12", b"x" * 1024])
def test_a_body_arrives_as_it_was_sent_under_a_signature_that_covers_it(edge, version, more, body):
    status, _, _ = send(edge, version, "/pay?to=a", body, [("content-type", "application/x-www-form-urlencoded")], **more)
    came = edge.last()
    assert (status, came.body, came.target) == (200, body, "/pay?to=a")
    risk = verified(came)
    assert (risk.transaction, risk.body) == ("pay", Body.BOUND)
    assert came.header("content-digest") == [digest(body)]


def test_what_was_changed_behind_the_edge_is_refused_and_so_is_a_replay(edge):
    send(edge, "h2", "/pay", b"amount=12")
    came = edge.last()
    head = headed(came)
    assert head.with_body(came.body).transaction == "pay"
    with pytest.raises(Refusal, match="digest"):
        head.with_body(b"amount=1200000")
    forged = [(name, digest(b"amount=1200000") if name == "content-digest" else value) for name, value in came.headers]
    with pytest.raises(Refusal, match="signature"):
        verified(Came(came.method, came.target, forged, b"amount=1200000"))
    with pytest.raises(Refusal, match="digest"):
        verified(Came(came.method, came.target, [(name, value) for name, value in came.headers if name != "content-digest"], came.body))
    for changed in (Came("PUT", came.target, came.headers, came.body), Came(came.method, "/pay/other", came.headers, came.body)):
        with pytest.raises(Refusal, match="signature"):
            verified(changed)
    cache = MemoryReplayCache()
    assert cache.first(head.nonce, head.until)
    assert not cache.first(headed(came).nonce, head.until)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("length", [True, False])
def test_over_the_cap_the_policy_decides(edge, version, length):
    before = len(edge.origin.came)
    status, headers, body = send(edge, version, "/pay", b"x" * 1025, length=length)
    assert (status, headers["content-type"]) == (413, "application/problem+json"), body
    assert json.loads(body)["status"] == 413 and len(edge.origin.came) == before
    large = bytes(range(256)) * 1_200
    assert send(edge, version, "/report", large, length=length)[0] == 200
    came = edge.last()
    assert came.body == large
    assert verified(came).body == Body.UNBOUND and not came.header("content-digest")
    assert send(edge, version, "/report", b"short", length=length)[0] == 200
    assert verified(edge.last()).body == Body.BOUND


@pytest.mark.parametrize("version", VERSIONS)
def test_a_cap_may_be_larger_than_what_is_held_of_a_connection(edge, version):
    for length in (True, False):
        assert send(edge, version, "/large", b"x" * 65_536, length=length)[0] == 200
        assert verified(edge.last()).body == Body.BOUND
        status, headers, _ = send(edge, version, "/large", b"x" * 65_537, length=length)
        assert (status, headers["content-type"]) == (413, "application/problem+json"), "the filter's own answer"


def test_a_clients_own_digest_is_kept_where_it_is_right_and_refused_where_it_is_wrong(edge):
    own = f"sha-512=:{base64.b64encode(hashlib.sha512(b'a=1').digest()).decode()}:"
    for sent, status, expected in [
        ([digest(b"a=1")], 200, digest(b"a=1")),
        ([own], 200, f"{own}, {digest(b'a=1')}"),
        (["nonsense;;"], 200, digest(b"a=1")),
        ([digest(b"a=1"), digest(b"a=1")], 200, digest(b"a=1")),
        ([digest(b"a=2")], 400, None),
        ([digest(b"a=1"), digest(b"a=2")], 400, None),
    ]:
        before = len(edge.origin.came)
        answer = send(edge, "h2", "/pay", b"a=1", [("content-digest", value) for value in sent])
        assert answer[0] == status, sent
        if expected is None:
            assert len(edge.origin.came) == before and json.loads(answer[2])["status"] == 400
        else:
            verified(edge.last())
            assert edge.last().header("content-digest") == [expected], sent


def test_nothing_that_a_client_says_of_transactions_reaches_the_origin(edge):
    forged = [("outwork-risk", 'risk=0, transaction="pay";body=bound'), ("signature", "outwork=:AA==:"), ("signature-input", 'outwork=("content-digest")')]
    assert send(edge, "h2", "/pay", b"a=1", forged)[0] == 200
    assert len(edge.last().header("outwork-risk")) == 1
    assert verified(edge.last()).body == Body.BOUND
    assert send(edge, "h2", "/elsewhere", b"a=1", forged)[0] == 200
    assert (verified(edge.last()).transaction, headed(edge.last()).binds_body) == (None, False)


def test_nothing_of_ours_comes_in_trailers(edge):
    ours = [("outwork-risk", "risk=0"), ("outwork-more", "1"), ("signature", "a=:AA==:, outwork=:AA==:"), ("signature-input", "a=();x, outwork=()"), ("x-more", "1")]
    left = ["signature-input: a=();x", "signature: a=:aa==:", "x-more: 1"]
    for path, kept in (("/pay", []), ("/elsewhere", ["content-digest: sha-256=:aa==:"])):
        sent = [*ours, ("content-digest", "sha-256=:AA==:")]
        assert send(edge, "h2", path, b"a=1", length=False, trailers=sent)[0] == 200
        assert sorted(edge.last().trailers) == sorted([*left, *kept]), path
    assert send(edge, "h2", "/pay", b"a=1", length=False, trailers=ours[:2])[0] == 200
    assert (edge.last().trailers, edge.last().body) == ([], b"a=1"), "none is left"
    assert verified(edge.last()).body == Body.BOUND


def test_without_a_window_it_is_challenged_and_goes_on_once_that_is_passed(edge):
    before = len(edge.origin.came)
    status, headers, body = send(edge, "h2", "/checkout", b"amount=12", [("accept", "application/json")])
    assert (status, headers["content-type"]) == (403, "application/problem+json")
    challenge = json.loads(body)["challenge"]
    assert send(edge, "h2", "/checkout", b"amount=12", [("accept", "text/html"), ("sec-fetch-mode", "navigate")])[1]["content-type"].startswith("text/html")
    assert len(edge.origin.came) == before
    number = next(n for n in range(1 << 20) if hashlib.sha256(f"{challenge['token']}:{n}".encode()).digest()[0] >> 8 - challenge["bits"] == 0)
    answer = json.dumps({"challenge": challenge["token"], "answer": str(number)}).encode()
    status, headers, _ = send(edge, "h2", challenge["answer_to"], answer, [("accept", "application/json"), ("content-type", "application/json")])
    assert status == 200
    cookie = headers["set-cookie"].split(";")[0]
    assert send(edge, "h2", "/checkout", b"amount=12", [("accept", "application/json"), ("cookie", cookie)])[0] == 200
    risk = verified(edge.last())
    assert (risk.transaction, risk.body, risk.window) == ("checkout", Body.BOUND, "none")
    assert "challenge.cleared" in risk.reasons and "transaction.checkout" in risk.reasons
    assert send(edge, "h2", "/told", b"amount=12")[0] == 200
    risk = verified(edge.last())
    assert (risk.transaction, risk.body, risk.verdict) == ("told", Body.NONE, "tag")


def test_a_limit_refuses_before_the_body_is_there(edge):
    assert [send(edge, "h2", "/pay/limited", b"a=1")[0] for _ in range(2)] == [200, 200]
    with Client(edge, "http/1.1") as client:
        # Of the body nothing is sent: whoever is refused by it is told at once.
        client.socket.sendall(f"POST /pay/limited HTTP/1.1\r\nhost: {client.authority}\r\ncontent-length: 900\r\n\r\n".encode())
        assert b" 429 " in client.socket.recv(65536).split(b"\r\n")[0]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("delay", [0.0, 0.05])
def test_a_service_and_a_body_are_waited_for_together_and_asked_once(edge, version, delay):
    edge.service.says, edge.service.delay = OK, lambda: delay
    edge.service.asked.clear()
    for body in (b"", b"amount=12", b"x" * 1024):
        assert send(edge, version, "/pay/global", body, length=False)[0] == 200
        assert verified(edge.last()).body == Body.BOUND and edge.last().body == body
    assert len(edge.service.asked) == 3
    before = len(edge.origin.came)
    assert send(edge, version, "/pay/global", b"x" * 40_000, length=False)[0] == 413
    edge.service.says = OVER
    assert send(edge, version, "/pay/global", b"amount=12", length=False)[0] == 429
    assert len(edge.origin.came) == before


def test_a_body_may_take_its_time_and_the_signature_is_as_old_as_its_end(edge):
    with Client(edge, "http/1.1") as client:
        client.socket.sendall(f"POST /pay HTTP/1.1\r\nhost: {client.authority}\r\ncontent-length: 9\r\n\r\namount".encode())
        time.sleep(2.2)
        began = int(time.time())
        client.socket.sendall(b"=12")
        assert b" 200 " in client.socket.recv(65536).split(b"\r\n")[0]
    verified(edge.last())
    created = edge.last().header("signature-input")[0].split("created=")[1].split(";")[0]
    assert int(created) >= began


def test_who_expects_to_be_told_to_go_on_is_told(edge):
    url = f"https://localhost:{edge.envoy.ports.https}/pay"
    argv = ["curl", "-sk", "--http1.1", "-o", "/dev/null", "-w", "%{http_code} %{time_total}", "-H", "expect: 100-continue", "--expect100-timeout", "120", "--data-binary", "amount=12", url]
    status, took = subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split()
    assert status == "200" and float(took) < 30, "it did not wait until it gave up"
    assert verified(edge.last()).body == Body.BOUND


def test_who_stops_half_way_harms_nobody(edge):
    for _ in range(200):
        half = socket.create_connection(("127.0.0.1", edge.envoy.ports.http), 60)
        half.sendall(b"POST /pay HTTP/1.1\r\nhost: localhost\r\ncontent-length: 900\r\n\r\namount")
        half.close()
    before = len(edge.origin.came)
    assert send(edge, "h2", "/pay", b"amount=12")[0] == 200
    assert len(edge.origin.came) == before + 1 and verified(edge.last()).body == Body.BOUND
    assert not edge.envoy.traps()


def test_transactions_are_counted_by_what_became_of_their_bodies(edge):
    counted = edge.envoy.stats(r"outwork_transactions\.")
    assert counted["wasmcustom.outwork_transactions.transaction.pay.body.bound"] > 0
    assert counted["wasmcustom.outwork_transactions.transaction.report.body.unbound"] > 0
    text = edge.envoy.admin("/stats/prometheus?filter=outwork_transactions")
    assert 'outwork_transactions{' in text and 'transaction="pay"' in text and 'body="bound"' in text
    errors = edge.envoy.stats(r"^wasmcustom\.outwork_request_errors\.")
    assert errors and not any(errors.values()), errors
