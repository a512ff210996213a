"""The script of the challenge page in a real Chromium, whatever the endpoints answer."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from challenge_stub import POLICY, ChallengeStub
from chromium import wander
from playwright.sync_api import Page, expect


@pytest.fixture
def site() -> Iterator[ChallengeStub]:
    """A page behind a challenge."""
    started = ChallengeStub()
    yield started
    started.close()


def opened(page: Page, site: ChallengeStub) -> None:
    page.goto(f"http://localhost:{site.port}/protected")


def text(page: Page) -> str:
    return page.locator("#outwork-status").inner_text()


def test_a_visitor_gets_in_without_doing_anything(page: Page, site: ChallengeStub) -> None:
    opened(page, site)
    page.wait_for_selector("#buy")
    assert page.url.endswith("/protected")
    assert site.order.index("hello") < site.order.index("challenge"), "the session is there before the answer"


def test_what_was_seen_is_sent_before_the_answer(page: Page, site: ChallengeStub) -> None:
    site.works.clear()
    opened(page, site)
    wander(page, 12)
    site.works.set()
    page.wait_for_selector("#buy")
    assert site.order.index("beacon") < site.order.index("challenge")
    assert site.blobs[0].kinds().count("move") >= 5


def test_observation_can_be_left_out(page: Page, site: ChallengeStub) -> None:
    site.start = "no"
    opened(page, site)
    page.wait_for_selector("#buy")
    assert (site.greeted, site.raw) == (0, [])


def test_without_workers_the_page_works_itself(page: Page, site: ChallengeStub) -> None:
    site.policy = POLICY.replace("worker-src 'self'", "worker-src 'none'")
    opened(page, site)
    page.wait_for_selector("#buy")


def test_the_bar_moves_on_and_the_wait_is_out_of_the_way(page: Page, site: ChallengeStub) -> None:
    site.bits = 30
    opened(page, site)
    expect(page.locator("#outwork-progress")).to_be_visible()
    expect(page.locator("#outwork-wait")).to_be_hidden()
    seen, until = {0}, time.monotonic() + 60
    # Not wait_for_function: it evaluates text in the page, which the page's policy forbids.
    while len(seen) < 4:
        assert time.monotonic() < until, seen
        page.wait_for_timeout(50)
        seen.add(value := page.locator("#outwork-progress").evaluate("bar => bar.value"))
        assert value == max(seen)
    assert "nothing you have to do" in text(page)


@pytest.mark.parametrize("status", [403, 404, 409, 410])
def test_a_stale_challenge_is_replaced_but_not_for_ever(page: Page, site: ChallengeStub, status: int) -> None:
    site.bits = 8
    site.judge = lambda: status
    opened(page, site)
    expect(page.locator("#outwork-retry")).to_be_visible()
    assert site.order.count("challenge") == 4, "three reloads in a row, and no more"
    expect(page.locator("#outwork-retry")).to_be_focused()
    expect(page.locator("#outwork-wait")).to_be_visible()
    site.judge = lambda: 200
    page.keyboard.press("Enter")
    page.wait_for_selector("#buy")


def test_a_browser_that_keeps_no_cookie_is_told_so(page: Page, site: ChallengeStub) -> None:
    site.bits = 8
    site.forgets = True
    opened(page, site)
    expect(page.locator("#outwork-status")).to_contain_text("cookie")
    assert site.order.count("challenge") == 4


@pytest.mark.parametrize("status", [429, 500])
def test_an_edge_in_trouble_can_be_asked_again(page: Page, site: ChallengeStub, status: int) -> None:
    site.bits = 8
    site.judge = lambda: status
    opened(page, site)
    expect(page.locator("#outwork-retry")).to_be_focused()
    assert str(status) in text(page)


def test_what_was_sent_is_not_sent_again_by_itself(page: Page, site: ChallengeStub) -> None:
    site.method = "POST"
    page.goto(f"http://localhost:{site.port}/plain")
    opened(page, site)
    expect(page.locator("#outwork-back")).to_be_focused()
    assert "has not arrived" in text(page)
    page.keyboard.press("Enter")
    page.wait_for_url("**/plain", wait_until="commit")


def test_a_network_that_fails_is_said_and_tried_again(page: Page, site: ChallengeStub) -> None:
    site.bits = 8
    site.method = "POST"
    page.route("**/challenge", lambda route: route.abort())
    opened(page, site)
    expect(page.locator("#outwork-retry")).to_be_focused()
    assert "online" in text(page)
    page.unroute("**/challenge")
    page.keyboard.press("Enter")
    expect(page.locator("#outwork-back")).to_be_focused()


def test_an_edge_that_does_not_answer_the_beacon_keeps_nobody_out(page: Page, site: ChallengeStub) -> None:
    page.route("**/hello", lambda route: None)
    opened(page, site)
    page.wait_for_selector("#buy")
    assert site.raw == []


def test_whoever_waits_long_is_shown_the_other_way(page: Page, site: ChallengeStub) -> None:
    site.bits = 30
    opened(page, site)
    page.wait_for_timeout(2_000)
    expect(page.locator("#outwork-wait")).to_be_hidden()
    expect(page.locator("#outwork-wait")).to_be_visible()
    expect(page.locator("#outwork-progress")).to_be_visible()


def test_a_worker_that_says_nothing_is_done_without(page: Page, site: ChallengeStub) -> None:
    page.add_init_script("window.Worker = class { at = performance.now(); postMessage() {} terminate() { sessionStorage.lasted = performance.now() - this.at } }")
    opened(page, site)
    page.wait_for_selector("#buy")
    assert page.evaluate("+sessionStorage.lasted") >= 4_990, "a slow one has five seconds"


def test_an_old_browser_has_no_timeout_signal(page: Page, site: ChallengeStub) -> None:
    page.add_init_script("delete AbortSignal.timeout")
    opened(page, site)
    page.wait_for_selector("#buy")


def test_a_slow_phone_without_cookies_is_told_so_too(page: Page, site: ChallengeStub) -> None:
    """Each round takes three minutes: no window of time forgets the last one."""
    site.bits = 8
    site.forgets = True
    page.add_init_script("const now = Date.now; Date.now = () => now() + (+sessionStorage.rounds || 0) * 180_000; sessionStorage.rounds = (+sessionStorage.rounds || 0) + 1")
    opened(page, site)
    expect(page.locator("#outwork-status")).to_contain_text("cookie")
    assert site.order.count("challenge") == 4


def test_who_came_by_a_link_begins_a_new_row(page: Page, site: ChallengeStub) -> None:
    site.bits = 8
    for _ in range(6):
        site.cleared = False
        page.goto(f"http://localhost:{site.port}/plain")
        opened(page, site)
        page.wait_for_selector("#buy")


def test_over_plain_http_it_says_why_it_cannot_work(page: Page, site: ChallengeStub) -> None:
    page.route("http://shop.test/**", lambda route: route.fulfill(response=page.request.fetch(route.request.url.replace("shop.test", f"localhost:{site.port}"), fail_on_status_code=False)))
    page.goto("http://shop.test/protected")
    expect(page.locator("#outwork-status")).to_contain_text("https:")
    assert "challenge" not in site.order, "no work was done for nothing"


def test_a_browser_that_keeps_no_cookie_over_http_is_told_why(page: Page, site: ChallengeStub) -> None:
    site.bits = 8
    site.forgets = True
    opened(page, site)
    expect(page.locator("#outwork-status")).to_contain_text("over http:")


def test_nothing_is_observed_behind_the_answer(page: Page, site: ChallengeStub) -> None:
    site.works.clear()
    opened(page, site)
    wander(page, 12)
    site.works.set()
    page.wait_for_selector("#buy")
    page.wait_for_timeout(300)
    assert "beacon" not in site.order[site.order.index("challenge"):]
