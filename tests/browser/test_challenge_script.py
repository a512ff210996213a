"""The script of the challenge page in a real Chromium, whatever the endpoints answer."""

from __future__ import annotations

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
    page.wait_for_selector("#buy", timeout=5_000)
    assert page.url.endswith("/protected")
    assert site.order.index("hello") < site.order.index("challenge"), "the session is there before the answer"


def test_what_was_seen_is_sent_before_the_answer(page: Page, site: ChallengeStub) -> None:
    site.bits = 20
    opened(page, site)
    wander(page, 12)
    page.wait_for_selector("#buy", timeout=30_000)
    assert site.order.index("beacon") < site.order.index("challenge")
    assert site.blobs[0].kinds().count("move") >= 5


def test_observation_can_be_left_out(page: Page, site: ChallengeStub) -> None:
    site.start = "no"
    opened(page, site)
    page.wait_for_selector("#buy", timeout=5_000)
    assert (site.greeted, site.raw) == (0, [])


def test_without_workers_the_page_works_itself(page: Page, site: ChallengeStub) -> None:
    site.policy = POLICY.replace("worker-src 'self'", "worker-src 'none'")
    opened(page, site)
    page.wait_for_selector("#buy", timeout=10_000)


def test_the_bar_moves_on_and_the_wait_is_out_of_the_way(page: Page, site: ChallengeStub) -> None:
    site.bits = 23
    opened(page, site)
    expect(page.locator("#outwork-progress")).to_be_visible()
    expect(page.locator("#outwork-wait")).to_be_hidden()
    page.wait_for_function("document.querySelector('#outwork-progress').value > 0.01")
    assert "nothing you have to do" in text(page)


@pytest.mark.parametrize("status", [403, 409, 410])
def test_a_stale_challenge_is_replaced_but_not_for_ever(page: Page, site: ChallengeStub, status: int) -> None:
    site.bits = 8
    site.judge = lambda: status
    opened(page, site)
    expect(page.locator("#outwork-retry")).to_be_visible(timeout=10_000)
    assert site.order.count("challenge") == 4, "three reloads within a minute, and no more"
    expect(page.locator("#outwork-retry")).to_be_focused()
    expect(page.locator("#outwork-wait")).to_be_visible()
    site.judge = lambda: 200
    page.keyboard.press("Enter")
    page.wait_for_selector("#buy", timeout=5_000)


def test_a_browser_that_keeps_no_cookie_is_told_so(page: Page, site: ChallengeStub) -> None:
    site.bits = 8
    site.forgets = True
    opened(page, site)
    expect(page.locator("#outwork-status")).to_contain_text("cookie", timeout=10_000)
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
    expect(page.locator("#outwork-back")).to_be_focused(timeout=5_000)
    assert "has not arrived" in text(page)
    page.keyboard.press("Enter")
    page.wait_for_url("**/plain", wait_until="commit")


def test_a_network_that_fails_is_said_and_tried_again(page: Page, site: ChallengeStub) -> None:
    site.bits = 8
    site.method = "POST"
    page.route("**/challenge", lambda route: route.abort())
    opened(page, site)
    expect(page.locator("#outwork-retry")).to_be_focused(timeout=5_000)
    assert "online" in text(page)
    page.unroute("**/challenge")
    page.keyboard.press("Enter")
    expect(page.locator("#outwork-back")).to_be_focused(timeout=5_000)
