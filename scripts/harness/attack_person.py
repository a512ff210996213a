"""A person who wants to sign in: a real Chromium with a clean session. python -m harness.attack_person PORT DOOR

Run by the interpreter of .outwork/venv until it is told to stop. As soon as the file DOOR is there, somebody new wants to sign in as well, once: a
clean session of the same browser. Each line on standard output is JSON: what they met.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from pathlib import Path

from playwright.sync_api import Page, Response, TimeoutError, sync_playwright

OPTIONS = ["--no-sandbox", "--ignore-certificate-errors", "--disable-dev-shm-usage"]
# A person looks at the shop first, and tries again after a while.
BEFORE, BETWEEN = 3.0, 4.0
CLEARANCE = "__Host-outwork-clearance"
# How long a challenge may take before the person gives up.
PATIENCE_MS = 20_000


def main(port: int, door: Path) -> None:
    """Signs in again and again."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=OPTIONS)
        agent = browser.new_page().evaluate("navigator.userAgent").replace("HeadlessChrome", "Chrome")
        opened = lambda: browser.new_context(ignore_https_errors=True, user_agent=agent).new_page()  # noqa: E731
        page, is_awaited = opened(), True
        tell("opens", agent=agent)
        page.goto(f"https://localhost:{port}/")
        time.sleep(BEFORE)
        while True:
            attempt(page, port)
            if is_awaited and door.exists():
                is_awaited = False
                attempt(opened(), port, new=True)
            time.sleep(BETWEEN)


def attempt(page: Page, port: int, **who: object) -> None:
    """A visit, however it ends."""
    try:
        visit(page, port, **who)
    except TimeoutError as error:
        tell("gave up", error=str(error).splitlines()[0], **who)


def visit(page: Page, port: int, **who: object) -> None:
    """One attempt, and where it is challenged, the challenge and another attempt."""
    answer = sign_in(page, port)
    if answer.status != 403:
        return tell("reached" if answer.status == 401 else "refused", status=answer.status, **who)
    tell("challenged", status=403, **who)
    began = time.monotonic()
    while not any(cookie["name"] == CLEARANCE for cookie in page.context.cookies()):
        if (time.monotonic() - began) * 1_000 > PATIENCE_MS:
            raise TimeoutError("the challenge did not end")
        page.wait_for_timeout(50)
    tell("passed", seconds=round(time.monotonic() - began, 1), **who)
    answer = sign_in(page, port)
    tell("reached" if answer.status == 401 else "refused", status=answer.status, **who)


def sign_in(page: Page, port: int) -> Response:
    """The form, filled in and sent. The shop knows nobody, so that 401 is its own answer."""
    page.goto(f"https://localhost:{port}/login")
    page.fill("[name=email]", "ada@example.com")
    page.fill("[name=password]", "a long one of her own")
    with page.expect_navigation() as answered:
        page.press("[name=password]", "Enter")
    return answered.value


def tell(what: str, **more: object) -> None:
    """One line."""
    print(json.dumps({"what": what, **more}), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
