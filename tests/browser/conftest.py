"""One Chromium for all tests, a new profile for each."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT / "scripts"), str(ROOT / "tests" / "live")]

from harness import environment  # noqa: E402

environment.programs(["chromium"])

from playwright.sync_api import Browser, Page  # noqa: E402

import chromium  # noqa: E402
from stub import Stub  # noqa: E402


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Started once."""
    with chromium.launched() as started:
        yield started


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a new profile. What it reports as an error fails the test."""
    context = browser.new_context(ignore_https_errors=True)
    fresh = context.new_page()
    fresh.set_default_timeout(10_000)
    errors: list[str] = []
    fresh.on("pageerror", lambda error: errors.append(str(error)))
    yield fresh
    context.close()
    assert not errors


@pytest.fixture
def stub() -> Iterator[Stub]:
    """A site whose endpoints a test can bend."""
    site = Stub()
    yield site
    site.close()
