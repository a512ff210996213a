"""Lists of networks: one in CIDR notation a line, sorted, merged."""

from __future__ import annotations

import csv
import gzip
import ipaddress
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# RFC 3849 reserves 2001:db8::/32 for documentation: no visitor has this address, so a list that a site fills for itself
# can carry it, and the rule over that list has a test that fires.
DOCUMENTATION = "2001:db8:ffff:ffff::66/128"

# The youngest day that the data themselves name: `creationTime` of Google's own JSON. They may be older; nobody who reads a
# list shall take it for younger.
AS_OF = "# As of 2026-08-20."

# A list that only `outwork lists update` can fill in: no data of ours have it.
GOOGLE_AGENTS = (
    "# Networks that Google-Agent comes from. None is shipped: no source of ours has them; `outwork lists update` fills them in.\n"
    "# Source: https://developers.google.com/static/crawling/ipranges/user-triggered-agents.json\n"
    f"{AS_OF}\n"
)

RESERVED = [
    ipaddress.ip_network(line)
    for line in (Path(__file__).parent / "reserved.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


@dataclass(frozen=True)
class Source:
    """A list: what it holds, and where its networks come from."""

    what: str
    origin: str
    read: Callable[[Path], Iterable[str]]


def files(data: Path, *, tor: bool) -> dict[str, str]:
    """The text of every list, by file name."""
    made = {f"{name}.txt": render(source, source.read(data / "ip")) for name, source in SOURCES.items()}
    made["agent-google.txt"] = GOOGLE_AGENTS
    made["hosting-asns.txt"] = numbers(data / "ip" / "bad-asn-list.csv")
    return made | {"tor-exits.txt": render(TOR, TOR.read(data / "ip") if tor else [])}


def render(source: Source, networks: Iterable[str]) -> str:
    kept = merged([*networks, DOCUMENTATION] if source is TOR else networks)
    head = [f"# {source.what}", f"# Source: {source.origin}", f"{AS_OF} Made by scripts/lists."]
    return "\n".join([*head, *map(str, kept)]) + "\n"


def numbers(path: Path) -> str:
    head = ["# Autonomous systems of hosting companies.", "# Source: brianhama/bad-asn-list cac788be6fa1, MIT", "# Made by scripts/lists."]
    systems = {int(row["ASN"]) for row in csv.DictReader(text(path).splitlines())}
    return "\n".join([*head, *map(str, sorted(systems))]) + "\n"


def merged(texts: Iterable[str]) -> list[Network]:
    networks = {ipaddress.ip_network(text.strip()) for text in texts if text.strip()}
    public = [part for network in networks for part in without_reserved(network)]
    return [
        network
        for version in (4, 6)
        for network in ipaddress.collapse_addresses(one for one in public if one.version == version)
    ]


def without_reserved(network: Network) -> list[Network]:
    """What is left of a network without the addresses that nobody on the internet has; sources list some of them."""
    parts = [network]
    for reserved in RESERVED:
        if reserved.version == network.version:
            parts = [left for part in parts for left in difference(part, reserved)]
    return parts


def difference(network: Network, other: Network) -> Iterable[Network]:
    if not network.overlaps(other):
        return [network]
    return network.address_exclude(other) if other.subnet_of(network) and other != network else []


def lines(*names: str) -> Callable[[Path], Iterable[str]]:
    return lambda folder: [line for name in names for line in text(folder / name).splitlines()]


def rows(name: str, *bots: str) -> Callable[[Path], Iterable[str]]:
    """Rows of `IP,Name,Sources`; a row may name several bots, with `|` between them."""

    def read(folder: Path) -> Iterable[str]:
        table = csv.DictReader(text(folder / name).splitlines())
        return [row["IP"] for row in table if set(bots) & set(row["Name"].split("|"))]

    return read


def published(name: str, file: str) -> Callable[[Path], Iterable[str]]:
    """Rows that one file of an operator has; a row may name several, with `|` between them."""

    def read(folder: Path) -> Iterable[str]:
        table = csv.DictReader(text(folder / name).splitlines())
        return [row["IP"] for row in table if any(url.endswith(f"/{file}") for url in row["Sources"].split("|"))]

    return read


def google(name: str) -> Callable[[Path], Iterable[str]]:
    """Google's own JSON: `{"prefixes": [{"ipv4Prefix": …} | {"ipv6Prefix": …}]}`."""
    return lambda folder: [prefix for entry in json.loads(text(folder / name))["prefixes"] for prefix in entry.values()]


def union(*reads: Callable[[Path], Iterable[str]]) -> Callable[[Path], Iterable[str]]:
    return lambda folder: [network for read in reads for network in read(folder)]


def text(path: Path) -> str:
    return gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text()


CLOUDS = ("amazon", "digitalocean", "google", "linode", "microsoft", "oracle", "vultr")
IPRANGES = "lord-alfred/ipranges 14dd971b1875, CC0-1.0"
SEFINEK = "sefinek/known-bots-ip-whitelist dd20350c6d24, MIT"
KNOWN, AI, MONITORS = "known_bot_ips.csv.gz", "ai_bot_ips.csv", "monitoring_bot_ips.csv"

SOURCES = {
    "crawler-google": Source(
        "Networks that Google's common crawlers come from (Googlebot, GoogleOther, Storebot-Google and others).",
        f"jonhadfield/cloud-ips a9fd42a4d49b (a copy of Google's googlebot.json), Apache-2.0; {IPRANGES}; {SEFINEK}",
        union(google("googlebot.json"), lines("cc0_googlebot_ipv4.txt.gz", "cc0_googlebot_ipv6.txt.gz"), rows(KNOWN, "GoogleBot")),
    ),
    "crawler-google-special": Source(
        "Networks that Google's special crawlers come from (AdsBot, Mediapartners, APIs-Google, Google-Safety).",
        SEFINEK,
        rows(KNOWN, "Google Special Crawlers"),
    ),
    "crawler-google-fetchers": Source(
        "Networks that Google's own fetchers come from, which people send (FeedFetcher, Read Aloud, Site Verification).",
        SEFINEK,
        published(KNOWN, "user-triggered-fetchers-google.json"),
    ),
    "crawler-google-tenants": Source(
        "Networks that programs of Google's customers fetch from on a user's behalf: whoever rents there says what they are called.",
        SEFINEK,
        published(KNOWN, "user-triggered-fetchers.json"),
    ),
    "crawler-bing": Source(
        "Networks that Bing's crawlers come from.",
        f"{IPRANGES}; {SEFINEK}",
        union(lines("cc0_bing_ipv4.txt.gz"), rows(KNOWN, "BingBot")),
    ),
    "crawler-duckduckgo": Source("Networks that DuckDuckBot comes from.", SEFINEK, rows(KNOWN, "DuckDuckBot")),
    "crawler-yandex": Source("Networks that Yandex's crawlers come from.", SEFINEK, rows(KNOWN, "YandexBot")),
    "crawler-apple": Source("Networks that Applebot comes from.", SEFINEK, rows(KNOWN, "Applebot")),
    "crawler-meta": Source("Networks of Meta, whose crawlers come from anywhere in them.", SEFINEK, rows(KNOWN, "FacebookBot")),
    "crawler-ahrefs": Source("Addresses that AhrefsBot comes from.", SEFINEK, rows(KNOWN, "AhrefsBot")),
    "monitor-uptimerobot": Source("Addresses that UptimeRobot probes from.", SEFINEK, rows(MONITORS, "UptimeRobot")),
    "monitor-pingdom": Source("Addresses that Pingdom probes from.", SEFINEK, rows(MONITORS, "PingdomBot")),
    "monitor-betterstack": Source("Addresses that Better Stack probes from.", SEFINEK, rows(MONITORS, "BetterStack")),
    "internet-scanners": Source(
        "Networks of Censys, Shodan and Modat, who scan the internet and publish what they find.",
        SEFINEK,
        rows(MONITORS, "Censys", "Shodan", "Modat Scanner"),
    ),
    "ai-openai-gptbot": Source("Networks that GPTBot comes from.", SEFINEK, published(AI, "gptbot.json")),
    "ai-openai-searchbot": Source("Networks that OAI-SearchBot comes from.", SEFINEK, published(AI, "searchbot.json")),
    "ai-openai-chatgpt-user": Source("Networks that ChatGPT-User comes from.", SEFINEK, published(AI, "chatgpt-user.json")),
    "ai-openai": Source(
        "Networks that any of OpenAI's agents comes from (GPTBot, OAI-SearchBot, ChatGPT-User).",
        f"{IPRANGES}; {SEFINEK}",
        union(lines("cc0_openai_ipv4.txt.gz"), rows(AI, "GPTBot", "ChatGPT User", "OpenAI SearchBot")),
    ),
    "ai-anthropic": Source("Networks that ClaudeBot comes from.", SEFINEK, rows(AI, "ClaudeBot")),
    "ai-perplexity-bot": Source("Networks that PerplexityBot comes from.", SEFINEK, published(AI, "perplexitybot.json")),
    "ai-perplexity-user": Source("Networks that Perplexity-User comes from.", SEFINEK, published(AI, "perplexity-user.json")),
    "datacenter": Source(
        f"Networks of {', '.join(name.capitalize() for name in CLOUDS)}, and of other hosting companies.",
        f"{IPRANGES}; X4BNet/lists_vpn output/datacenter 167937a76d42, MIT",
        union(
            *(lines(f"cc0_{name}_ipv4.txt.gz") for name in CLOUDS),
            *(lines(f"cc0_{name}_ipv6.txt.gz") for name in CLOUDS if name != "oracle"),
            lines("x4b_datacenter_ipv4.txt.gz"),
        ),
    ),
}

TOR = Source(
    "Tor exits. The repository carries none, because their source has no licence file: `scripts/lists --tor` fills them in.",
    f"X4BNet/lists_torexit 1aaa6b5d0c03, no licence file; {DOCUMENTATION} is reserved for documentation, for the rule's test",
    lines("tor_exit_ipv4.txt"),
)
