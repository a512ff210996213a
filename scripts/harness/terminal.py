"""Colours, on a terminal and only there. NO_COLOR (no-color.org) turns them off."""

from __future__ import annotations

import os
import shutil
import sys
from typing import IO

CODES = {"red": "31", "green": "32", "yellow": "33", "blue": "34", "magenta": "35", "cyan": "36", "dim": "2", "bold": "1"}


def paint(text: str, colour: str, stream: IO[str] | None = None) -> str:
    """The text in a colour, or as it is where nobody would see the colour."""
    if not colour or not coloured(stream or sys.stdout):
        return text
    return f"\x1b[{CODES[colour]}m{text}\x1b[0m"


def coloured(stream: IO[str]) -> bool:
    """True where escape codes are wanted."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def width() -> int:
    """Columns of the terminal; 120 where there is none."""
    return shutil.get_terminal_size((120, 24)).columns
