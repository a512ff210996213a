"""One Chromium for all tests, a new profile for each."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT / "scripts"), str(ROOT / "tests" / "live")]

from harness import build, environment, stack  # noqa: E402
from harness.edge import Ports  # noqa: E402

environment.programs(["chromium"])
environment.node_packages(HERE)

from playwright.sync_api import Browser, Page, expect  # noqa: E402

import chromium  # noqa: E402
from edge import Edge  # noqa: E402
from site_pages import Site  # noqa: E402
from stub import Stub  # noqa: E402


expect.set_options(timeout=chromium.PATIENCE)


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
    fresh.set_default_timeout(chromium.PATIENCE)
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


@pytest.fixture(scope="session")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """A real Envoy with ./policy in front of the site."""
    wasm, outwork = build.filter(), build.command()
    made = stack.Built(wasm, outwork, build.bundle(outwork, HERE / "policy", tmp_path_factory.mktemp("policy") / "pages.bundle"))
    site = Site()
    try:
        with stack.start(tmp_path_factory.mktemp("envoy"), made, Ports(origin=site.port)) as envoy:
            yield Edge(f"https://localhost:{envoy.ports.https}", site)
            assert not envoy.traps()
    finally:
        site.close()
