"""Checks the evidence as an origin would: RFC 9421 with a key by RFC 5869, Structured Fields by an independent parser."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time

import http_sf

COVERED = ["@method", "@authority", "@path", "@query", "outwork-risk"]


def verify(headers: dict[str, list[str]], target: str, authority: str, keys: str) -> dict[str, object]:
    """What the risk field says, once its signature and times hold. `headers` are what arrived, `keys` is OUTWORK_KEYS."""
    inputs, signatures = (dictionary(headers[name]) for name in ("signature-input", "signature"))
    components, parameters = inputs["outwork"]
    assert [name for name, _ in components] == COVERED
    assert parameters["created"] <= time.time() + 1 < parameters["expires"]
    [risk] = headers["outwork-risk"]
    path, _, query = target.partition("?")
    lines = {"@method": "GET", "@authority": authority, "@path": path, "@query": f"?{query}", "outwork-risk": risk}
    signed = http_sf.ser([inputs["outwork"]])  # a list of one inner list reads as the inner list
    base = "\n".join([*(f'"{name}": {lines[name]}' for name in COVERED), f'"@signature-params": {signed}'])
    wanted = hmac.new(key(keys, parameters["keyid"]), base.encode(), hashlib.sha256).digest()
    assert hmac.compare_digest(signatures["outwork"][0], wanted)
    said = dictionary([risk])
    return {"verdict": str(said["verdict"][0]), "risk": said["risk"][0], "reasons": [str(reason) for reason, _ in said["reasons"][0]]}


def dictionary(values: list[str]) -> dict:
    """The members of a field, its lines joined as an origin joins them."""
    return http_sf.parse(", ".join(values).encode("latin-1"), tltype="dictionary")


def key(keys: str, wanted: str) -> bytes:
    """The evidence key made of the master secret `wanted`: HKDF-SHA-256 without salt, one block."""
    secrets = dict(entry.split(":", 1) for entry in keys.split(","))
    extracted = hmac.new(bytes(32), base64.b64decode(secrets[wanted]), hashlib.sha256).digest()
    return hmac.new(extracted, b"outwork/v1/evidence\x01", hashlib.sha256).digest()
