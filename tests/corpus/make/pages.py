"""What real browsers send besides the first page: subresources, forms, fetches, and browsers within apps."""

from . import sources
from .case import AUTHORITY, case, changed, http1, http2, over_tls

HOME = f"https://{AUTHORITY}/"

# What all parts of a page have in common.
WITHIN = dict(sec_fetch_site="same-origin", sec_fetch_user=None, upgrade_insecure_requests=None)

# Where each browser writes what a first request does not have: page views, and parts of a page. Chromium's parts stand as in
# real_clients_tls_http (its favicon), page views as in browser_signatures. The places of fields that neither has are assumed, after
# what is known of the browsers' network code; no recording here shows them.
ORDERS = {
    "chrome": {
        "view": """content-length cache-control sec-ch-ua sec-ch-ua-mobile sec-ch-ua-platform origin content-type
            upgrade-insecure-requests user-agent sec-purpose accept sec-fetch-site sec-fetch-mode sec-fetch-user sec-fetch-dest
            referer accept-encoding accept-language cookie if-none-match priority""",
        "part": """content-length sec-ch-ua-platform user-agent sec-ch-ua content-type sec-ch-ua-mobile accept
            access-control-request-method access-control-request-headers origin sec-fetch-site sec-fetch-mode sec-fetch-dest
            referer accept-encoding accept-language cookie priority""",
    },
    "firefox": dict.fromkeys(("view", "part"), """user-agent accept accept-language accept-encoding access-control-request-method
            access-control-request-headers content-type content-length origin dnt sec-gpc referer cookie
            upgrade-insecure-requests sec-fetch-dest sec-fetch-mode sec-fetch-site sec-fetch-user if-none-match priority
            cache-control te"""),
    "safari": dict.fromkeys(("view", "part"), """content-type origin access-control-request-method
            access-control-request-headers sec-fetch-dest user-agent accept referer content-length sec-fetch-site
            sec-fetch-mode cache-control if-none-match accept-language cookie priority accept-encoding"""),
}


def cases() -> list:
    return requests() + relatives()


def requests() -> list:
    made = []
    for claim, short in [("chrome_142", "chrome"), ("firefox_144", "firefox"), ("safari_18.4_macOS", "safari")]:
        browser = sources.signature(claim)
        base = {**over_tls(browser["hello"], "h2"), **http2(browser["pseudo"])}
        for name, more, headers in variants(short, browser["headers"]):
            facts = {**base, **more, "headers": headers}
            made.append(case(f"page.{short}-{name}", "browser", f"browser_signatures: {browser['name']}, changed", facts))
    chrome = sources.signature("chrome_142")
    base = {**over_tls(chrome["hello"], "http/1.1"), **http1()}
    socket = [["connection", "Upgrade"], ["pragma", "no-cache"], ["cache-control", "no-cache"], agent(chrome),
              ["upgrade", "websocket"], ["origin", HOME[:-1]], ["sec-websocket-version", "13"],
              ["accept-encoding", "gzip, deflate, br, zstd"], ["accept-language", "en-US,en;q=0.9"],
              ["sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="], ["sec-websocket-extensions", "permessage-deflate; client_max_window_bits"]]
    facts = {**base, "target": "/live", "headers": socket}
    return [*made, case("page.chrome-websocket", "exempt", f"browser_signatures: {chrome['name']}, changed", facts)]


def agent(browser: dict) -> list:
    return next(header for header in browser["headers"] if header[0] == "user-agent")


def variants(short: str, first: list) -> list:
    """Name, facts and headers of requests that follow the first one, in the order in which the browser writes them."""
    order = ORDERS[short]
    view = lambda **changes: ordered(order["view"], changed(first, **changes))
    part = lambda **changes: ordered(order["part"], changed(first, **{**WITHIN, **changes}))
    fetch = dict(accept="*/*", sec_fetch_mode="cors", sec_fetch_dest="empty", referer=HOME, priority="u=1, i")
    post = dict(content_type="application/json", content_length="2", origin=HOME[:-1])
    form = dict(content_type="application/x-www-form-urlencoded", content_length="23", origin=HOME[:-1], referer=HOME + "login")
    image = dict(accept="image/avif,image/webp,*/*;q=0.8", sec_fetch_mode="no-cors", sec_fetch_dest="image", referer=HOME)
    style = dict(accept="text/css,*/*;q=0.1", sec_fetch_mode="no-cors", sec_fetch_dest="style", referer=HOME)
    ask = dict(fetch, access_control_request_method="PUT", access_control_request_headers="content-type", origin="https://app.example",
               sec_fetch_site="cross-site", sec_ch_ua=None, sec_ch_ua_mobile=None, sec_ch_ua_platform=None)
    rows = [
        ("fetch", {"target": "/api/cart"}, part(**fetch)), ("image", {"target": "/logo.png"}, part(**image)),
        ("style", {"target": "/site.css"}, part(**style)),
        ("fetch-post", {"method": "POST", "target": "/api/cart"}, part(**fetch, **post)),
        ("form", {"method": "POST", "target": "/login"}, view(sec_fetch_site="same-origin", **form)),
        ("link", {"target": "/products/7?from=search"}, view(sec_fetch_site="cross-site", referer="https://search.example/")),
        ("cookies", {"target": "/cart"}, view(sec_fetch_site="same-origin", referer=HOME, cookie="session=8d1f; theme=dark")),
        ("reload", {}, view(cache_control="max-age=0", if_none_match='"5f3a"')),
        ("preflight", {"method": "OPTIONS", "target": "/api/cart"}, part(**ask)),
    ]
    if short == "chrome":
        rows.append(("prefetch", {"target": "/products/8"}, view(sec_purpose="prefetch", sec_fetch_site="same-origin", sec_fetch_user=None, referer=HOME)))
    if short == "firefox":
        rows.append(("global-privacy-control", {}, view(dnt="1", sec_gpc="1")))
    return rows


def ordered(order: str, headers: list) -> list:
    """The headers in this order; every name must have its place in it."""
    place = {name: at for at, name in enumerate(order.split())}
    return sorted(headers, key=lambda header: place[header[0]])


def relatives() -> list:
    """Browsers that share an engine with another: their hello is the engine's, their name their own."""
    chrome, ios = sources.signature("chrome_142"), sources.signature("safari_18.4_iOS")
    mac = sources.signature("safari_18.4_macOS")
    apple = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    blink = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
    android = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)"
    brand = lambda name: f'"Chromium";v="142", "{name}";v="142", "Not_A Brand";v="99"'
    pixel = dict(sec_ch_ua_platform='"Android"', sec_ch_ua_mobile="?1")
    windows = dict(sec_ch_ua_platform='"Windows"')
    rows = [
        ("chrome-on-ios", ios, dict(user_agent=f"{apple} CriOS/142.0.7444.148 Mobile/15E148 Safari/604.1")),
        ("firefox-on-ios", ios, dict(user_agent=f"{apple} FxiOS/144.0 Mobile/15E148 Safari/604.1")),
        ("edge-on-ios", ios, dict(user_agent=f"{apple} Version/18.0 EdgiOS/142.0.3595.66 Mobile/15E148 Safari/604.1")),
        ("duckduckgo-on-ios", ios, dict(user_agent=f"{apple} Version/18.4 Mobile/15E148 DuckDuckGo/7 Safari/605.1.15")),
        ("webview-on-ios", ios, dict(user_agent=f"{apple} Mobile/15E148 Instagram 350.0.0.21.96 (iPhone14,5; iOS 18_4; de_DE)")),
        ("duckduckgo-on-macos", mac, dict(user_agent="Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15 Ddg/18.4")),
        ("opera", chrome, dict(user_agent=f"{blink} OPR/124.0.0.0", sec_ch_ua=brand("Opera"), **windows)),
        ("brave", chrome, dict(user_agent=blink, sec_ch_ua=brand("Brave"), sec_gpc="1", **windows)),
        ("vivaldi", chrome, dict(user_agent=blink, sec_ch_ua=brand("Vivaldi"), **windows)),
        ("samsung", chrome, dict(user_agent=f"{android} SamsungBrowser/29.0 Chrome/142.0.0.0 Mobile Safari/537.36", sec_ch_ua=brand("Samsung Internet"), **pixel)),
        ("webview-on-android", chrome, dict(user_agent="Mozilla/5.0 (Linux; Android 15; Pixel 8 Build/AP4A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/142.0.0.0 Mobile Safari/537.36",
                                            sec_ch_ua=brand("Android WebView"), x_requested_with="shop.example.app", **pixel)),
    ]
    made = []
    for name, engine, changes in rows:
        facts = {**over_tls(engine["hello"], "h2"), **http2(engine["pseudo"]), "headers": changed(engine["headers"], **changes)}
        made.append(case(f"page.{name}", "browser", f"browser_signatures: {engine['name']}, user agent and hints changed", facts))
    return made
