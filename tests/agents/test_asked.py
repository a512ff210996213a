"""A real Envoy and an agent whose keys change: which of them verify, what is asked of who signs none, and what it may do with one."""

from __future__ import annotations

import json
import re
import subprocess
import time

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from directory import PATH, public, url64
from signing import sign
from test_directories import wait

from conftest import HERE, Edge

HOST = "rotating.agents.test"
WANTED = 'sig1=("@authority" "signature-agent");created;expires;tag="web-bot-auth"'


def signed(edge: Edge, key: Ed25519PrivateKey) -> dict[str, str]:
    return sign(key, HOST, edge.authority)


def said(edge: Edge, path: str) -> str:
    """What the origin was told of the last request for a path."""
    return dict(edge.echo.seen[path])["outwork-risk"]


def known(edge: Edge, key: Ed25519PrivateKey) -> bool:
    return edge.answer("/", signed(edge, key))[0] == 200


def test_keys_rotate_with_overlap_and_what_is_withdrawn_verifies_no_longer(asking):
    old, new = asking.key, Ed25519PrivateKey.generate()
    wait(lambda: known(asking, old))
    assert outcome_of(asking, new) == "unverifiable"
    asking.directories.keys = [old, new]
    wait(lambda: known(asking, new))
    assert known(asking, old), "both, while both are published"
    asking.directories.keys, asking.key = [new], new
    wait(lambda: not known(asking, old))
    assert known(asking, new)
    assert outcome_of(asking, old) == "unverifiable", "withdrawn, and no reason to suspect anybody"


def test_a_directory_that_is_gone_leaves_what_is_known(asking):
    wait(lambda: known(asking, asking.key))
    failed = asking.fetches().get("unreachable", 0)
    asking.directories.ways["rotating"] = "gone"
    wait(lambda: asking.fetches().get("unreachable", 0) > failed)
    for _ in range(5):
        assert known(asking, asking.key)
        time.sleep(0.3)
    asking.directories.ways.pop("rotating")
    fetched = asking.directories.asked[f"rotating{PATH}"]
    wait(lambda: asking.directories.asked[f"rotating{PATH}"] > fetched + 1, 400)
    assert known(asking, asking.key)


def outcome_of(edge: Edge, key: Ed25519PrivateKey) -> str:
    """What a signature is counted as, of a request that is let through whoever sends it."""
    before = edge.outcomes()
    assert edge.answer("/open", signed(edge, key))[0] == 200
    (risen,) = [name for name, count in edge.outcomes().items() if count > before.get(name, 0)]
    return risen


def test_who_is_refused_and_looks_at_no_page_is_asked_to_sign(asking):
    status, fields = asking.answer("/", {})
    assert (status, fields["content-type"], fields["accept-signature"]) == (403, "application/problem+json", WANTED)
    status, fields = asking.answer("/", {"accept": "text/html"})
    assert status == 403 and "accept-signature" not in fields
    status, fields = asking.answer("/open", {})
    assert status == 200 and "accept-signature" not in fields


def test_a_signature_is_used_up_and_another_is_asked_for(asking):
    wait(lambda: known(asking, asking.key))
    first = signed(asking, asking.key)
    answers = [asking.answer("/often", first) for _ in range(5)]
    assert [status for status, _ in answers] == [200, 200, 200, 429, 429]
    assert answers[-1][1]["accept-signature"] == WANTED and int(answers[-1][1]["retry-after"]) > 60
    other = sign(asking.key, HOST, asking.authority, lifetime=61)
    assert asking.answer("/often", other)[0] == 200, "another signature of the same agent"


def test_an_agent_that_is_excused_has_its_body_bound(asking):
    wait(lambda: known(asking, asking.key))
    status, _ = asking.answer("/pay", signed(asking, asking.key), "amount=12")
    assert status == 200
    headers = dict(asking.echo.seen["/pay"])
    assert 'agent="agent.rotating"' in said(asking, "/pay") and 'transaction="pay";body=bound' in said(asking, "/pay")
    assert headers["content-digest"].startswith("sha-256=:")
    # The agent's own signature goes on beside ours.
    inputs = [value for name, value in asking.echo.seen["/pay"] if name == "signature-input"]
    assert "sig1=(" in ", ".join(inputs) and re.search(r'outwork=\("@method" "@authority" "@path" "@query" "outwork-risk" "content-digest"\)', ", ".join(inputs))
    assert asking.answer("/pay", {}, "amount=12")[0] == 403, "who is not excused is challenged"
    status, fields = asking.answer("/checkout", signed(asking, asking.key), "amount=12")
    assert status == 403 and "accept-signature" not in fields, "what a transaction demands holds for agents, and no signature helps"


@pytest.mark.parametrize("form", ["string", "dictionary"])
def test_the_package_web_bot_auth_signs_what_is_asked_for(asking, packages, form):
    """As an agent does that signs only when it is asked to, like redbot."""
    key = asking.key
    secret = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    jwk = {"kty": "OKP", "crv": "Ed25519", "d": url64(secret), "x": url64(public(key))}
    argv = ["node", HERE / "packaged.mjs", json.dumps(jwk), f"http://{asking.authority}/", f"https://{HOST}", form]
    wait(lambda: known(asking, key))
    fields = json.loads(subprocess.run(argv, capture_output=True, text=True, check=True).stdout)
    asked = asking.answer("/", {})[1]["accept-signature"]
    assert fields["signature-input"].startswith(asked.split(";")[0]) and fields["signature-input"].endswith(asked.split(";")[-1])
    assert asking.answer("/", fields)[0] == 200
    assert asking.answer("/", {**fields, "host": "other.example"})[0] == 403
