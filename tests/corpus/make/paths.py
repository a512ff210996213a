"""Requests that stand out by where they go: decoys, and what must never be refused."""

from . import sources
from .case import case, http1, http2, over_tls, plaintext

DECOYS = ["/.env", "/wp-login.php", "/.git/config", "/.env?x=1"]
LOOKALIKES = ["/blog/what-is-a-.env-file", "/environment", "/wp-login.php.html", "/.well-known/security.txt"]


def cases() -> list:
    chrome = sources.signature("chrome_142")
    browser = {**over_tls(chrome["hello"], "h2"), **http2(chrome["pseudo"]), "headers": chrome["headers"]}
    curl = sources.request_facts(sources.connection("curl/7.88.1"))
    by_browser, by_curl = f"browser_signatures: {chrome['name']}", "real_clients_tls_http: curl/7.88.1"
    made = []
    for target in DECOYS:
        name = "".join(letter if letter.isalnum() else "-" for letter in target.strip("/."))
        made.append(case(f"path.decoy-{name}-curl", "decoy", by_curl, {**curl, "target": target}))
        made.append(case(f"path.decoy-{name}-browser", "decoy", by_browser, {**browser, "target": target}))
    for place, target in enumerate(LOOKALIKES, 1):
        made.append(case(f"path.lookalike-{place}", "browser", by_browser, {**browser, "target": target}))
    return made + exempt(browser, curl, by_browser, by_curl)


def exempt(browser: dict, curl: dict, by_browser: str, by_curl: str) -> list:
    """Challenging or refusing these breaks certificate renewal, crawling rules, CORS, probes."""
    acme = "/.well-known/acme-challenge/evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA"
    encrypt = "Mozilla/5.0 (compatible; Let's Encrypt validation server; +https://www.letsencrypt.org)"
    go = {**http1(), **plaintext(), "headers": [["user-agent", encrypt], ["accept", "*/*"], ["accept-encoding", "gzip"], ["connection", "close"]]}
    probe = {**go, "target": "/healthz", "headers": [["user-agent", "kube-probe/1.34"], ["accept", "*/*"], ["connection", "close"]]}
    written = "written for this corpus"
    return [
        case("path.acme-lets-encrypt", "exempt", written, {**go, "target": acme}),
        case("path.acme-curl", "exempt", by_curl, {**curl, "target": acme}),
        case("path.robots-browser", "exempt", by_browser, {**browser, "target": "/robots.txt"}),
        case("path.robots-curl", "exempt", by_curl, {**curl, "target": "/robots.txt"}),
        case("path.robots-claudebot", "exempt", "crawler-user-agents: [cC]laude[bB]ot",
             {**curl, "target": "/robots.txt", "headers": [["user-agent", sources.crawlers()["[cC]laude[bB]ot"][0]], ["accept", "*/*"]]}),
        case("path.probe", "exempt", written, probe),
    ]
