"""A client that asks too often is told to wait, by Envoy itself: the origin never hears of it."""

import json
import math
import re
import subprocess
import time

ATTEMPTS = 40
BURST = 20
# What a request costs whose risk is medium, as a tool's is.
PRICE = 2


def attempt(live, *options):
    argv = ["curl", "-sk", "--http1.1", "-i", "-X", "POST", "-d", "email=a@b.example&password=x", *options, live.url("/login")]
    head, _, body = subprocess.run(argv, capture_output=True, text=True, check=True).stdout.partition("\n\n")
    status = int(head.split(" ", 2)[1])
    headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in head.splitlines()[1:])}
    return status, headers, body


def test_guessing_passwords_is_throttled(live):
    """All threads of Envoy count in one place: the burst is admitted, and what comes back while the client tries (10 a minute)."""
    began = time.monotonic()
    answers = [attempt(live) for _ in range(ATTEMPTS + BURST)]
    refilled = math.ceil((time.monotonic() - began) / 6)
    refused = [answer for answer in answers if answer[0] == 429]
    admitted = len(answers) - len(refused)
    assert BURST // PRICE <= admitted <= (BURST + refilled) // PRICE + 1, [status for status, _, _ in answers]
    status, headers, body = refused[-1]
    assert int(headers["retry-after"]) > 0
    assert headers["content-type"] == "application/problem+json"
    assert re.search(r'"login\.per-ip"', headers["ratelimit-policy"]) and '"login.per-ip"' in headers["ratelimit"]
    problem = json.loads(body)
    assert problem["status"] == 429


def test_a_browser_gets_a_page_it_can_read(live):
    for _ in range(ATTEMPTS + BURST):
        status, headers, body = attempt(live, "-H", "accept: text/html,application/xhtml+xml", "-H", "sec-fetch-mode: navigate", "-H", "sec-fetch-dest: document")
        if status == 429:
            break
    assert status == 429
    assert headers["content-type"].startswith("text/html")
    assert "<html" in body and "<script" not in body


def test_other_paths_stay_open(live):
    path = live.path()
    argv = ["curl", "-skf", "-o", "/dev/null", live.url(path)]
    subprocess.run(argv, check=True)
    assert live.decision(path).verdict == "tag"
