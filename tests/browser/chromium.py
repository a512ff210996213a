"""Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

# Chromium's sandbox needs user namespaces, which containers rarely give; the tests open only their own pages.
OPTIONS = ["--no-sandbox", "--ignore-certificate-errors"]


@contextmanager
def launched(*options: str) -> Iterator[Browser]:
    """A headless Chromium, closed whatever happens."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=[*OPTIONS, *options], ignore_default_args=["--disable-back-forward-cache"])
        try:
            yield browser
        finally:
            browser.close()


def wander(page: Page, moves: int = 40) -> None:
    """Moves the mouse about, by as many events."""
    page.mouse.move(60, 60)
    for step in range(moves - 1):
        page.mouse.move(60 + (step * 13) % 400, 60 + (step * 7) % 200)


def storm(page: Page, moves: int) -> None:
    """As many moves at once, made by a script in the page."""
    page.evaluate("moves => { for (let i = 0; i < moves; i++) document.body.dispatchEvent(new PointerEvent('pointermove', { bubbles: true, clientX: i, clientY: i })) }", moves)
