"""Lists of names by which crawlers call themselves in User-Agent, one a line, sorted."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable
from pathlib import Path

CLASSES = {
    "academic": "Crawlers of universities and researchers.",
    "advertising": "Crawlers of advertising networks and those who audit them.",
    "archiver": "Crawlers that keep copies of pages.",
    "feed-reader": "Feed readers.",
    "monitoring": "Monitors of availability and speed.",
    "scanner": "Scanners for vulnerabilities and exposed services.",
    "search-engine": "Crawlers of search engines.",
    "seo": "Crawlers of search engine optimisers.",
    "social-preview": "Fetchers of link previews.",
}

# Names that a rule holds against published networks, in lower case: they stand in packs/crawlers.toml, monitors.toml and
# ai-crawlers.toml, so they are left out of the lists of crawlers that nobody can verify.
VERIFIABLE = (
    "googlebot", "google-inspectiontool", "storebot-google", "googleother", "google-cloudvertexbot",
    "adsbot-google", "mediapartners-google", "mediapartners (googlebot)", "apis-google", "google-safety", "feedfetcher-google",
    "google-site-verification", "google-read-aloud", "google-pagerenderer", "googleproducer",
    "bingbot", "adidxbot", "bingpreview", "microsoftpreview", "duckduckbot", "yandex.com/bots", "applebot",
    "facebookexternalhit", "facebookcatalog", "facebookbot", "meta-externalagent", "meta-externalfetcher", "meta-webindexer", "ahrefsbot", "ahrefssiteaudit",
    "uptimerobot", "pingdom", "better stack", "betteruptime", "better uptime",
    "gptbot", "chatgpt-user", "oai-searchbot", "claudebot", "perplexitybot", "perplexity-user", "google-agent",
)

# Words of ai.robots.txt that stand for something else in a User-Agent, are tokens of robots.txt only, or name a
# crawler that feeds a search engine first: blocking it would cost a site its place there.
NOT_AI = {
    "anomura", "applebot", "applebot-extended", "code", "cursor", "devin", "facebookexternalhit", "google-extended",
    "google-firebase", "lcc", "openai", "operator", "scrapy", "spider", "trae", "wpbot", "yak",
}

# A backslash and its character, letters in brackets, words in parentheses, or one character.
TOKEN = re.compile(r"\\(.)|\[([\w]+)\]|\(([\w|]+)\)|(.)")
OPERATORS = set("^$.*+?|()[]{}")
SHORTEST = 5
SOURCES = "npm crawler-user-agents 1.60.0, MIT; arcjet/well-known-bots 0637e27abef5, MIT"
AI_SOURCES = f"ai-robots-txt/ai.robots.txt 738c80df2169, MIT; {SOURCES}"
AI_CLASSES = {
    "training": "AI crawlers that collect text for models, or whose use is not known.",
    "search": "AI crawlers that build an index to answer from.",
    "user": "AI assistants and agents that fetch a page because a person asked them something.",
}


def files(data: Path) -> dict[str, str]:
    """The text of every list, by file name."""
    browsers = real_browsers(data)
    crawlers = json.loads((data / "crawler-user-agents.json").read_text())
    bots = json.loads((data / "well-known-bots.json").read_text())
    ai = artificial(data, crawlers, bots)
    named = set().union(*ai.values())
    made = {f"ai-{name}-names.txt": render(AI_CLASSES[name], AI_SOURCES, fit(ai[name], browsers)) for name in AI_CLASSES}
    for name, what in CLASSES.items():
        found = {literal for crawler in crawlers if name in crawler.get("tags", []) for literal in literals(crawler["pattern"])}
        found = {literal.lower() for literal in found if not any(known in literal.lower() for known in VERIFIABLE)} - named
        made[f"crawler-{name}-names.txt"] = render(what, SOURCES, fit(found, browsers))
    return made


def render(what: str, origin: str, found: Iterable[str]) -> str:
    head = [f"# {what} In lower case.", f"# Source: {origin}", "# Made by scripts/lists."]
    return "\n".join([*head, *sorted(found)]) + "\n"


def fit(found: Iterable[str], browsers: str) -> set[str]:
    """Names that are long enough to mean something, and that no real browser says; none that has another one in it."""
    long = {name.strip() for name in found if len(name.strip()) >= SHORTEST}
    return {name for name in long if name not in browsers and not any(other != name and other in name for other in long)}


def artificial(data: Path, crawlers: list[dict], bots: list[dict]) -> dict[str, set[str]]:
    """Names of AI crawlers by what they do."""
    robots = json.loads((data / "ai-robots.json").read_text())
    found: dict[str, set[str]] = {name: set() for name in AI_CLASSES}
    for name, entry in robots.items():
        if name.lower() not in NOT_AI:
            found[purpose(name, entry["function"])].add(name.lower())
    known = set().union(*found.values())
    for pattern in [one["pattern"] for one in crawlers if "ai-crawler" in one.get("tags", [])] + [
        accepted for bot in bots if "ai" in bot["categories"] for accepted in bot["pattern"]["accepted"]
    ]:
        for literal in map(str.lower, literals(pattern)):
            plain = literal.rstrip("/")
            if plain not in NOT_AI and not any(plain in name or name in plain for name in known):
                found[purpose(literal, "")].add(literal)
    return found


def purpose(name: str, function: str) -> str:
    """What an AI crawler is for. ai.robots.txt writes it in free text, most of it in a few fixed terms."""
    if name.lower().endswith("-user") or re.search(r"assistant|agents|user.initiated|user prompts|crawls sites to provide answers", function, re.I):
        return "user"
    return "search" if re.search(r"search", name + function, re.I) else "training"


def literals(pattern: str) -> set[str]:
    """The strings that a pattern stands for; none for a pattern that is anchored or has another operator than `[ab]` and `(a|b)`."""
    found = {""}
    for escaped, letters, branches, plain in TOKEN.findall(pattern):
        if plain in OPERATORS or escaped.isalnum():
            return set()
        choices = [escaped or plain] if escaped or plain else list(letters) or branches.split("|")
        found = {start + choice for start in found for choice in choices}
    return found


def real_browsers(data: Path) -> str:
    """User agents of real browsers in lower case, against which every name is held."""
    with gzip.open(data / "user_agents_sample_5000.jsonl.gz", "rt") as lines:
        sample = [json.loads(line)["ua"] for line in lines]
    with gzip.open(data / "real_browser_headers_2400.jsonl.gz", "rt") as lines:
        sets = [dict((name.lower(), value) for name, value in json.loads(line)["headers"]) for line in lines]
    return "\n".join(sorted({*sample, *(headers.get("user-agent", "") for headers in sets)})).lower()
