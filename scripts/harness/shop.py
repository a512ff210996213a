"""The demo shop as a child process."""

from __future__ import annotations

from pathlib import Path

from . import paths
from .process import Server, listening


def shop(port: int, log: Path, env: dict[str, str] | None = None) -> Server:
    """Starts the shop and returns once it answers. With OUTWORK_EVIDENCE_KEYS in `env` it verifies what it is told."""
    server = Server("the demo shop", ["node", paths.SHOP / "server.mjs", str(port)], log, env=env)
    server.wait_until(lambda: listening(port))
    return server
