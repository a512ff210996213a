"""Ways in which a filter's configuration, bundle or keys can be wrong, made from ones that are right."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import os
from dataclasses import dataclass
from typing import Any, Callable

Plugin = dict[str, Any]


@dataclass(frozen=True)
class Breakage:
    """`plugin` changes the plugin's configuration, `env` its environment; `says` must be in the one line that comes of it."""

    name: str
    says: str
    plugin: Callable[[Plugin], Any] = lambda plugin: plugin
    env: Callable[[dict[str, str]], dict[str, str]] = lambda env: env

    def extension(self, published: dict[str, Any]) -> dict[str, Any]:
        """The published filter configuration, broken."""
        broken = copy.deepcopy(published)
        value = self.plugin(json.loads(broken["config"]["configuration"]["value"]))
        broken["config"]["configuration"]["value"] = value if isinstance(value, str) else json.dumps(value)
        return broken


def bundle(change: Callable[[bytes], bytes]) -> Callable[[Plugin], Plugin]:
    """A change of the bundle's bytes."""
    return lambda plugin: {**plugin, "bundle": base64.b64encode(change(base64.b64decode(plugin["bundle"]))).decode()}


def flipped(data: bytes) -> bytes:
    """One bit in the middle."""
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


def newer(data: bytes) -> bytes:
    """The next format version, its checksum right, as a newer `outwork build` would write it."""
    content = data[:8] + (int.from_bytes(data[8:10], "little") + 1).to_bytes(2, "little") + data[10:-32]
    return content + hashlib.sha256(content).digest()


def key(bytes_: int) -> str:
    """A key ring of one key of this many bytes."""
    return "short:" + base64.b64encode(os.urandom(bytes_)).decode()


# Wrong in the configuration alone: these can also arrive by a reload.
CONFIGURATIONS = (
    Breakage("a bundle with one bit changed", "bundle", bundle(flipped)),
    Breakage("a bundle cut short", "bundle", bundle(lambda data: data[:-100])),
    Breakage("an empty bundle", "bundle", bundle(lambda data: b"")),
    Breakage("a bundle of a newer format", "format", bundle(newer)),
    Breakage("a bundle that is no base64", "base64", lambda plugin: {**plugin, "bundle": "!!!"}),
    Breakage("no bundle", "bundle", lambda plugin: {name: value for name, value in plugin.items() if name != "bundle"}),
    Breakage("an unknown field", "bundel", lambda plugin: {**plugin, "bundel": "x"}),
    Breakage("an unknown client_address", "guess", lambda plugin: {**plugin, "client_address": "guess"}),
    Breakage("no JSON", "configuration", lambda plugin: "{not json"),
    Breakage("no configuration", "configuration", lambda plugin: ""),
)

# Wrong in the environment, which only a start can change.
KEYS = (
    Breakage("no keys", "OUTWORK_KEYS", env=lambda env: {**env, "OUTWORK_KEYS": ""}),
    Breakage("a key of 31 bytes", "31 bytes, and needs 32", env=lambda env: {**env, "OUTWORK_KEYS": key(31)}),
    Breakage("a key that is no base64", "base64", env=lambda env: {**env, "OUTWORK_KEYS": "a:?"}),
    Breakage("a key without an id", "OUTWORK_KEYS", env=lambda env: {**env, "OUTWORK_KEYS": base64.b64encode(os.urandom(32)).decode()}),
)
