"""A real Chromium in front of a real Envoy: what it does becomes what the origin is told."""

from __future__ import annotations

import re
import time
import urllib.error
import urllib.request
import ssl
from pathlib import Path

import pytest
from chromium import known, wander
from edge import PREFIX, Edge
from playwright.sync_api import Browser, Page, expect

HERE = Path(__file__).resolve().parent
AXE = (HERE / "node_modules/axe-core/axe.min.js").read_text()
MOST = 15 * 1024


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong, with the elements."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)")
    return [f"{one['id']}: {one['help']} ({[node['target'] for node in one['nodes']]})" for one in found]


def test_what_a_browser_does_reaches_the_origin(page: Page, edge: Edge) -> None:
    page.goto(edge.url("/a"))
    before = edge.risk("/a")
    assert before["window"] == "none" and "seen.movement" not in before["reasons"]
    with page.expect_response("**/beacon") as sent:
        for _ in range(2):
            wander(page, 40)
        page.click("#buy")
    assert sent.value.status == 204
    page.goto(edge.url("/b"))
    after = edge.risk("/b")
    assert after["window"] == "inside" and "seen.movement" in after["reasons"], after
    assert "behaviour" in after and float(after["confidence"]) > float(before["confidence"])
    cookies = page.context.cookies()
    assert [(cookie["name"], cookie["httpOnly"], cookie["secure"], cookie["sameSite"]) for cookie in cookies] == [("__Host-outwork", True, True, "Lax")]
    assert len(cookies[0]["name"] + cookies[0]["value"]) + 1 <= 400
    assert not [path for path in edge.reached() if path.startswith(PREFIX)]


def test_a_page_that_is_left_counts_for_the_next(page: Page, edge: Edge) -> None:
    page.goto(edge.url("/leaving"))
    wander(page, 40)
    known(page)
    edge.until(page, lambda told: told["window"] == "inside")


def test_single_pages_and_the_cache_go_on_with_one_session(page: Page, edge: Edge) -> None:
    statuses: list[int] = []
    page.on("response", lambda answer: statuses.append(answer.status) if answer.url.endswith("/beacon") else None)
    page.goto(edge.url("/app"))
    for step in range(3):
        wander(page, 30)
        page.evaluate(f"history.pushState({{}}, '', '/app/{step}')")
        page.wait_for_timeout(1_500)
    page.goto(edge.url("/other"))
    page.evaluate("history.back()")
    page.wait_for_url("**/app/2", wait_until="commit")
    wander(page, 30)
    page.click("#buy")
    until = time.monotonic() + 60
    while len(statuses) < 2 and time.monotonic() < until:
        page.wait_for_timeout(100)
    page.wait_for_timeout(1_500)
    assert len(statuses) >= 2 and set(statuses) == {204}, statuses


@pytest.mark.parametrize("path", ["/consent", "/plain"])
def test_without_consent_there_is_no_session(page: Page, edge: Edge, path: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(edge.url(path))
    wander(page, 40)
    page.goto(edge.url("/plain"))
    assert not [url for url in asked if url.endswith(("hello", "beacon"))]
    assert page.context.cookies() == []


def test_global_privacy_control_leaves_nothing(browser: Browser, edge: Edge) -> None:
    context = browser.new_context(ignore_https_errors=True, extra_http_headers={"sec-gpc": "1"})
    page = context.new_page()
    page.goto(edge.url("/gpc"))
    wander(page, 40)
    page.click("#buy")
    page.wait_for_timeout(1_500)
    assert context.cookies() == [], "the edge opens no session, even for a script that does not know the signal"
    assert page.evaluate("fetch('/.well-known/outwork/hello', { method: 'POST' }).then(({ status }) => status)") == 204
    page.goto(edge.url("/protected"))
    page.wait_for_selector("#buy")
    assert edge.risk("/protected")["window"] == "none", "the challenge is passed, and nothing was observed"
    context.close()


def test_a_strict_page_needs_nothing_more(page: Page, edge: Edge) -> None:
    page.goto(edge.url("/strict"))
    with page.expect_response("**/beacon") as sent:
        wander(page, 60)
        page.click("#buy")
    assert sent.value.status == 204


def test_a_challenge_is_passed_without_a_click(page: Page, edge: Edge) -> None:
    started = time.monotonic()
    first = page.goto(edge.url("/protected?q=1"))
    assert first.status == 403
    page.wait_for_selector("#buy")
    passed = time.monotonic() - started
    assert page.url == edge.url("/protected?q=1"), "the query is kept"
    print(f"passed in {passed:.2f} s")
    assert page.goto(edge.url("/protected/more")).status == 200, "the clearance lasts"


def test_the_challenge_with_all_that_it_loads_is_small(page: Page, edge: Edge) -> None:
    html = page.request.get(edge.url("/protected?q=" + "x" * 200), headers={"accept": "text/html"}).body()
    names = re.findall(rb'(?:src|href)="(/[^"?]*)"', html)
    files = {name: page.request.get(edge.url(name.decode())).body() for name in names if name.endswith((b".js", b".css"))}
    size = len(html) + sum(map(len, files.values()))
    print(f"{size} bytes")
    assert len(files) == 2 and size <= MOST


def test_touch_and_keyboard_only_visitors_pass(browser: Browser, edge: Edge) -> None:
    context = browser.new_context(ignore_https_errors=True, has_touch=True, is_mobile=True, reduced_motion="reduce", forced_colors="active")
    page = context.new_page()
    page.goto(edge.url("/protected"))
    page.keyboard.press("Tab")
    page.wait_for_selector("#buy")
    context.close()


def test_without_scripts_waiting_is_the_way(browser: Browser, edge: Edge) -> None:
    context = browser.new_context(ignore_https_errors=True, java_script_enabled=False)
    page = context.new_page()
    assert page.goto(edge.url("/protected?q=2")).status == 403
    page.wait_for_selector("#buy")
    assert page.url == edge.url("/protected?q=2")
    context.close()


def test_a_form_that_was_sent_is_not_lost_in_silence(page: Page, edge: Edge) -> None:
    page.goto(edge.url("/plain"))
    form = "document.body.innerHTML = '<form method=post action=/protected/form><button id=go>go</button></form>'"
    page.evaluate(form)
    page.click("#go")
    expect(page.locator("#outwork-back")).to_be_focused()
    assert "has not arrived" in page.locator("main").inner_text()
    assert "/protected/form" not in edge.reached()
    page.keyboard.press("Enter")
    page.wait_for_url("**/plain", wait_until="commit")
    page.evaluate(form)
    page.click("#go")
    page.wait_for_selector("#buy")
    assert [method for method, path, _ in edge.site.requests if path == "/protected/form"] == ["POST"]


def test_a_script_that_only_keeps_cookies_stays_outside(edge: Edge) -> None:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    jar: dict[str, str] = {}

    def ask(path: str, data: bytes | None = None) -> int:
        headers = {"user-agent": "Mozilla/5.0", "accept": "text/html", **({"cookie": "; ".join(f"{name}={value}" for name, value in jar.items())} if jar else {})}
        try:
            answer = urllib.request.urlopen(urllib.request.Request(edge.url(path), data, headers), context=context)
        except urllib.error.HTTPError as error:
            answer = error
        for cookie in answer.headers.get_all("set-cookie") or []:
            name, value = re.match(r"([^=]+)=([^;]*)", cookie).groups()
            jar[name] = value
        return answer.status

    assert ask("/protected") == 403
    assert ask(PREFIX + "hello", b"") == 200 and jar
    for _ in range(5):
        assert ask("/protected") == 403


@pytest.mark.parametrize("path", ["/protected", "/blocked", PREFIX + "lab"])
def test_pages_of_ours_are_accessible(browser: Browser, edge: Edge, path: str) -> None:
    for scheme in ("light", "dark"):
        context = browser.new_context(ignore_https_errors=True, color_scheme=scheme)
        page = context.new_page()
        # The challenge's page is looked at before its script has passed it on.
        page.route("**/challenge", lambda route: None)
        page.goto(edge.url(path))
        assert violations(page) == []
        context.close()


def test_the_lab_shows_what_is_sent_and_what_becomes_of_it(page: Page, edge: Edge) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(edge.url(PREFIX + "lab"))
    page.keyboard.press("Tab")
    expect(page.locator("#start")).to_be_focused()
    page.keyboard.press("Enter")
    wander(page, 60)
    expect(page.locator("#total")).to_have_text(re.compile(r"\d+"))
    assert "seen.movement" in page.locator("#reasons").inner_text()
    assert page.locator("#features tr").count() > 10
    assert page.locator("#bytes tr").count() > 50
    assert re.search(r"\d+ points over \d+ pixels", page.locator("#path-text").inner_text())
    assert page.locator("#bytes").inner_text().startswith("01\tversion 1 of the format")
    assert violations(page) == []
    assert not said, said
