"""A running edge in front of the site of the tests."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page
from site_pages import Site

PREFIX = "/.well-known/outwork/"


@dataclass
class Edge:
    """Where it is, and what is behind it."""

    origin: str
    site: Site

    def url(self, path: str) -> str:
        """An address of it."""
        return self.origin + path

    def risk(self, path: str) -> dict[str, str]:
        """The members of `Outwork-Risk` in the newest request for a path that reached the origin."""
        found = [headers for _, asked, headers in self.site.requests if asked == path]
        return dict(re.findall(r"([a-z]+)=(\([^)]*\)|\"[^\"]*\"|[^,]+)", found[-1]["outwork-risk"]))

    def reached(self) -> list[str]:
        """The paths that reached the origin."""
        return [path for _, path, _ in self.site.requests]

    def until(self, page: Page, ready: Callable[[dict[str, str]], bool], seconds: float = 60) -> dict[str, str]:
        """Loads a page without a script until what the origin is told of it satisfies `ready`. By the browser itself: for
        another client the session is not good."""
        deadline = time.monotonic() + seconds
        while True:
            page.goto(self.url("/plain"))
            told = self.risk("/plain")
            if ready(told):
                return told
            assert time.monotonic() < deadline, told
            page.wait_for_timeout(100)
