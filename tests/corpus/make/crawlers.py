"""Crawlers: in the ranges that they publish, outside of them, and those that publish none."""

import ipaddress
from pathlib import Path

from . import sources
from .case import case, http1, over_tls, plaintext

GO = "hey-go"

ROOT = Path(__file__).resolve().parents[3]

# Name, pattern in crawler-user-agents.json, file of published ranges, class when genuine.
PUBLISHED = [
    ("googlebot", r"Googlebot\/", "cc0_googlebot_ipv4.txt.gz", "crawler-verified"),
    ("googlebot-v6", r"Googlebot\/", "cc0_googlebot_ipv6.txt.gz", "crawler-verified"),
    ("googlebot-image", "Googlebot-Image", "cc0_googlebot_ipv4.txt.gz", "crawler-verified"),
    ("bingbot", "bingbot", "cc0_bing_ipv4.txt.gz", "crawler-verified"),
]

# The same, with the file of rules/lists that has them.
LISTED = [
    ("gptbot", "GPTBot", "ai-openai-gptbot.txt", "ai-crawler"),
    ("oai-searchbot", "OAI-SearchBot", "ai-openai-searchbot.txt", "ai-crawler"),
    ("chatgpt-user", "ChatGPT-User", "ai-openai-chatgpt-user.txt", "ai-crawler"),
    ("perplexitybot", r"PerplexityBot\/", "ai-perplexity-bot.txt", "ai-crawler"),
    ("facebookexternalhit-at-home", "facebookexternalhit", "crawler-meta.txt", "crawler-verified"),
    ("uptimerobot-at-home", "UptimeRobot", "monitor-uptimerobot.txt", "exempt"),
]

# Names that come from where another agent of the same operator does.
BESIDE = [
    ("gptbot-at-chatgpt-user", "GPTBot", "ai-openai-chatgpt-user.txt", "ai-crawler"),
    ("chatgpt-user-at-gptbot", "ChatGPT-User", "ai-openai-gptbot.txt", "ai-crawler"),
    ("perplexitybot-at-perplexity-user", r"PerplexityBot\/", "ai-perplexity-user.txt", "ai-crawler"),
    ("googlebot-at-special-crawlers", r"Googlebot\/", "crawler-google-special.txt", "crawler"),
    ("googlebot-at-fetchers", r"Googlebot\/", "crawler-google-fetchers.txt", "crawler"),
]

AI = [("ccbot", "CCBot"), ("claudebot", "[cC]laude[bB]ot"), ("bytespider", "Bytespider"), ("cohere-ai", "cohere-ai"),
      ("meta-externalagent", r"meta-externalagent\/")]

NAMED = [("ahrefs", "Ahrefs(Bot|SiteAudit)"), ("baiduspider", "Baiduspider"), ("mj12bot", "MJ12bot"),
         ("dotbot", "dotbot"), ("facebookexternalhit", "facebookexternalhit"), ("uptimerobot", "UptimeRobot"),
         ("feedly", "Feedly"), ("zgrab", "zgrab"), ("netcraft", "NetcraftSurveyAgent"), ("w3c-validator", "W3C_Validator"),
         ("ia-archiver", "ia_archiver")]

LIBRARIES = [("libwww-perl", "libwww-perl"), ("go-http-client", "Go-http-client"), ("okhttp", "okhttp"),
             ("apache-httpclient", "^Apache-HttpClient"), ("python-requests-old", "python-requests"), ("axios-old", "axios")]


# User agents with more names than one, of which none is true: each rule about an impostor fires as if its name stood alone.
SEVERAL = [
    ("googlebot-and-betteruptime", "Googlebot/2.1 betteruptime", "crawler-impostor"),
    ("bingbot-and-betteruptime", "Mozilla/5.0 (compatible; bingbot/2.0) Better Uptime Bot", "crawler-impostor"),
    ("gptbot-and-uptimerobot", "GPTBot/1.2 uptimerobot", "ai-crawler"),
    ("duckduckbot-and-meta", "DuckDuckBot/1.1 meta-webindexer/1.1 twitterbot", "crawler-impostor"),
    ("googlebot-and-meta", "Googlebot/2.1 meta-externalfetcher/1.1 Twitterbot/1.0", "crawler-impostor"),
]


def cases() -> list:
    return several() + genuine() + out_of_range() + unpublished() + libraries()


def agent(pattern: str) -> str:
    return sources.crawlers()[pattern][0]


def inside(file: str) -> str:
    """An address in the middle of the first range of a file."""
    network = ipaddress.ip_network(sources.ranges(file)[0])
    return str(network[min(network.num_addresses // 2, 0x1234)])


def listed(file: str) -> str:
    """The first address of the first network of a list that is shipped."""
    lines = (ROOT / "rules" / "lists" / file).read_text().splitlines()
    return str(ipaddress.ip_network(next(line for line in lines if not line.startswith("#")))[0])


def genuine() -> list:
    made = []
    for name, pattern, file, kind in PUBLISHED:
        facts = {**polite(agent(pattern)), "address": inside(file)}
        made.append(case(f"crawler.{name}", kind, f"crawler-user-agents: {pattern}, first range of {file}", facts))
    for name, pattern, file, kind in LISTED + BESIDE:
        facts = {**polite(agent(pattern)), "address": listed(file)}
        made.append(case(f"crawler.{name}", kind, f"crawler-user-agents: {pattern}, first range of rules/lists/{file}", facts))
    return made


def out_of_range() -> list:
    made = []
    for name, pattern, _, kind in PUBLISHED + LISTED:
        if not name.endswith(("-v6", "-at-home")):
            kind = "crawler-impostor" if kind == "crawler-verified" else "ai-crawler"
            facts = {**polite(agent(pattern)), "target": "/products?page=3"}
            made.append(case(f"crawler.{name}-elsewhere", kind, f"crawler-user-agents: {pattern}", facts))
    facts = {**polite(agent(r"Googlebot\/")), "address": "2001:db8:7::42"}
    return [*made, case("crawler.googlebot-v6-elsewhere", "crawler-impostor", r"crawler-user-agents: Googlebot\/", facts)]


def several() -> list:
    return [case(f"crawler.{name}", kind, "by hand", polite(user_agent)) for name, user_agent, kind in SEVERAL]


def unpublished() -> list:
    rows = [(name, pattern, "ai-crawler") for name, pattern in AI] + [(name, pattern, "crawler") for name, pattern in NAMED]
    return [case(f"crawler.{name}", kind, f"crawler-user-agents: {pattern}", polite(agent(pattern))) for name, pattern, kind in rows]


def libraries() -> list:
    made = []
    for name, pattern in LIBRARIES:
        facts = {**polite(agent(pattern)), **plaintext()}
        made.append(case(f"crawler.{name}", "tool", f"crawler-user-agents: {pattern}, in plain text", facts))
    return made


def polite(user_agent: str) -> dict:
    """A crawler's request: few headers, a Go hello, HTTP/1.1."""
    row = sources.connection(GO)
    headers = [["accept", "*/*"], ["accept-encoding", "gzip, deflate, br"], ["from", "crawler@search.example"], ["user-agent", user_agent]]
    return {**http1(), **over_tls({"ja4": row["ja4"], "ja3": row["ja3_md5"]}, None), "headers": headers}
