"""The keys that evidence is verified with: what `outwork keys evidence` prints."""

from __future__ import annotations

import base64
import binascii
import os
import re
from collections.abc import Mapping

VARIABLE = "OUTWORK_EVIDENCE_KEYS"
LEAST_BYTES = 32
MOST_KEYS = 16
_OTHERS = {"master": "a host", "audit": "records"}
"""Kinds of keys, as `outwork keys` marks them, that are not for origins."""
_ID = re.compile(r"[A-Za-z0-9\-_.]{1,64}")


class KeysError(ValueError):
    """The list of keys cannot be used. No secret is in the message."""


def parse_keys(text: str) -> Mapping[str, bytes]:
    """Reads `evidence:id:base64[,…]`: all of them verify, so that keys can be rotated with overlap. One without the mark may be the edge's own."""
    keys: dict[str, bytes] = {}
    for place, entry in enumerate((entry.strip() for entry in text.split(",") if entry.strip()), start=1):
        parts = entry.split(":")
        kind = parts.pop(0) if len(parts) == 3 else ""
        if kind in _OTHERS:
            raise KeysError(f"`{parts[0][:64]}` is a key of {_OTHERS[kind]}: origins get what `outwork keys evidence` prints")
        if len(parts) != 2 or kind != "evidence":
            raise KeysError(f"key {place} in `{VARIABLE}` is not of the form `evidence:id:base64`, as `outwork keys evidence` prints it")
        name, secret = parts
        if not _ID.fullmatch(name):
            raise KeysError(f"the id of key {place} in `{VARIABLE}` must be 1 to 64 letters, digits, `-`, `_` or `.`")
        if name in keys:
            raise KeysError(f"two keys in `{VARIABLE}` have the id `{name}`")
        keys[name] = _secret(name, secret.strip())
    if not keys:
        raise KeysError(f"no keys: set `{VARIABLE}` to what `outwork keys evidence` prints")
    if len(keys) > MOST_KEYS:
        raise KeysError(f"more than {MOST_KEYS} keys in `{VARIABLE}`: retire the oldest")
    return keys


def keys_from_environment() -> Mapping[str, bytes]:
    """Those of the environment variable `OUTWORK_EVIDENCE_KEYS`."""
    return parse_keys(os.environ.get(VARIABLE, ""))


def _secret(name: str, text: str) -> bytes:
    text = text.rstrip("=").translate(str.maketrans("-_", "+/"))
    try:
        secret = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        raise KeysError(f"the secret of key `{name}` is not base64") from None
    if len(secret) < LEAST_BYTES:
        raise KeysError(f"the secret of key `{name}` has {len(secret)} bytes, and needs {LEAST_BYTES} or more")
    return secret
