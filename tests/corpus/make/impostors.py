"""Clients that say they are browsers and are not: one part real, another part real, the two of different clients."""

from . import sources
from .case import case, changed, http1, http2, over_tls

# A library's hello under a browser's headers: the way an impersonator that changes only its headers looks.
HELLOS = ["curl/7.88.1", "wget/1.21.3", "python-requests", "python-httpx-h2", "node-fetch-undici", "java-HttpClient", "hey-go"]
CLAIMS = ["chrome_150", "firefox_144", "safari_18.4_macOS", "edge_120"]

# Browsers whose headers come over another engine's hello.
CROSSED = [("chrome_142", "firefox_144"), ("firefox_144", "chrome_142"), ("chrome_142", "safari_18.4_macOS"),
           ("safari_18.4_macOS", "chrome_142"), ("firefox_144", "safari_18.4_macOS"), ("safari_18.4_macOS", "firefox_144")]


def cases() -> list:
    return borrowed_headers() + crossed() + contradictions() + honest_tools_over_browser_hellos()


def borrowed_headers() -> list:
    made = []
    for client in HELLOS:
        for claim in CLAIMS:
            row, browser = sources.connection(client), sources.signature(claim)
            short = client.split("/")[0].lower()
            over = sources.request_facts(row)
            facts = {**over, "headers": browser["headers"], "target": "/"}
            source = f"real_clients_tls_http: {client}, headers of browser_signatures: {browser['name']}"
            made.append(case(f"impostor.{short}-as-{claim.split('_')[0]}", "impostor", source, facts))
    return made


def crossed() -> list:
    made = []
    for claim, hello in CROSSED:
        says, is_ = sources.signature(claim), sources.signature(hello)
        facts = {**over_tls(is_["hello"], "h2"), **http2(is_["pseudo"]), "headers": says["headers"]}
        case_id = f"impostor.{hello.split('_')[0]}-hello-as-{claim.split('_')[0]}"
        source = f"browser_signatures: headers of {says['name']}, hello and pseudo-header order of {is_['name']}"
        made.append(case(case_id, "impostor", source, facts))
    return made


def contradictions() -> list:
    """Right hellos with headers that the claimed browser does not send."""
    chrome, firefox = sources.signature("chrome_150"), sources.signature("firefox_144")
    safari = sources.signature("safari_18.4_macOS")
    linux = '"Linux"'
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36"
    phone = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Mobile Safari/537.36"
    old = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"
    variants = [
        ("chrome-platform-says-linux", "impostor", chrome, changed(chrome["headers"], sec_ch_ua_platform=linux, user_agent=agent)),
        ("chrome-mobile-says-desktop", "impostor", chrome, changed(chrome["headers"], user_agent=phone)),
        ("chrome-version-says-other", "impostor", chrome, changed(chrome["headers"], user_agent=old)),
        ("chrome-without-hints", "contradiction", chrome,
         changed(chrome["headers"], sec_ch_ua=None, sec_ch_ua_mobile=None, sec_ch_ua_platform=None)),
        ("chrome-without-sec-fetch", "contradiction", chrome,
         changed(chrome["headers"], sec_fetch_site=None, sec_fetch_mode=None, sec_fetch_user=None, sec_fetch_dest=None)),
        ("chrome-accepts-anything", "contradiction", chrome, changed(chrome["headers"], accept="*/*")),
        ("chrome-without-language", "contradiction", chrome, changed(chrome["headers"], accept_language=None)),
        ("chrome-without-encoding", "contradiction", chrome, changed(chrome["headers"], accept_encoding=None)),
        ("chrome-bare", "impostor", chrome, [h for h in chrome["headers"] if h[0] == "user-agent"]),
        ("firefox-with-hints", "impostor", firefox,
         firefox["headers"] + [h for h in chrome["headers"] if h[0].startswith("sec-ch-ua")]),
        ("firefox-bare", "impostor", firefox, [h for h in firefox["headers"] if h[0] == "user-agent"]),
        ("safari-with-hints", "impostor", safari,
         safari["headers"] + [h for h in chrome["headers"] if h[0].startswith("sec-ch-ua")]),
    ]
    made = []
    for name, kind, browser, headers in variants:
        facts = {**over_tls(browser["hello"], "h2"), **http2(browser["pseudo"]), "headers": headers}
        made.append(case(f"impostor.{name}", kind, f"browser_signatures: {browser['name']}, changed", facts))
    facts = {**over_tls(chrome["hello"], "h2"), **http2("mpas"), "headers": chrome["headers"]}
    source = f"browser_signatures: {chrome['name']}, pseudo-headers in Firefox's order"
    return [*made, case("impostor.chrome-pseudo-order-of-firefox", "disordered", source, facts)]


def honest_tools_over_browser_hellos() -> list:
    """What a tool says of itself counts, whatever hello it borrowed."""
    chrome = sources.signature("chrome_142")
    made = []
    for client in ["python-requests", "curl-http1.1"]:
        row = sources.connection(client)
        headers = sources.request_facts(row)["headers"]
        facts = {**over_tls(chrome["hello"], "http/1.1"), **http1(), "headers": headers}
        source = f"real_clients_tls_http: {client}, hello of browser_signatures: {chrome['name']}"
        made.append(case(f"impostor.{client}-over-chrome-hello", "tool", source, facts))
    return made
