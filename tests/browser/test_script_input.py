"""What the script tells, and leaves alone, of keys, pens and hidden pages, in a real Chromium."""

from __future__ import annotations

import pytest
from chromium import known, wander
from playwright.sync_api import Page
from stub import Stub
from test_script import url


def keys(page: Page, stub: Stub) -> list[int]:
    """How long each key was down that the page told of, once it is left."""
    page.keyboard.press("Tab")
    known(page)
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


def pen(page: Page, kind: str, x: float, y: float, **rest: object) -> None:
    """One event of a pen, as the browser's own input has it."""
    sent = {"type": kind, "x": x, "y": y, "pointerType": "pen", "force": 0.05, **rest}
    page.context.new_cdp_session(page).send("Input.dispatchMouseEvent", sent)


def test_a_pen_is_no_mouse(page: Page, stub: Stub) -> None:
    page.goto(url(stub))
    page.evaluate("window.pens = []; for (const type of ['pointermove', 'pointerdown']) addEventListener(type, event => pens.push(event.pointerType))")
    page.mouse.move(50, 60)
    known(page)
    for step in range(20):
        pen(page, "mouseMoved", 60.5 + 3 * step, 70.25)
    pen(page, "mousePressed", 117.5, 70.25, button="left", clickCount=1)
    pen(page, "mouseReleased", 117.5, 70.25, button="left", clickCount=1)
    assert page.evaluate("[pens.length > 20, pens.at(-1)]") == [True, "pen"]
    page.mouse.move(120, 75)
    page.mouse.move(121, 75)
    page.goto(url(stub, "/plain"))
    stub.wait(lambda: len(stub.raw) >= 1, page)
    events = [event for event in stub.events() if event.kind not in ("hidden", "focus", "blur")]
    assert [(event.kind, event.x, event.y, event.fractional, event.disagrees) for event in events] == [
        ("move", 0, 0, False, False), ("move", 2, 5, False, False), ("move", 3, 5, False, False),
    ], "the mouse alone, from where the pen left it"


def test_a_pen_is_a_pointer(page: Page, stub: Stub) -> None:
    page.goto(url(stub))
    pen(page, "mouseMoved", 300, 300)
    page.focus("#name")
    page.keyboard.type("ab", delay=20)
    stub.wait(lambda: len(stub.raw) == 1, page)
    assert stub.blobs[0].kinds().count("key") == 2
    assert not stub.blobs[0].environment & 1 << 10


def test_what_ended_by_itself_says_so_and_can_begin_anew(page: Page, stub: Stub) -> None:
    answers = iter([404])
    stub.hello = lambda: next(answers, 200)
    page.goto(url(stub))
    assert page.evaluate("outwork.running")
    wander(page, 5)
    page.wait_for_function("!outwork.running")
    assert page.evaluate("[outwork.start(), outwork.running]") == [True, True]
    wander(page, 30)
    page.click("#buy")
    stub.wait(lambda: len(stub.raw) == 1, page)
    assert stub.greeted == 2


HIDE = "hidden => { for (const [name, value] of [['visibilityState', hidden ? 'hidden' : 'visible'], ['hidden', hidden]]) Object.defineProperty(document, name, { value, configurable: true }); document.dispatchEvent(new Event('visibilitychange')) }"


def test_input_to_a_hidden_page_can_be_told_and_places_go_on(page: Page, stub: Stub) -> None:
    page.goto(url(stub))
    wander(page, 30)
    known(page)
    page.evaluate(HIDE, True)
    stub.wait(lambda: len(stub.raw) == 1, page)
    page.mouse.move(600, 400)
    page.mouse.move(601, 400)
    page.mouse.down()
    page.mouse.up()
    stub.wait(lambda: len(stub.raw) == 2, page)
    first, second = stub.blobs
    assert first.kinds()[-1] == "hidden"
    assert second.kinds() == ["hidden", "move", "move", "down", "up"]
    last = (60 + 28 * 13 % 400, 60 + 28 * 7 % 200)
    assert (second.events[1].x, second.events[1].y) == (600 - last[0], 400 - last[1])
    page.evaluate(HIDE, False)
    page.mouse.move(500, 400)
    page.goto(url(stub, "/plain"))
    stub.wait(lambda: len(stub.raw) == 3, page)
    assert stub.blobs[2].kinds()[:2] == ["shown", "move"]
