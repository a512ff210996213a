"""Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

# Chromium's sandbox needs user namespaces, which containers rarely give; the tests open only their own pages.
OPTIONS = ["--no-sandbox", "--ignore-certificate-errors"]


# Milliseconds that anything may take where it is waited for.
PATIENCE = 60_000

# Without timers of a second or more the script sends only what it sends at once or when the page is left, however slow the machine.
UNHURRIED = "const later = setTimeout; window.setTimeout = (run, after, ...rest) => (after >= 1_000 ? 0 : later(run, after, ...rest))"


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


def known(page: Page) -> None:
    """Waits until the page has its session: only then does it send anything when it is left."""
    page.wait_for_function("performance.getEntriesByType('resource').some(({ name, responseEnd }) => name.endsWith('/hello') && responseEnd)")
    page.evaluate("new Promise(done => setTimeout(done, 200))")


def storm(page: Page, moves: int) -> None:
    """As many moves at once, made by a script in the page."""
    page.evaluate("moves => { for (let i = 0; i < moves; i++) document.body.dispatchEvent(new PointerEvent('pointermove', { bubbles: true, clientX: i, clientY: i })) }", moves)
