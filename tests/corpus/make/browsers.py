"""Real browsers: whole signatures (hello, HTTP/2 and headers of one browser), and header sets without a hello."""

import re

from . import sources
from .case import case, http1, http2, over_tls, plaintext

PSEUDO = {"chrome": "masp", "edge": "masp", "firefox": "mpas", "safari": "msap"}

# The browsers whose hello stands in for a header set's own, which was not captured.
HELLO = {"chrome": "chrome_142", "edge": "chrome_142", "firefox": "firefox_144"}

SETS_EACH = 2


def cases() -> list:
    return signed() + sets()


def signed() -> list:
    """Every browser of the signature collection, each with its own hello and headers."""
    made = []
    for name, browser in sources.signatures().items():
        facts = {**over_tls(browser["hello"], "h2"), **http2(browser["pseudo"]), "headers": browser["headers"]}
        # No Chrome on a phone says that it is not mobile: this signature's client hints are not what they seem.
        kind = "template" if name == "chrome_131.0.6778.81_android" else "browser"
        made.append(case(f"browser.{name}", kind, f"browser_signatures: {name}", facts))
    return made


def sets() -> list:
    """Up to two header sets of each browser, system and protocol, with different orders before the same again."""
    made = []
    for group, rows in grouped().items():
        browser, system, http = group
        for place, (number, row) in enumerate(spread(rows)[:SETS_EACH], 1):
            case_id = f"set.{browser}-{system}-h{http}.{place}"
            facts, note = connection(browser, http, row["headers"], place)
            headers = [[name.lower(), value] for name, value in row["headers"]]
            source = f"real_browser_headers_2400: line {number + 1}{note}"
            made.append(case(case_id, kind(browser, facts, headers), source, {**facts, "headers": headers}))
    return made


def grouped() -> dict:
    groups = {}
    for number, row in enumerate(sources.header_sets()):
        groups.setdefault((row["browser"], row["os"], row["http"]), []).append((number, row))
    return dict(sorted(groups.items()))


def spread(rows: list) -> list:
    """The rows, the first of each header order and major version before all others."""
    seen, first, rest = set(), [], []
    for number, row in rows:
        key = (tuple(name for name, _ in row["headers"]), major(row["headers"]))
        (rest if key in seen else first).append((number, row))
        seen.add(key)
    return first + rest


def connection(browser: str, http: str, headers: list, place: int) -> tuple[dict, str]:
    """A connection for a header set, and a note of where its hello is from.

    Safari sends no Sec-Fetch fields to addresses that are not secure: its sets without them come in plain text.
    """
    if http == "1":
        if "sec-fetch-mode" not in {name.lower() for name, _ in headers}:
            return {**http1(), **plaintext()}, ", in plain text"
        return {**http1(), "tls_version": "TLSv1.3"}, ", hello not seen"
    facts = http2(PSEUDO[browser])
    if browser in HELLO and place == 1:
        hello = sources.signature(HELLO[browser])
        return {**facts, **over_tls(hello["hello"], "h2")}, f", hello of {hello['name']}"
    return {**facts, "tls_version": "TLSv1.3"}, ", hello not seen"


def kind(browser: str, facts: dict, headers: list) -> str:
    """A browser, unless the set lacks or has what that browser's versions always or never send.

    Chromium sends sec-ch-ua since version 89 and Safari Sec-Fetch since 16.4, to secure addresses; Firefox sends no
    sec-ch-ua. The collection holds some sets of clients that changed their user agent only: `template`.
    """
    names = {name for name, _ in headers}
    secure = facts.get("scheme") != "http"
    if "compatible;" in dict(headers)["user-agent"]:
        return "unlisted-agent"
    hints = {"sec-ch-ua", "sec-ch-ua-mobile", "sec-ch-ua-platform"}
    if browser in ("chrome", "edge") and secure and not hints <= names:
        return "template"
    if browser == "safari" and secure and major(headers) >= 16 and "sec-fetch-mode" not in names:
        return "template"
    return "template" if browser == "firefox" and hints & names else "browser"


def major(headers: list) -> int:
    agent = next(value for name, value in headers if name.lower() == "user-agent")
    return int(re.search(r"(?:Chrome|Firefox|Version)/(\d+)", agent).group(1))
