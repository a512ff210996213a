"""Pages through a real Envoy with the inserting filter: the list of pages.json whole and in chunks, and all that must not be touched."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
import yaml
from harness import build, certificate, edge, paths, stack
from harness import envoy as program
from harness.edge import Ports
from harness.envoy import Envoy
from origin import Quiet

HERE = Path(__file__).resolve().parent
SCENARIO = paths.ROOT / "envoy-config" / "insert" / "envoy.yaml"
TAG = '<script src="/.well-known/outwork/beacon.js" async></script>'
PAGES = [page["becomes"] for page in json.loads((HERE / "pages.json").read_text())]
PAGE = "<!doctype html><html><head><title>a</title></head><body>b</body></html>"
BECOMES = PAGE.replace("</head>", f"{TAG}</head>")


class Pages:
    """An origin: what it sends next is set by the test, in chunks with a moment between them."""

    def __init__(self) -> None:
        self.status, self.headers, self.chunks, self.asked = 200, {"content-type": "text/html"}, [], {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                outer.asked = {name.lower(): value for name, value in self.headers.items()}
                # The next test may set another answer as soon as these headers have gone out, where no body follows them.
                status, chunks, bodiless = outer.status, outer.chunks, self.command == "HEAD" or outer.status == 304
                self.send_response(status)
                whole = len(chunks) == 1 or bodiless
                for name, value in outer.headers.items():
                    self.send_header(name, value)
                length = sum(map(len, chunks))
                self.send_header(*("content-length", str(length)) if whole else ("transfer-encoding", "chunked"))
                self.end_headers()
                if bodiless:
                    return
                for chunk in chunks:
                    self.wfile.write(chunk if whole else b"%x\r\n%s\r\n" % (len(chunk), chunk))
                    self.wfile.flush()
                    time.sleep(0 if whole else 0.02)
                self.wfile.write(b"" if whole else b"0\r\n\r\n")

            do_GET = do_HEAD = answer

            def log_message(self, *_: object) -> None:
                pass

        self.server = Quiet(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def serves(self, *chunks: str | bytes, status: int = 200, **headers: str) -> None:
        """What it answers from now on; a header's name with underscores."""
        self.status = status
        self.headers = {"content-type": "text/html; charset=utf-8"} | {name.replace("_", "-"): value for name, value in headers.items()}
        self.chunks = [chunk.encode() if isinstance(chunk, str) else chunk for chunk in chunks if chunk] or [b""]

    def close(self) -> None:
        """Stops listening."""
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Pages, Envoy]]:
    """The origin and the Envoy in front of it."""
    run, pages = tmp_path_factory.mktemp("insert"), Pages()
    made, module = stack.built(paths.ROOT / "tests" / "endpoints" / "policy"), build.insert()
    template = run / "template.yaml"
    template.write_text(SCENARIO.read_text().replace("/etc/outwork/outwork_insert.wasm", str(module)))
    try:
        with stack.start(run, made, Ports(origin=pages.server.server_address[1]), template=template) as envoy:
            yield pages, envoy
    finally:
        pages.close()


def ask(site, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    """What a client gets."""
    _, envoy = site
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(f"http://127.0.0.1:{envoy.ports.http}/page", method=method, headers=sent)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, {name.lower(): value for name, value in error.headers.items()}, error.read()


@pytest.mark.parametrize("becomes", PAGES)
def test_each_page_becomes_what_the_list_says(site, becomes):
    site[0].serves(becomes.replace("{tag}", ""))
    _, headers, body = ask(site)
    assert body.decode() == becomes.replace("{tag}", TAG)
    assert headers.get("content-length") is None or not body


@pytest.mark.parametrize("size", [1, 7, 30])
def test_a_page_in_chunks_has_one_tag_in_its_head_or_right_behind_it(site, size):
    site[0].serves(*(PAGE[at : at + size] for at in range(0, len(PAGE), size)))
    _, _, body = ask(site)
    assert body.decode() in (BECOMES, PAGE.replace("</head>", f"</head>{TAG}"))


def test_a_large_page_comes_through_whole_and_as_it_is_sent(site):
    filler = "x" * 1_000_000
    site[0].serves("<head></head><body>", *[filler] * 4)
    _, _, body = ask(site)
    assert body.decode() == f"<head>{TAG}</head><body>{filler * 4}"


@pytest.mark.parametrize(
    "served",
    [
        {"content_type": "application/json"}, {"content_type": "text/plain"}, {"content_type": "application/xhtml+xml"},
        {"content_encoding": "gzip"}, {"content_encoding": "br"}, {"cache_control": "max-age=5, no-transform"}, {"status": 404}, {"status": 206, "content_range": "bytes 0-9/99"},
    ],
)
def test_what_is_no_plain_page_is_not_touched(site, served):
    site[0].serves(PAGE, etag='"a"', **served)
    status, headers, body = ask(site)
    assert (status, body.decode(), headers["etag"], headers["content-length"]) == (served.get("status", 200), PAGE, '"a"', str(len(PAGE)))


def test_head_and_304_are_not_touched(site):
    site[0].serves(PAGE, etag='"a"')
    status, headers, _ = ask(site, "HEAD")
    assert (status, headers["content-length"], headers["etag"]) == (200, str(len(PAGE)), '"a"')
    site[0].serves("", status=304, etag='"a"')
    status, headers, body = ask(site, if_none_match='"a"')
    assert (status, headers["etag"], body) == (304, '"a"', b"")


def test_what_a_script_fetches_is_not_touched(site):
    site[0].serves(PAGE)
    assert ask(site, sec_fetch_dest="empty")[2].decode() == PAGE
    assert ask(site, sec_fetch_dest="document")[2].decode() == BECOMES


def test_what_is_no_longer_true_is_not_said_and_the_policy_of_content_stays(site):
    policy = "default-src 'none'; script-src 'nonce-abc'"
    site[0].serves(PAGE, etag='"a"', accept_ranges="bytes", content_security_policy=policy, content_digest="sha-256=:x:")
    _, headers, _ = ask(site)
    assert headers["etag"] == 'W/"a"' and headers["content-security-policy"] == policy
    assert not {"accept-ranges", "content-digest", "content-length"} & set(headers)


def test_the_origin_is_asked_for_plain_pages_and_clients_get_compressed_ones(site):
    site[0].serves(PAGE.replace("b", "b" * 4_000, 1))
    _, headers, body = ask(site, accept_encoding="gzip")
    assert headers["content-encoding"] == "gzip" and TAG in gzip.decompress(body).decode()
    assert "accept-encoding" not in site[0].asked


def test_clients_that_leave_in_the_middle_leave_nothing(site):
    pages, envoy = site
    pages.serves(*["<p>x"] * 50)
    before = envoy.memory()
    for _ in range(100):
        with socket.create_connection(("127.0.0.1", envoy.ports.http), 60) as gone:
            gone.sendall(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n")
            gone.recv(100)
    assert envoy.memory() - before < 8 << 20
    assert not envoy.traps()


def test_a_configuration_that_does_not_say_when_to_start_is_refused(tmp_path):
    text = SCENARIO.read_text().replace("/etc/outwork/outwork_insert.wasm", str(build.insert()))
    (tmp_path / "template.yaml").write_text(text.replace('{"start": "consent"}', "{}"))
    file = edge.configuration(tmp_path, Ports(origin=1), certificate.certificate(), tmp_path / "template.yaml")
    edge.watched(tmp_path).write_text('{"resources": []}')
    code, said = program.validate(file, edge.keys())
    assert code != 0 and "missing field `start`" in said, said


def test_the_scenario_is_the_edge_with_these_filters_and_nothing_else():
    own, same = (yaml.safe_load(path.read_text()) for path in (SCENARIO, edge.TEMPLATE))
    for listener in own["static_resources"]["listeners"]:
        for chain in listener["filter_chains"]:
            (manager,) = [one["typed_config"] for one in chain["filters"] if "http_connection_manager" in one["name"]]
            manager["http_filters"] = [one for one in manager["http_filters"] if one["name"] not in ("outwork.insert", "envoy.filters.http.compressor")]
    assert own == same
