"""Real clients, as captured: libraries, load tools, browsers, automation, impersonators."""

import re

from . import sources
from .case import case

KINDS = {"http-library": "tool", "load-tool": "tool", "scanner": "tool", "impersonator": "mimic"}

# Impersonators whose headers are known to stand in an order that the claimed browser never writes.
DISORDERED = ("rnet:Chrome", "rnet:Edge", "rnet:Firefox", "primp:safari")


def cases() -> list:
    """One case for each distinct request of each client."""
    made, seen = [], set()
    for row in sources.connections():
        facts = sources.request_facts(row)
        key = (row["client"], repr(facts["headers"]), row["ja4"])
        if key in seen:
            continue
        seen.add(key)
        name = re.sub(r"[/:]", "-", row["client"].lower())
        taken = sum(made_case["id"].startswith(f"client.{name}") for made_case in made)
        case_id = f"client.{name}" + (f".{taken + 1}" if taken else "")
        source = f"real_clients_tls_http: {row['client']}"
        made.append(case(case_id, kind(row, facts), source, facts))
    return made


def kind(row: dict, facts: dict) -> str:
    """The class, from who the client is known to be and from what it says of itself."""
    agent = dict(facts["headers"]).get("user-agent")
    if row["class"] == "browser-automation" or row["class"] == "real-browser-headless":
        return "automation" if "Headless" in agent else "browser"
    if "okhttp" in (agent or ""):
        return "tool"
    if agent is None:
        return "silent"
    if row["client"].startswith(DISORDERED):
        return "disordered"
    return KINDS[row["class"]]
