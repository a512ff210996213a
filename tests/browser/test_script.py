"""The script in a real Chromium, with endpoints that the test answers."""

from __future__ import annotations

import hashlib
import subprocess

import pytest
from chromium import UNHURRIED, known, storm, wander
from playwright.sync_api import Browser, Page
from stub import KEY, Stub


def url(stub: Stub, path: str = "/") -> str:
    return f"http://localhost:{stub.port}{path}"


def test_movement_and_a_click_arrive_signed(page: Page, stub: Stub) -> None:
    page.goto(url(stub))
    wander(page)
    page.click("#buy")
    stub.wait(lambda: "up" in [event.kind for event in stub.events()], page)
    blob, events = stub.blobs[0], stub.events()
    assert [event.kind for event in events].count("move") >= 40
    assert stub.greeted == 1
    assert blob.sequence >= 10
    down = next(event for event in events if event.kind == "down")
    assert down.rest == {"pressure": 128, "ox": 0, "oy": 0}, "Playwright presses the very centre, at pressure 0.5"
    assert all(event.coalesced == 1 and not event.untrusted for event in events)
    mac = subprocess.run(["openssl", "mac", "-macopt", f"hexkey:{KEY.hex()}", "-macopt", "size:16", "-in", "-", "SIPHASH"], input=stub.raw[0][:-16], capture_output=True, check=True)
    assert bytes.fromhex(mac.stdout.decode().strip()) == blob.mac


def test_nothing_is_asked_for_before_something_happens(page: Page, stub: Stub) -> None:
    page.goto(url(stub))
    page.wait_for_timeout(500)
    assert stub.greeted == 0


@pytest.mark.parametrize("path", ["/consent", "/odd"])
def test_without_consent_nothing_is_recorded_or_sent(page: Page, stub: Stub, path: str) -> None:
    page.goto(url(stub, path))
    wander(page)
    page.click("#link")
    page.wait_for_timeout(300)
    assert (stub.greeted, stub.raw) == (0, [])


def test_consent_starts_it_and_stop_forgets(page: Page, stub: Stub) -> None:
    page.add_init_script(UNHURRIED)
    page.goto(url(stub, "/consent"))
    wander(page)
    assert page.evaluate("[outwork.running, outwork.start(), outwork.running]") == [False, True, True]
    wander(page, 30)
    page.evaluate("outwork.stop()")
    page.click("#link")
    page.wait_for_timeout(300)
    assert stub.raw == [], "what was not sent when it stopped is never sent"
    page.evaluate("outwork.start()")
    wander(page, 25)
    known(page)
    page.goto(url(stub, "/plain"))
    stub.wait(lambda: len(stub.raw) == 1, page)
    assert 20 <= stub.blobs[0].kinds().count("move") <= 30, "only what came after the second start"


@pytest.mark.parametrize(("status", "done"), [(204, True), (500, False)])
def test_a_visitor_can_be_forgotten(page: Page, stub: Stub, status: int, done: bool) -> None:
    stub.forget = lambda: status
    page.add_init_script(UNHURRIED)
    page.goto(url(stub))
    wander(page, 30)
    assert page.evaluate("outwork.stop().then(done => [done, outwork.running])") == [True, False]
    assert stub.forgot == 0, "to stop is not to be forgotten"
    assert page.evaluate("outwork.stop({ forget: true })") is done
    assert stub.forgot == 1
    page.route("**/forget", lambda route: route.abort())
    assert page.evaluate("outwork.stop({ forget: true })") is False
    assert stub.raw == []


def test_global_privacy_control_is_the_last_word(browser: Browser, stub: Stub) -> None:
    context = browser.new_context()
    context.add_init_script("Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })")
    page = context.new_page()
    page.goto(url(stub))
    wander(page)
    assert page.evaluate("[outwork.start(), outwork.running]") == [False, False]
    page.goto(url(stub, "/next"))
    page.wait_for_timeout(200)
    assert (stub.greeted, stub.raw) == (0, [])
    context.close()


def test_a_page_that_is_left_sends_the_rest(page: Page, stub: Stub) -> None:
    page.add_init_script(UNHURRIED)
    page.goto(url(stub))
    wander(page, 30)
    known(page)
    page.click("#link")
    page.wait_for_url("**/next")
    stub.wait(lambda: len(stub.raw) == 1, page)
    kinds = stub.blobs[0].kinds()
    assert kinds[-1] == "hidden" and "up" in kinds and kinds.count("hidden") == 1


def test_a_page_from_the_back_forward_cache_goes_on(page: Page, stub: Stub) -> None:
    page.add_init_script(UNHURRIED)
    page.goto(url(stub, "/first"))
    page.evaluate("addEventListener('pageshow', event => { window.cached = event.persisted })")
    wander(page, 30)
    known(page)
    page.goto(url(stub, "/second"))
    # Playwright's go_back waits for a load event, which a page from the cache has none of.
    page.evaluate("history.back()")
    page.wait_for_url("**/first", wait_until="commit")
    page.wait_for_function("window.cached")
    wander(page, 30)
    page.wait_for_timeout(200)
    page.goto(url(stub, "/third"))
    stub.wait(lambda: len(stub.raw) >= 2, page)
    first, second = [blob for blob in stub.blobs if blob.kinds().count("move") > 20]
    assert "shown" in second.kinds()
    assert second.sequence > first.sequence
    assert second.events[0].at < 60_000


@pytest.mark.parametrize("api", [True, False], ids=["Navigation API", "patched history"])
def test_navigation_inside_the_page(browser: Browser, stub: Stub, api: bool) -> None:
    context = browser.new_context()
    before = "const push = history.pushState; window.pushed = 0; history.pushState = function (...all) { pushed++; return push.apply(this, all) };"
    context.add_init_script(before + ("" if api else "Object.defineProperty(window, 'navigation', { value: undefined });"))
    page = context.new_page()
    page.goto(url(stub, "/app"))
    after = "const push = history.pushState; history.pushState = function (...all) { pushed += 10; return push.apply(this, all) };"
    wander(page, 30)
    page.evaluate(after + "history.pushState({}, '', '/app/a'); history.replaceState({}, '', '/app/b')")
    assert page.evaluate("[pushed, location.pathname]") == [11, "/app/b"], "both of the page's own patches ran"
    stub.wait(lambda: [event.kind for event in stub.events()].count("navigated") == 2, page)
    page.evaluate("outwork.stop(); history.pushState({}, '', '/app/c')")
    assert page.evaluate("[pushed, location.pathname]") == [22, "/app/c"]
    context.close()


def test_a_strict_policy_is_not_violated(page: Page, stub: Stub) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(url(stub, "/strict"))
    wander(page)
    page.click("#buy")
    stub.wait(lambda: len(stub.raw) == 1, page)
    assert not [line for line in said if "Content Security Policy" in line and "style" not in line], said


def test_keys_are_timed_but_never_told_and_secrets_are_not_timed(page: Page, stub: Stub) -> None:
    page.goto(url(stub))
    # How long they were down by the page's own clock.
    page.evaluate("window.held = []; let at; addEventListener('keydown', ({ timeStamp }) => at = timeStamp, true); addEventListener('keyup', ({ timeStamp }) => held.push(timeStamp - at), true)")
    page.focus("#name")
    page.keyboard.type("hunter", delay=40)
    held = page.evaluate("held")
    page.focus("#secret")
    page.keyboard.type("correct horse", delay=20)
    stub.wait(lambda: [event.kind for event in stub.events()].count("key") >= 6, page)
    page.goto(url(stub, "/plain"))
    page.wait_for_timeout(200)
    keys = [event for event in stub.events() if event.kind == "key"]
    assert len(keys) == len(held) == 6
    assert all(abs(key.rest["dwell"] - lasted) <= 2 for key, lasted in zip(keys, held)), (keys, held)
    assert not any(b"hunter" in raw for raw in stub.raw)
    assert stub.blobs[0].environment & 1 << 10, "no pointer was seen"


def test_a_click_by_keyboard_and_a_click_by_script(page: Page, stub: Stub) -> None:
    page.goto(url(stub))
    page.focus("#buy")
    page.keyboard.press("Enter")
    page.evaluate("document.querySelector('#buy').click()")
    page.evaluate("document.body.dispatchEvent(new PointerEvent('pointermove', { bubbles: true, clientX: 5, clientY: 5 }))")
    stub.wait(lambda: "click" in [event.kind for event in stub.events()], page)
    assert [event.untrusted for event in stub.events() if event.kind == "click"] == [False, True]
    assert [event.untrusted for event in stub.events() if event.kind == "move"] == [True]


def test_fingers(browser: Browser, stub: Stub) -> None:
    context = browser.new_context(has_touch=True, is_mobile=True, viewport={"width": 400, "height": 700})
    page = context.new_page()
    page.goto(url(stub))
    session = context.new_cdp_session(page)
    point = {"x": 200, "y": 600, "radiusX": 11, "radiusY": 9, "force": 0.5}
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    for step in range(1, 20):
        session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{**point, "y": 600 - 20 * step}]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    stub.wait(lambda: "touchend" in [event.kind for event in stub.events()], page)
    assert page.evaluate("scrollY") > 100, "the page scrolled"
    events = stub.events()
    kinds = [event.kind for event in events]
    assert kinds[0] == "touchstart" and kinds.count("touchmove") >= 10 and "move" not in kinds and "down" not in kinds
    assert events[0].rest == {"radius": 44, "pressure": 128}
    assert stub.blobs[0].environment & 1 << 2
    context.close()


def test_the_wheel(page: Page, stub: Stub) -> None:
    page.goto(url(stub))
    page.mouse.move(300, 300)
    for _ in range(30):
        page.mouse.wheel(0, 40)
    known(page)
    page.goto(url(stub, "/plain"))
    stub.wait(lambda: len(stub.raw) >= 1, page)
    wheel = [event.rest for event in stub.events() if event.kind == "wheel"]
    assert len(wheel) == 30 and all(one == {"delta": 40, "mode": 0} for one in wheel)


def test_256_events_are_sent_at_once(page: Page, stub: Stub) -> None:
    page.add_init_script(UNHURRIED)
    page.goto(url(stub))
    storm(page, 256)
    stub.wait(lambda: len(stub.raw) == 1, page)
    assert 256 <= len(stub.blobs[0].events) <= 512


def test_a_changed_session_is_greeted_once_more(page: Page, stub: Stub) -> None:
    answers = iter([401])
    stub.beacon = lambda: next(answers, 204)
    page.goto(url(stub))
    wander(page, 10)
    page.click("#buy")
    stub.wait(lambda: stub.greeted == 2, page)
    wander(page, 10)
    page.click("#buy")
    stub.wait(lambda: len(stub.raw) == 2, page)
    assert stub.greeted == 2


@pytest.mark.parametrize("status", [401, 403, 409, 404, 405, 415, 422])
def test_an_edge_that_refuses_is_left_alone(page: Page, stub: Stub, status: int) -> None:
    stub.beacon = lambda: status
    page.goto(url(stub))
    for _ in range(3):
        storm(page, 256)
        page.wait_for_timeout(300)
    assert len(stub.raw) <= 2, f"{len(stub.raw)} batches, all refused"
    assert stub.greeted <= 2


@pytest.mark.parametrize("status", [204, 404, 500])
def test_an_edge_without_sessions_is_left_alone(page: Page, stub: Stub, status: int) -> None:
    stub.hello = lambda: status
    page.goto(url(stub))
    for _ in range(3):
        storm(page, 256)
        page.wait_for_timeout(200)
    stub.wait(lambda: stub.greeted > 0, page)
    assert (stub.greeted, stub.raw) == (1, [])


def test_the_page_keeps_its_globals_its_storage_and_its_events(page: Page, stub: Stub) -> None:
    page.goto(url(stub, "/plain"))
    before = set(page.evaluate("Object.getOwnPropertyNames(window)"))
    page.goto(url(stub))
    wander(page, 30)
    assert set(page.evaluate("Object.getOwnPropertyNames(window)")) - before == {"outwork"}
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    assert page.evaluate("(() => { const event = new WheelEvent('wheel', { cancelable: true, bubbles: true }); document.body.dispatchEvent(event); return event.defaultPrevented })()") is False


def test_the_script_is_what_is_committed(page: Page, stub: Stub) -> None:
    answer = page.goto(url(stub, "/.well-known/outwork/beacon.js"))
    assert hashlib.sha256(answer.body()).hexdigest().startswith((stub_dist() / "beacon.js.id").read_text())


def stub_dist():
    from stub import DIST

    return DIST
