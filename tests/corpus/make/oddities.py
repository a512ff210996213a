"""Inputs that honest clients seldom send: each must get a decision, and none is refused for its shape alone."""

from . import sources
from .case import case, changed, http1, http2, octets, over_tls

WRITTEN = "browser_signatures: chrome_142, changed by hand"


def cases() -> list:
    chrome = sources.signature("chrome_142")
    base = {**over_tls(chrome["hello"], "h2"), **http2(chrome["pseudo"]), "headers": chrome["headers"]}
    first = chrome["headers"]
    rows = agents(first) + shapes(first) + names(first) + signed(first)
    made = [case(f"odd.{name}", kind, WRITTEN, {**base, **facts}) for name, kind, facts in rows]
    nothing = {**http1(), **over_tls(chrome["hello"], "http/1.1"), "headers": []}
    return [*made, case("odd.no-headers", "silent", WRITTEN, nothing)]


def agents(first: list) -> list:
    """User agents that are missing, empty, doubled, long or not text."""
    raw = octets(b"Mozilla/5.0 (X11; Linux x86_64) \xff\xfe\x80 Chrome/142.0.0.0")
    twice = [*first, ["user-agent", "curl/8.5.0"]]
    return [
        ("no-agent", "silent", {"headers": changed(first, user_agent=None)}),
        ("empty-agent", "silent", {"headers": changed(first, user_agent="")}),
        ("agent-not-utf8", "odd", {"headers": changed(first, user_agent=raw)}),
        ("agent-utf8", "odd", {"headers": changed(first, user_agent="Mozilla/5.0 (приклад; 例)")}),
        ("agent-twice", "odd", {"headers": twice}),
        ("agent-long", "odd", {"headers": changed(first, user_agent="Mozilla/5.0 " + "(x; " * 2000)}),
        ("agent-upper-case-curl", "tool", {"headers": [["user-agent", "CURL/8.5.0"], ["accept", "*/*"]]}),
        ("agent-curl-inside", "odd", {"headers": changed(first, user_agent="Curly Browser/1.0")}),
        ("agent-digits-overflow", "odd", {"headers": changed(first, user_agent="Mozilla/5.0 (X11; Linux x86_64) Chrome/99999999999999999999.0 Safari/537.36")}),
    ]


def shapes(first: list) -> list:
    """Header lists and targets at the edge of what is allowed."""
    many = [*first, *[[f"x-filler-{n}", str(n)] for n in range(75)]]
    crumbs = [*first, ["cookie", "a=1"], ["cookie", "b=2"], ["cookie", "session=8d1f"]]
    early = [["cookie", "a=1"], *first, ["cookie", "b=2"]]
    doubled = [*first, ["accept", "text/html"], ["accept-language", "de"], ["x-twice", "1"], ["x-twice", "2"]]
    return [
        ("many-headers", "odd", {"headers": many}),
        ("cookie-crumbs", "browser", {"headers": crumbs}),
        ("cookie-crumbs-around", "odd", {"headers": early}),
        ("doubled-headers", "odd", {"headers": doubled}),
        ("empty-values", "odd", {"headers": changed(first, accept="", accept_language="", accept_encoding="")}),
        ("values-not-utf8", "odd", {"headers": changed(first, accept_language=octets(b"de\xe4,en"), x_note=octets(bytes(range(0x80, 0x100))))}),
        ("hints-malformed", "odd", {"headers": changed(first, sec_ch_ua='"Chromium";v="142', sec_ch_ua_mobile="?2", sec_ch_ua_platform="macOS")}),
        ("fetch-unknown-words", "odd", {"headers": changed(first, sec_fetch_site="elsewhere", sec_fetch_mode="fly", sec_fetch_dest="moon")}),
        ("empty-query", "browser", {"target": "/?"}),
        ("only-query", "browser", {"target": "/?" + "&".join(f"k{n}=v" for n in range(200))}),
        ("long-path", "browser", {"target": "/" + "a/" * 1500}),
        ("encoded-path", "browser", {"target": "/caf%C3%A9/%E4%BE%8B?q=%FF%FE&q=1&q"}),
        ("double-encoded-decoy", "odd", {"target": "/%252eenv"}),
    ]


def signed(first: list) -> list:
    """Signatures of Web Bot Auth. One that is good would be of one day only: those are examples of `agent.signature`."""
    key = 'keyid="poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U";tag="web-bot-auth"'
    fields = [
        ["signature-agent", 'sig1="https://chatgpt.com"'],
        ["signature-input", f'sig1=("@authority" "signature-agent";key="sig1");created=1735689600;expires=1735693200;{key}'],
        ["signature", f"sig1=:{'A' * 86}==:"],
    ]
    unread = [["signature-agent", "sig1=("], ["signature-input", "sig1=();tag=web-bot-auth"], ["signature", "sig1=1"]]
    return [("signed-long-ago", "odd", {"headers": [*first, *fields]}), ("signed-malformed", "odd", {"headers": [*first, *unread]})]


def names(first: list) -> list:
    """Methods and authorities."""
    return [
        ("head", "browser", {"method": "HEAD"}),
        ("delete", "odd", {"method": "DELETE", "target": "/api/cart/1"}),
        ("propfind", "odd", {"method": "PROPFIND", "target": "/dav/"}),
        ("authority-with-port", "browser", {"authority": "shop.example:443"}),
        ("authority-upper-case", "browser", {"authority": "SHOP.EXAMPLE"}),
        ("authority-not-sni", "odd", {"authority": "other.example"}),
        ("authority-is-address", "odd", {"authority": "203.0.113.80", "sni": None}),
    ]
