"""A real Chromium in front of the Worker in a real workerd: the same as in front of Envoy, where it can differ."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from edge import Edge
from harness import build, environment, paths
from site_pages import Site

# The tests themselves: pytest collects them here too, with the `edge` of this file.
from test_edge import (  # noqa: F401
    test_a_challenge_is_passed_without_a_click,
    test_a_page_that_is_left_counts_for_the_next,
    test_a_script_that_only_keeps_cookies_stays_outside,
    test_global_privacy_control_leaves_nothing,
    test_the_lab_shows_what_is_sent_and_what_becomes_of_it,
    test_what_a_browser_does_reaches_the_origin,
    test_without_consent_there_is_no_session,
    test_without_scripts_waiting_is_the_way,
)

HERE = Path(__file__).resolve().parent


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """Plain HTTP: to a browser `localhost` is as good as HTTPS, cookies with `Secure` included."""
    bundle = build.bundle(build.command(), HERE / "policy", tmp_path_factory.mktemp("policy") / "pages.bundle")
    environment.node_packages(paths.ROOT)
    subprocess.run([paths.ROOT / "worker" / "build", "--core"], check=True)
    site = Site()
    worker = subprocess.Popen(["node", HERE / "workerd.mjs", f"127.0.0.1:{site.port}", bundle], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield Edge(f"http://localhost:{int(worker.stdout.readline())}", site)
    finally:
        worker.communicate(timeout=120)
        site.close()
