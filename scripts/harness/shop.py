"""The demo shop as a child process."""

from __future__ import annotations

from pathlib import Path

from . import paths
from .process import Server, listening


def shop(port: int, log: Path) -> Server:
    """Starts the shop and returns once it answers."""
    server = Server("the demo shop", ["node", paths.SHOP / "server.mjs", str(port)], log)
    server.wait_until(lambda: listening(port))
    return server
