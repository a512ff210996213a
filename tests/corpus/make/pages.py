"""What real browsers send besides the first page: subresources, forms, fetches, and browsers within apps."""

from . import sources
from .case import AUTHORITY, case, changed, http1, http2, over_tls

HOME = f"https://{AUTHORITY}/"


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
    """Name, facts and headers of requests that follow the first one."""
    within = dict(sec_fetch_site="same-origin", sec_fetch_user=None, upgrade_insecure_requests=None)
    fetch = changed(first, **within, accept="*/*", sec_fetch_mode="cors", sec_fetch_dest="empty", referer=HOME, priority="u=1, i")
    image = changed(first, **within, accept="image/avif,image/webp,*/*;q=0.8", sec_fetch_mode="no-cors", sec_fetch_dest="image", referer=HOME)
    style = changed(first, **within, accept="text/css,*/*;q=0.1", sec_fetch_mode="no-cors", sec_fetch_dest="style", referer=HOME)
    post = changed(fetch, content_type="application/json", content_length="2", origin=HOME[:-1])
    form = changed(first, sec_fetch_site="same-origin", content_type="application/x-www-form-urlencoded", content_length="23",
                   origin=HOME[:-1], referer=HOME + "login")
    link = changed(first, sec_fetch_site="cross-site", referer="https://search.example/")
    kept = changed(first, sec_fetch_site="same-origin", referer=HOME, cookie="session=8d1f; theme=dark")
    reload = changed(first, cache_control="max-age=0", if_none_match='"5f3a"')
    ask = changed(fetch, access_control_request_method="PUT", access_control_request_headers="content-type", origin="https://app.example",
                  sec_fetch_site="cross-site")
    rows = [
        ("fetch", {"target": "/api/cart"}, fetch), ("image", {"target": "/logo.png"}, image), ("style", {"target": "/site.css"}, style),
        ("fetch-post", {"method": "POST", "target": "/api/cart"}, post), ("form", {"method": "POST", "target": "/login"}, form),
        ("link", {"target": "/products/7?from=search"}, link), ("cookies", {"target": "/cart"}, kept), ("reload", {}, reload),
        ("preflight", {"method": "OPTIONS", "target": "/api/cart"}, [header for header in ask if not header[0].startswith("sec-ch-ua")]),
    ]
    if short == "chrome":
        rows.append(("prefetch", {"target": "/products/8"}, changed(first, **within, sec_purpose="prefetch", referer=HOME)))
    if short == "firefox":
        rows.append(("global-privacy-control", {}, changed(first, dnt="1", sec_gpc="1")))
    return rows


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
