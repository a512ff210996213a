"""What the filter answers itself, over the real Envoy: the list of tests/endpoints in both protocols, caps, trailers, and a flood."""

from __future__ import annotations

import hashlib
import json
import re
import socket
import ssl
import subprocess
from pathlib import Path

import h2.config
import h2.connection
import h2.events
import pytest
from answer import read
from test_filter import wait

ROOT = Path(__file__).resolve().parents[2]
PREFIX = "/.well-known/outwork/"
SCRIPT = (ROOT / "beacon/dist/beacon.js").read_text()
ID = hashlib.sha256(SCRIPT.encode()).hexdigest()[:16]
ANSWERS = json.loads((ROOT / "tests/endpoints/answers.json").read_text())
# What Envoy adds to every response, and what says only how long the body is.
HOP = {"date", "server", "content-length", "vary", "connection", "x-envoy-upstream-service-time"}
BATCH = {"content-type": "application/octet-stream"}


def requests(origin: str) -> list[dict]:
    """The list, for a host at this origin."""
    text = (ROOT / "tests/endpoints/requests.json").read_text().replace("{beacon-id}", ID).replace("{origin}", origin)
    return json.loads(text.replace("{authority}", origin.split("//")[1]))


def body_of(request: dict) -> bytes:
    """Its body."""
    body = request.get("body", {})
    return bytes(body.get("zeros", 0)) + body.get("text", "").encode() + bytes.fromhex(body.get("hex", ""))


def joined(fields) -> dict[str, str]:
    """Headers by name; what is sent more than once stands behind commas, for the comparison alone."""
    known: dict[str, str] = {}
    for name, value in fields:
        known[name] = f"{known[name]},{value}" if name in known else value
    return known


class Client:
    """One connection for one request, so that what is sent is exactly what is asked for."""

    def __init__(self, edge, version: str) -> None:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_alpn_protocols([version])
        self.authority = f"localhost:{edge.envoy.ports.https}"
        self.socket = context.wrap_socket(socket.create_connection(("127.0.0.1", edge.envoy.ports.https), 60), server_hostname="localhost")
        self.version = version

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def ask(self, method: str, path: str, headers: list = (), body: bytes = b"", *, length: bool = True, trailers: list = ()) -> tuple[int, dict, bytes]:
        """Status, headers and body of the answer."""
        own = [*headers, *([("content-length", str(len(body)))] if length and (body or method == "POST") else [])]
        return (self.two if self.version == "h2" else self.one)(method, path, own, body, length, trailers)

    def one(self, method, path, headers, body, length, _) -> tuple[int, dict, bytes]:
        chunked = not length and body
        lines = [f"{method} {path} HTTP/1.1", f"host: {self.authority}", "connection: close", *(f"{name}: {value}" for name, value in headers), *(["transfer-encoding: chunked"] if chunked else [])]
        sent = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) if chunked else body
        try:
            self.socket.sendall("\r\n".join([*lines, "", ""]).encode() + sent)
        except (ConnectionError, ssl.SSLError):
            pass  # It was answered before it was sent.
        head, _, rest = read(self.socket, method).partition(b"\r\n\r\n")
        status, *fields = head.decode("latin1").split("\r\n")
        return int(status.split()[1]), joined((line.partition(":")[0].lower(), line.partition(":")[2].strip()) for line in fields), rest

    def two(self, method, path, headers, body, _, trailers) -> tuple[int, dict, bytes]:
        session = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8", validate_outbound_headers=False))
        session.initiate_connection()
        pseudo = [(":method", method), (":authority", self.authority), (":scheme", "https"), (":path", path)]
        session.send_headers(1, [*pseudo, *headers], end_stream=not body and not trailers)
        rest, status, fields, answer, sent = body, 0, {}, b"", not body and not trailers
        while True:
            while not sent and (room := min(session.local_flow_control_window(1), session.max_outbound_frame_size, len(rest)) or (not rest)):
                part, rest = rest[:room], rest[room:]
                last = not rest
                if part:
                    session.send_data(1, part, end_stream=last and not trailers)
                if last:
                    if trailers:
                        session.send_headers(1, trailers, end_stream=True)
                    sent = True
            self.socket.sendall(session.data_to_send())
            data = self.socket.recv(65536)
            assert data, "the connection ended without an answer"
            for event in session.receive_data(data):
                if isinstance(event, h2.events.ResponseReceived):
                    fields = joined(event.headers)
                    status = int(fields.pop(":status"))
                elif isinstance(event, h2.events.DataReceived):
                    answer += event.data
                    session.acknowledge_received_data(event.flow_controlled_length, 1)
                elif isinstance(event, h2.events.StreamEnded):
                    return status, fields, answer
                elif isinstance(event, h2.events.StreamReset):
                    assert status, "the stream was reset without an answer"
                    return status, fields, answer


def without_chance(status: int, headers: dict, body: bytes, method: str) -> dict:
    """The answer as answers.json has it."""
    text = body.decode()
    said = {name: value.replace(ID, "{beacon-id}") for name, value in headers.items() if name not in HOP}
    if text == SCRIPT or (method == "HEAD" and headers.get("content-length") == str(len(SCRIPT.encode()))):
        return {"status": status, "headers": said, "body": "{beacon.js}"}
    if '"reference"' in text:
        return {"status": status, "headers": said, "body": {**json.loads(text), "reference": "{reference}"}}
    return {"status": status, "headers": said, "body": text}


@pytest.mark.parametrize("version", ["http/1.1", "h2"])
def test_each_request_is_answered_as_natively_and_none_reaches_the_origin(edge, version):
    edge.echo.seen.clear()
    wrong = []
    origin = f"https://localhost:{edge.envoy.ports.https}"
    for request in requests(origin):
        method, name = request["request"].split(" ", 1)
        with Client(edge, version) as client:
            answer = client.ask(method, PREFIX + name, request.get("headers", []), body_of(request))
        got = without_chance(*answer, method)
        if got != ANSWERS[request["name"]]:
            wrong.append((request["name"], got, ANSWERS[request["name"]]))
    assert not wrong, json.dumps(wrong, indent=1)
    assert edge.echo.seen == {}


@pytest.mark.parametrize("version", ["http/1.1", "h2"])
@pytest.mark.parametrize("size", [1, 8_192, 8_193, 100_000, 1_048_577])
def test_a_body_of_unknown_length_is_read_up_to_its_cap(edge, version, size):
    with Client(edge, version) as client:
        status, _, body = client.ask("POST", f"{PREFIX}beacon", list(BATCH.items()), bytes(size), length=False)
    assert (status == 413) == (size > 8_192), (status, body)
    assert f"{PREFIX}beacon" not in edge.echo.seen


def test_trailers_do_not_carry_a_body_past_the_filter(edge):
    with Client(edge, "h2") as client:
        status, _, _ = client.ask("POST", f"{PREFIX}beacon", list(BATCH.items()), bytes(100), length=False, trailers=[("x-more", "1")])
    assert 400 <= status < 500
    with Client(edge, "h2") as client:
        status, _, _ = client.ask("POST", f"{PREFIX}hello", [], b"", length=False, trailers=[("x-more", "1")])
    assert status < 500
    assert not [path for path in edge.echo.seen if path.startswith(PREFIX)]


def test_ordinary_bodies_go_through_untouched(edge):
    with Client(edge, "h2") as client:
        status, _, body = client.ask("POST", "/upload", [("content-type", "application/octet-stream")], bytes(300_000), trailers=[("x-more", "1")])
    assert status == 200
    assert dict(json.loads(body)["headers"])["content-length"] == "300000"


def test_another_spelling_of_the_path_is_normalized_before_it_is_judged(edge):
    edge.echo.seen.clear()
    for path in ("/x/../.well-known/outwork/nothing", "/.well-known//outwork/nothing", "/%2Ewell-known/outwork/nothing"):
        with Client(edge, "http/1.1") as client:
            assert client.ask("GET", path)[0] == 404, path
    assert edge.echo.seen == {}


def test_answers_are_counted_by_endpoint_and_class(edge):
    def counted():
        text = edge.envoy.admin("/stats/prometheus?filter=outwork_endpoints")
        found = re.search(r'^outwork_endpoints\{(?=[^}]*endpoint="script")(?=[^}]*class="2xx")[^}]*\} (\d+)$', text, re.M)
        return int(found[1]) if found else 0

    before = counted()
    assert edge.curl(f"{PREFIX}beacon.js") == "200"
    assert counted() == before + 1
    errors = edge.envoy.stats(r"^wasmcustom\.outwork_request_errors\.")
    assert errors and not any(errors.values()), errors


def test_a_flood_of_junk_leaves_memory_flat(edge, tmp_path):
    """Half of it says too much, half of it ends in the middle of its body; then as much again takes no more memory."""
    script = tmp_path / "junk.lua"
    script.write_text(JUNK)

    def flood(seconds: int) -> int:
        argv = ["wrk", "-t1", "-c32", f"-d{seconds}s", "-s", script, edge.url(f"{PREFIX}beacon", "http")]
        sent = 0
        while sent < 4_000:
            told = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
            sent += int(re.search(r"(\d+) requests in", told)[1])
        for _ in range(300):
            half = socket.create_connection(("127.0.0.1", edge.envoy.ports.http), 60)
            half.sendall(f"POST {PREFIX}beacon HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/octet-stream\r\ncontent-length: 8000\r\n\r\n".encode() + bytes(4_000))
            half.close()
        # What they left is given back when Envoy has heard that they are gone.
        wait(lambda: edge.envoy.stats(r"^http\.edge\.downstream_cx_active$") == {"http.edge.downstream_cx_active": 0})
        return edge.envoy.memory()

    first = flood(4)
    second = flood(4)
    assert second - first < 4 << 20, (first, second)
    assert f"{PREFIX}beacon" not in edge.echo.seen
    assert not edge.envoy.traps()


JUNK = """
local kinds = {"application/octet-stream", "text/plain", "application/octet-stream"}
local sizes = {8192, 100, 9000}
local n = 0
request = function()
  n = n + 1
  local at = n % 3 + 1
  local body = string.rep(string.char(n % 251), sizes[at])
  return wrk.format("POST", nil, {["content-type"] = kinds[at], ["x-junk"] = tostring(n)}, body)
end
"""
