"""Every client of the live suite and of the demo's tour: what it is, how it is run, what Outwork must make of it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"
SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15"
# The headers of Chrome's navigation, for a client that took care of everything but its TLS library.
CHROME_HEADERS = (
    'sec-ch-ua:"Google Chrome";v="131", "Chromium";v="131", "Not_A Brand";v="24"', "sec-ch-ua-mobile:?0", 'sec-ch-ua-platform:"Windows"',
    "upgrade-insecure-requests:1", f"user-agent:{CHROME}",
    "accept:text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7",
    "sec-fetch-site:none", "sec-fetch-mode:navigate", "sec-fetch-user:?1", "sec-fetch-dest:document",
    "accept-encoding:gzip, deflate, br, zstd", "accept-language:en-US,en;q=0.9", "priority:u=0, i",
)

# What a client is decides what must come of it.
TOOL = "tool"  # says itself what it is
CONTRADICTION = "contradiction"  # its headers say one thing, its TLS another
BROWSER = "browser"  # a browser, or not to be told from one by what is visible here
BROWSER_BELOW = 30

# The rules, as patterns, of which at least one must be among the reasons.
REASONS = {
    TOOL: ("client.self-declared-*",),
    CONTRADICTION: ("client.ua-tls-mismatch", "client.library-behind-browser"),
}


@dataclass(frozen=True)
class Client:
    """One client. In `argv`, {url} and the programs' places are filled in when it runs."""

    name: str
    kind: str
    argv: tuple[str, ...]

    @property
    def program(self) -> str:
        """What must be on the machine."""
        return self.argv[0]

    def there(self) -> bool:
        """False where this machine lacks the program."""
        return self.program.startswith("{") or shutil.which(self.program) is not None

    def run(self, url: str, python: Path) -> subprocess.CompletedProcess[str]:
        """One request. The exit code is the client's own; many end well whatever the status."""
        with tempfile.TemporaryDirectory(prefix="outwork-client-") as scratch:
            places = {"url": url, "python": str(python), "clients": str(HERE), "scratch": scratch, "major": chromium_major() if self.program == "chromium" else ""}
            argv = [re.sub(r"\{(url|python|clients|scratch|major)\}", lambda place: places[place[1]], part) for part in self.argv]
            return subprocess.run(argv, capture_output=True, text=True, timeout=240, stdin=subprocess.DEVNULL, env={**os.environ, "HOME": scratch, "no_proxy": "*"})


def library(name: str, *headers: str) -> tuple[str, ...]:
    """A Python library's command line."""
    return ("{python}", "{clients}/library.py", name, "{url}", *headers)


def impersonate(target: str, *headers: str) -> tuple[str, ...]:
    """curl_cffi's command line."""
    return ("{python}", "{clients}/impersonate.py", target, "{url}", *headers)


def chromium(*options: str) -> tuple[str, ...]:
    """Debian's Chromium, without a window. It runs as root in CI, hence no sandbox."""
    return ("chromium", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--ignore-certificate-errors", "--user-data-dir={scratch}", *options, "--dump-dom", "{url}")


CLIENTS = (
    Client("curl, HTTP/2", TOOL, ("curl", "-sk", "-o", "/dev/null", "{url}")),
    Client("curl, HTTP/1.1", TOOL, ("curl", "-sk", "--http1.1", "-o", "/dev/null", "{url}")),
    Client("wget", TOOL, ("wget", "-q", "--no-check-certificate", "-O", "/dev/null", "{url}")),
    Client("Python requests", TOOL, library("requests")),
    Client("Python httpx, HTTP/1.1", TOOL, library("httpx")),
    Client("Python httpx, HTTP/2", TOOL, library("httpx-h2")),
    Client("Python aiohttp", TOOL, library("aiohttp")),
    Client("Python urllib", TOOL, library("urllib")),
    Client("Node fetch", TOOL, ("node", "{clients}/fetch.mjs", "{url}")),
    Client("Node https, saying node", TOOL, ("node", "{clients}/https.mjs", "{url}", "user-agent:node")),
    Client("Java HttpClient", TOOL, ("java", "{clients}/JavaClient.java", "{url}")),
    Client("Chromium, headless", TOOL, chromium("--headless")),
    Client("curl_cffi Chrome, saying curl", TOOL, impersonate("chrome131", "user-agent:curl/8.5.0")),
    Client("curl as Chrome", CONTRADICTION, ("curl", "-sk", "-o", "/dev/null", "-A", CHROME, "{url}")),
    Client("curl with Chrome's headers", CONTRADICTION, ("curl", "-sk", "-o", "/dev/null", *(part for header in CHROME_HEADERS for part in ("-H", header.replace(":", ": ", 1))), "{url}")),
    Client("wget as Firefox", CONTRADICTION, ("wget", "-q", "--no-check-certificate", "-O", "/dev/null", "-U", FIREFOX, "{url}")),
    Client("Python requests as Chrome", CONTRADICTION, library("requests", *CHROME_HEADERS)),
    Client("Python httpx as Chrome, HTTP/2", CONTRADICTION, library("httpx-h2", *CHROME_HEADERS)),
    Client("Python aiohttp as Firefox", CONTRADICTION, library("aiohttp", f"user-agent:{FIREFOX}")),
    Client("Python urllib as Safari", CONTRADICTION, library("urllib", f"user-agent:{SAFARI}")),
    Client("Node fetch as Chrome", CONTRADICTION, ("node", "{clients}/fetch.mjs", "{url}", f"user-agent:{CHROME}")),
    Client("Node https as Safari", CONTRADICTION, ("node", "{clients}/https.mjs", "{url}", f"user-agent:{SAFARI}")),
    Client("Java HttpClient as Firefox", CONTRADICTION, ("java", "{clients}/JavaClient.java", "{url}", f"user-agent:{FIREFOX}")),
    Client("curl_cffi Chrome as Firefox", CONTRADICTION, impersonate("chrome131", f"user-agent:{FIREFOX}")),
    Client("curl_cffi Firefox as Chrome", CONTRADICTION, impersonate("firefox133", f"user-agent:{CHROME}")),
    Client("curl_cffi Safari as Chrome", CONTRADICTION, impersonate("safari18_0", f"user-agent:{CHROME}")),
    Client("curl_cffi Chrome as Safari", CONTRADICTION, impersonate("chrome131", f"user-agent:{SAFARI}")),
    Client(
        "Chromium, automation hidden", BROWSER,
        chromium("--headless=new", "--disable-blink-features=AutomationControlled", "--user-agent=Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{major}.0.0.0 Safari/537.36"),
    ),
    Client("curl_cffi Chrome 131", BROWSER, impersonate("chrome131")),
    Client("curl_cffi Chrome, newest", BROWSER, impersonate("chrome")),
    Client("curl_cffi Firefox 133", BROWSER, impersonate("firefox133")),
    Client("curl_cffi Firefox, newest", BROWSER, impersonate("firefox")),
    Client("curl_cffi Safari 18", BROWSER, impersonate("safari18_0")),
)


def fault(client: Client, decision: Any) -> str:
    """What is wrong with a decision about this client, or nothing. `decision` has verdict, risk, reasons and ja4."""
    if not decision.verdict:
        return "the filter left no record"
    if not decision.ja4:
        return "the decision was made without the TLS fingerprint"
    if client.kind == BROWSER:
        return "" if decision.verdict == "allow" and decision.risk < BROWSER_BELOW else f"a browser must be allowed with a risk below {BROWSER_BELOW}"
    if decision.verdict not in ("tag", "throttle", "block"):
        return "at least `tag` was expected"
    if not any(fnmatchcase(reason, pattern) for reason in decision.reasons for pattern in REASONS[client.kind]):
        return f"none of the reasons is one of {', '.join(REASONS[client.kind])}"
    return ""


@lru_cache(maxsize=1)
def chromium_major() -> str:
    """The installed Chromium's major version, which its honest user agent would name."""
    said = subprocess.run(["chromium", "--version"], capture_output=True, text=True).stdout
    found = re.search(r"(\d+)\.", said)
    return found[1] if found else "0"
