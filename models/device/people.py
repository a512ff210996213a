"""What browsers of people send: of one recorded page view, the other requests that such a browser makes, by the Fetch standard.

Values stay the browser's own. Sec-Fetch-* and Accept follow the destination (Fetch, 3.1.7 and 4.4.4; Fetch Metadata, 2).
"""

from __future__ import annotations

import re
from random import Random

Headers = list[list[str]]

PAGE = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
IMAGES = {
    "chromium": "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8",
    "gecko": "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5",
    "webkit": "image/webp,image/avif,image/jxl,image/heic,image/heic-sequence,video/*;q=0.8,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5",
}
HERE, ELSEWHERE = "https://shop.example/", "https://www.google.com/"

# Name, weight, method, destination, mode, site, Accept (none: that of the page view), what else.
KINDS = (
    ("page", 22, "GET", "document", "navigate", "none", None, {}),
    ("page-link", 16, "GET", "document", "navigate", "same-origin", None, {"referer": HERE}),
    ("page-from", 10, "GET", "document", "navigate", "cross-site", None, {"referer": ELSEWHERE}),
    ("page-reload", 4, "GET", "document", "navigate", "same-origin", None, {"cache-control": "max-age=0", "referer": HERE}),
    ("frame", 4, "GET", "iframe", "navigate", "same-origin", None, {"referer": HERE}),
    ("form", 7, "POST", "document", "navigate", "same-origin", None, {"referer": HERE, "origin": HERE[:-1], "content-type": "application/x-www-form-urlencoded", "cache-control": "max-age=0"}),
    ("fetch", 9, "GET", "empty", "cors", "same-origin", "*/*", {"referer": HERE}),
    ("fetch-json", 6, "GET", "empty", "cors", "same-origin", "application/json", {"referer": HERE}),
    ("xhr", 6, "GET", "empty", "cors", "same-origin", "application/json, text/plain, */*", {"referer": HERE, "x-requested-with": "XMLHttpRequest"}),
    ("post-json", 7, "POST", "empty", "cors", "same-origin", "*/*", {"referer": HERE, "origin": HERE[:-1], "content-type": "application/json"}),
    ("post-form", 3, "POST", "empty", "cors", "same-origin", "application/json, text/plain, */*", {"referer": HERE, "origin": HERE[:-1], "content-type": "application/x-www-form-urlencoded; charset=UTF-8", "x-requested-with": "XMLHttpRequest"}),
    ("beacon", 3, "POST", "empty", "no-cors", "same-origin", "*/*", {"referer": HERE, "origin": HERE[:-1], "content-type": "text/plain;charset=UTF-8"}),
    ("image", 9, "GET", "image", "no-cors", "same-origin", "image", {"referer": HERE}),
    ("script", 5, "GET", "script", "no-cors", "same-origin", "*/*", {"referer": HERE}),
    ("style", 4, "GET", "style", "no-cors", "same-origin", "text/css,*/*;q=0.1", {"referer": HERE}),
    ("font", 2, "GET", "font", "cors", "same-origin", "*/*", {"referer": HERE, "origin": HERE[:-1]}),
    ("video", 1, "GET", "video", "no-cors", "same-origin", "*/*", {"referer": HERE, "range": "bytes=0-"}),
    ("other-site", 3, "GET", "empty", "cors", "cross-site", "*/*", {"referer": "https://partner.example/", "origin": "https://partner.example"}),
    ("preflight", 1, "OPTIONS", "empty", "cors", "cross-site", "*/*", {"referer": "https://partner.example/", "origin": "https://partner.example", "access-control-request-method": "POST", "access-control-request-headers": "content-type"}),
    ("prefetch", 1, "GET", "document", "navigate", "same-origin", None, {"referer": HERE, "sec-purpose": "prefetch"}),
)
# Names in the order of each engine's page views; what is in none stands where Chromium has it.
ORDERS = {
    "chromium": ["cache-control", "sec-ch-ua", "sec-ch-ua-mobile", "sec-ch-ua-platform", "origin", "content-type", "dnt", "sec-gpc", "upgrade-insecure-requests", "user-agent", "accept", "x-requested-with", "sec-purpose", "sec-fetch-site", "sec-fetch-mode", "sec-fetch-user", "sec-fetch-dest", "referer", "accept-encoding", "accept-language", "priority"],
    "gecko": ["user-agent", "accept", "accept-language", "accept-encoding", "referer", "content-type", "x-requested-with", "content-length", "origin", "dnt", "sec-gpc", "upgrade-insecure-requests", "sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site", "sec-fetch-user", "priority", "te"],
}


def engine(agent: str) -> str:
    """The engine that a user agent names."""
    if "like Mac OS X" in agent or "Chrome" not in agent and "Safari" in agent:
        return "webkit"
    return "gecko" if "Gecko/" in agent and "Firefox" in agent else "chromium"


def draw(page: Headers, dice: Random, count: int) -> list[tuple[str, str, Headers]]:
    """Requests of a browser that sent this page view: its own first. Of each: what it is, its method, its headers."""
    kinds = dice.choices(KINDS, [kind[1] for kind in KINDS], k=count - 1)
    return [("as recorded", "GET", page), *((kind[0], kind[2], other(page, kind)) for kind in kinds)]


def other(page: Headers, kind: tuple) -> Headers:
    """Another kind of request by the browser of a page view."""
    _, _, method, dest, mode, site, accept, more = kind
    sent = {name.lower(): value for name, value in page}
    what = engine(sent.get("user-agent", ""))
    fetches, asks, ends = "sec-fetch-mode" in sent, sent.pop("sec-fetch-user", None), sent.get("te")
    for name in ("sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest", "upgrade-insecure-requests", "referer", "origin"):
        value = sent.pop(name, None)
        if name == "upgrade-insecure-requests" and value and mode == "navigate":
            sent[name] = value
    if fetches and method != "OPTIONS" or fetches and what != "webkit":
        sent |= {"sec-fetch-site": site, "sec-fetch-mode": mode, "sec-fetch-dest": dest}
        sent |= {"sec-fetch-user": asks} if asks and dest == "document" else {}
    if accept:
        sent["accept"] = IMAGES[what] if accept == "image" else accept
    if method == "OPTIONS":
        sent = {name: value for name, value in sent.items() if not name.startswith("sec-ch-ua") and name != "dnt"}
    if ends and mode == "navigate":
        sent["te"] = ends
    sent |= more
    return ordered(sent, what, list(dict.fromkeys(name.lower() for name, _ in page)))


def ordered(sent: dict[str, str], what: str, before: list[str]) -> Headers:
    """As the engine would write them: what the page view had keeps its order, the rest comes in where it belongs."""
    order = ORDERS.get(what)
    if order is None:
        # Safari's four orders are each version's own.
        return [[name, sent[name]] for name in before if name in sent] + [[name, value] for name, value in sent.items() if name not in before]
    return sorted(([name, value] for name, value in sent.items()), key=lambda pair: order.index(pair[0]) if pair[0] in order else -1)


def private(page: Headers, dice: Random) -> tuple[str, Headers]:
    """The page view of somebody whose tools or network take headers away or put them in."""
    sent = {name.lower(): value for name, value in page}
    how = dice.choices(("no hints", "gpc", "dnt", "languages", "no metadata", "proxy", "no languages", "agent"), (20, 24, 16, 16, 6, 10, 4, 4))[0]
    match how:
        case "no hints":
            sent = {name: value for name, value in sent.items() if not name.startswith("sec-ch-")}
        case "gpc":
            sent["sec-gpc"] = "1"
        case "dnt":
            sent |= {"dnt": "1", "sec-gpc": "1"}
        case "languages":
            sent["accept-language"] = dice.choice(("en-US,en;q=0.5", "en-US,en;q=0.9", "en", "de"))
        case "no metadata":
            sent = {name: value for name, value in sent.items() if not name.startswith("sec-")}
        case "proxy":
            sent |= {"via": dice.choice(("1.1 proxy", "1.1 squid (squid/5.7)", "1.1 gateway:3128")), "cache-control": "max-age=259200"}
            sent["accept-encoding"] = dice.choice((sent.get("accept-encoding", "gzip"), "gzip", "gzip, deflate"))
        case "no languages":
            sent.pop("accept-language", None)
        case "agent":
            # Extensions change the name alone.
            sent["user-agent"] = re.sub(r"(Chrome|Firefox|Version|rv:)([/ ]?)\d+", lambda found: f"{found[1]}{found[2]}{dice.randint(100, 150)}", sent["user-agent"])
    return how, ordered(sent, engine(sent["user-agent"]), list(sent))


def page_of(agent: str, dice: Random, languages: str) -> Headers:
    """The page view of a browser of which only the user agent was recorded, by its version."""
    what, found = engine(agent), re.search(r"(?:Chrome|Firefox|Version|OS)[/ ](\d+)(?:[._](\d+))?", agent)
    major = int(found[1]) if found else 0
    sent = {"user-agent": agent, "accept-language": languages, "accept-encoding": "gzip, deflate, br" + (", zstd" if (what, True) in (("chromium", major >= 123), ("gecko", major >= 126)) else "")}
    fetch = {"sec-fetch-site": "none", "sec-fetch-mode": "navigate", "sec-fetch-user": "?1", "sec-fetch-dest": "document"}
    if what == "chromium":
        sent["accept"] = f"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q={'0.7' if major >= 110 else '0.9'}"
        sent |= {"upgrade-insecure-requests": "1"} | (fetch if major >= 80 else {}) | ({"priority": "u=0, i"} if major >= 124 else {})
        sent |= hints(agent, major) if major >= 98 else {}
        if "; wv)" in agent:
            sent["x-requested-with"] = dice.choice(("com.facebook.katana", "com.instagram.android", "com.google.android.googlequicksearchbox"))
    elif what == "gecko":
        sent["accept"] = PAGE if major >= 132 else "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
        sent |= {"upgrade-insecure-requests": "1"} | (fetch if major >= 90 else {}) | ({"priority": "u=0, i"} if major >= 128 else {}) | {"te": "trailers"}
    else:
        version = re.search(r"Version/(\d+)\.(\d+)", agent) or re.search(r"OS (\d+)_(\d+)", agent)
        at = (int(version[1]), int(version[2])) if version else (0, 0)
        names = ["user-agent", "accept", "accept-language", "accept-encoding"]
        if at >= (18, 0):
            names = ["sec-fetch-dest", "user-agent", "accept", "sec-fetch-site", "sec-fetch-mode", "accept-language", "priority", "accept-encoding"]
        elif at >= (16, 4):
            names = ["accept", "sec-fetch-site", "accept-encoding", "sec-fetch-mode", "user-agent", "accept-language", "sec-fetch-dest"]
        all_ = {**sent, **fetch, "accept": PAGE, "priority": "u=0, i"}
        return [[name, all_[name]] for name in names]
    return ordered(sent, what, [])


def hints(agent: str, major: int) -> dict[str, str]:
    """The three client hints that every request of a Chromium has."""
    brand = next((name for word, name in (("Edg", "Microsoft Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("YaBrowser", "YaBrowser"), ("; wv)", "Android WebView")) if word in agent), "Google Chrome")
    system = next((name for word, name in (("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "macOS"), ("CrOS", "Chrome OS")) if word in agent), "Linux")
    return {"sec-ch-ua": f'"Chromium";v="{major}", "{brand}";v="{major}", "Not_A Brand";v="24"', "sec-ch-ua-mobile": "?1" if "Mobile" in agent else "?0", "sec-ch-ua-platform": f'"{system}"'}


# Browsers of which no recording is here: old ones, small ones, and views inside apps. Their forms are public.
OTHERS = (
    "Mozilla/5.0 (Windows NT 6.1; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 5.1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/49.0.2623.112 Safari/537.36",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/75.0.3770.142 Safari/537.36",
    "Mozilla/5.0 (Linux; Android 7.0; SM-G930F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/88.0.4324.152 Mobile Safari/537.36",
    "Mozilla/5.0 (Windows NT 6.1; rv:52.0) Gecko/20100101 Firefox/52.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:78.0) Gecko/20100101 Firefox/78.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:115.0) Gecko/20100101 Firefox/115.0",
    "Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (iPad; CPU OS 12_5_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.1.2 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_13_6) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.1.2 Safari/605.1.15",
    "Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 OPR/124.0.0.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 YaBrowser/25.8.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Vivaldi/7.6.3797.55",
    "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/145.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Linux; Android 13; SM-A536B; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/143.0.7499.52 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/540.0.0.45.69;]",
    "Mozilla/5.0 (Linux; Android 14; Pixel 7; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/144.0.7559.109 Mobile Safari/537.36 Instagram 410.0.0.0.96 Android",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [FBAN/FBIOS;FBAV/530.0.0.51.71;FBBV/1;FBDV/iPhone14,5;FBMD/iPhone;FBSN/iOS;FBSV/18.6;FBSS/3;FBLC/en_US;FBOP/5]",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 400.0.0.27.110 (iPhone15,2; iOS 18_5; en_US; en; scale=3.00; 1179x2556; 1)",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0.7339.122 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/143.0 Mobile/15E148 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) GSA/390.0.812345678 Mobile/15E148 Safari/604.1",
)
