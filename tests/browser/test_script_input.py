"""What the script leaves alone of keys and pens, in a real Chromium."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page
from stub import Stub
from test_script import url


def keys(page: Page, stub: Stub) -> list[int]:
    """How long each key was down that the page told of, once it is left."""
    page.keyboard.press("Tab")
    page.goto(url(stub, "/plain"))
    stub.wait(lambda: len(stub.raw) >= 1, page)
    return [event.rest["dwell"] for event in stub.events() if event.kind == "key"]


def type_into(page: Page, field: str, text: str = "hunter", focus: str = "focus") -> None:
    """Gives a field the keyboard and types."""
    page.evaluate(f"{field}.{focus}()")
    page.keyboard.type(text, delay=20)


# Tab, in `keys`, is timed where what it leaves may be timed.
@pytest.mark.parametrize(("field", "timed"), [
    ("roots.open.querySelector('#name')", 7),
    ("roots.open.querySelector('#secret')", 0),
    ("roots.closed.querySelector('#name')", 0),
    ("roots.closed.querySelector('#secret')", 0),
    ("roots.plain.querySelector('#secret')", 0),
])
def test_keys_in_a_shadow_root(page: Page, stub: Stub, field: str, timed: int) -> None:
    page.goto(url(stub, "/shadow"))
    type_into(page, "document.querySelector('#buy')", "xy")
    page.wait_for_timeout(200)
    type_into(page, field)
    assert len(keys(page, stub)) == timed + 2


@pytest.mark.parametrize("place", ["document", "roots.open"])
def test_a_password_that_was_made_visible_stays_untimed(page: Page, stub: Stub, place: str) -> None:
    page.goto(url(stub, "/shadow"))
    type_into(page, "document.querySelector('#buy')", "xy")
    page.wait_for_timeout(200)
    if place == "document":
        page.evaluate("document.querySelector('#secret').type = 'text'")
    else:
        page.click("#open >> button")
    page.wait_for_timeout(100)
    type_into(page, f"{place}.querySelector('#secret')")
    assert page.evaluate(f"[{place}.querySelector('#secret').type, {place}.querySelector('#secret').value]") == ["text", "hunter"]
    assert len(keys(page, stub)) == 2


@pytest.mark.parametrize("tokens", ["current-password", "section-a NEW-PASSWORD", "one-time-code", "billing cc-number", "cc-csc"])
def test_a_field_for_secrets_is_not_timed(page: Page, stub: Stub, tokens: str) -> None:
    page.goto(url(stub))
    type_into(page, "document.querySelector('#buy')", "xy")
    page.evaluate("tokens => document.querySelector('#name').autocomplete = tokens", tokens)
    type_into(page, "document.querySelector('#name')")
    assert len(keys(page, stub)) == 2


def test_keys_of_the_page_itself_and_of_an_editor_are_timed(page: Page, stub: Stub) -> None:
    page.goto(url(stub))
    page.keyboard.type("jk", delay=20)
    page.evaluate("document.querySelector('h1').contentEditable = true")
    type_into(page, "document.querySelector('h1')", "edit")
    assert len(keys(page, stub)) == 7
