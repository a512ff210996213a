"""The programs in the READMEs of origin/, to be run as they stand there."""

from __future__ import annotations

import re
from pathlib import Path

ORIGIN = Path(__file__).resolve().parents[2] / "origin"
# The folder of each program, and what it alone imports.
IMPORTS = {
    "express": ("node", 'from "express"'),
    "hono": ("node", 'from "hono"'),
    "fastapi": ("python", "from fastapi"),
    "flask": ("python", "from flask"),
    "django": ("python", "from django"),
}
FRAMEWORKS = (*IMPORTS, "django-asgi")


def program(name: str) -> str:
    """The one that a README has for this framework; Django's under ASGI with the names that the README says it then has."""
    if name == "django-asgi":
        return program("django").replace("wsgi", "asgi").replace("WSGI", "ASGI").replace("request.META", "request.scope")
    folder, imports = IMPORTS[name]
    [text] = [text for text in blocks(ORIGIN / folder / "README.md") if imports in text]
    return text


def blocks(page: Path) -> list[str]:
    """All code of a page in languages of origins."""
    return re.findall(r"^```(?:rust|js|python)\n(.*?)^```$", page.read_text(), re.M | re.S)


def lines(text: str) -> list[str]:
    """Without indentation and comments."""
    return [line for line in (re.sub(r"\s*(//|#).*", "", line).strip() for line in text.splitlines()) if line]
