"""The same visitors from other networks, and hosts that know more or less of them."""

from . import sources
from .case import case, http2, over_tls, plaintext, http1


def cases() -> list:
    chrome = sources.signature("chrome_142")
    browser = {**over_tls(chrome["hello"], "h2"), **http2(chrome["pseudo"]), "headers": chrome["headers"]}
    source = f"browser_signatures: {chrome['name']}"
    curl = sources.request_facts(sources.connection("curl/7.88.1"))
    first = lambda file: sources.ranges(file)[0].split("/")[0]
    exit_ = "2001:db8:ffff:ffff::66"
    datacenters = {
        "amazon": first("cc0_amazon_ipv4.txt.gz"), "digitalocean": first("cc0_digitalocean_ipv4.txt.gz"),
        "linode": first("cc0_linode_ipv4.txt.gz"), "oracle": first("cc0_oracle_ipv4.txt.gz"),
    }
    made = [case(f"network.browser-at-{name}", "datacenter", f"{source}, first range of cc0_{name}_ipv4", {**browser, "address": address})
            for name, address in datacenters.items()]
    made.append(case("network.curl-at-digitalocean", "tool", "real_clients_tls_http: curl/7.88.1",
                     {**curl, "address": datacenters["digitalocean"]}))
    made.append(case("network.browser-at-tor-exit", "tor-exit", f"{source}, the documentation address of rules/lists/tor-exits.txt", {**browser, "address": exit_}))
    tor = sources.signature("tor_14.5")
    facts = {**over_tls(tor["hello"], "h2"), **http2(tor["pseudo"]), "headers": tor["headers"], "address": exit_}
    made.append(case("network.tor-browser-at-tor-exit", "tor-exit", f"browser_signatures: {tor['name']}", facts))
    return made + visibility(browser, curl, source)


def visibility(browser: dict, curl: dict, source: str) -> list:
    """What is not seen must not count against a browser, and must not hide a tool."""
    unseen = {key: value for key, value in browser.items() if key not in ("ja4", "tls_version", "sni", "alpn", "pseudo_order")}
    mapped = "::ffff:198.51.100.77"
    rows = [
        ("browser-on-ipv6", "browser", {**browser, "address": "2001:db8:1234:5678:9abc:def0:1:2"}),
        ("browser-on-mapped-ipv4", "browser", {**browser, "address": mapped}),
        ("browser-with-asn-and-country", "browser", {**browser, "asn": 64500, "country": "DE"}),
        ("browser-tls-not-seen", "browser", unseen),
        ("browser-order-not-seen", "browser", {**unseen, "headers": sorted(browser["headers"]), "ordered": False}),
        ("browser-in-plain-text", "browser", {**browser, **plaintext(), **http1(), "headers": plain(browser["headers"])}),
        ("curl-on-ipv6", "tool", {**curl, "address": "2001:db8:4321::7"}),
        ("curl-with-asn-and-country", "tool", {**curl, "asn": 64501, "country": "NL"}),
        ("curl-order-not-seen", "tool", {**curl, "headers": sorted(curl["headers"]), "ordered": False}),
    ]
    made = [case(f"network.{name}", kind, source if "browser" in name else "real_clients_tls_http: curl/7.88.1", facts)
            for name, kind, facts in rows]
    nowhere = case("network.browser-address-not-seen", "browser", source, browser)
    del nowhere["facts"]["address"]
    return [*made, nowhere]


def plain(headers: list) -> list:
    """What Chromium sends to an address that is not secure: neither client hints nor Sec-Fetch, no br or zstd."""
    kept = [[name, value] for name, value in headers if not name.startswith("sec-") and name != "priority"]
    return [["connection", "keep-alive"]] + [[name, "gzip, deflate" if name == "accept-encoding" else value] for name, value in kept]
