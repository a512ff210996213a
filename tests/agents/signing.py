"""Requests signed as an agent signs them: by hand, and by the PyPI package http-message-signatures."""

from __future__ import annotations

import base64
import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from directory import now, public, url64


def thumbprint(key: Ed25519PrivateKey) -> str:
    """The key's id: RFC 8037, A.3."""
    text = f'{{"crv":"Ed25519","kty":"OKP","x":"{url64(public(key))}"}}'
    return url64(hashlib.sha256(text.encode()).digest())


def sign(key: Ed25519PrivateKey, host: str, authority: str, *, created: int | None = None, lifetime: int = 60, keyid: str = "") -> dict[str, str]:
    """The three fields of a request to `authority` that the agent at `host` signs."""
    created = now() if created is None else created
    agent = f"https://{host}"
    parameters = f'("@authority" "signature-agent";key="sig1");created={created};expires={created + lifetime};keyid="{keyid or thumbprint(key)}";alg="ed25519";tag="web-bot-auth"'
    base = f'"@authority": {authority}\n"signature-agent";key="sig1": "{agent}"\n"@signature-params": {parameters}'
    signature = base64.b64encode(key.sign(base.encode())).decode()
    return {"signature-agent": f'sig1="{agent}"', "signature-input": f"sig1={parameters}", "signature": f"sig1=:{signature}:"}


def sign_by_package(key: Ed25519PrivateKey, host: str, url: str) -> dict[str, str]:
    """The same by http-message-signatures, over the older form of `Signature-Agent`: the package knows no `;key`."""
    import datetime

    import requests
    from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver, algorithms

    class Keys(HTTPSignatureKeyResolver):
        def resolve_private_key(self, key_id: str) -> bytes:
            return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

        def resolve_public_key(self, key_id: str) -> bytes:
            raise NotImplementedError

    request = requests.Request("GET", url, headers={"Signature-Agent": f'"https://{host}"'}).prepare()
    created = datetime.datetime.fromtimestamp(now())
    HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=Keys()).sign(
        request, key_id=thumbprint(key), created=created, expires=created + datetime.timedelta(seconds=60),
        label="sig1", tag="web-bot-auth", covered_component_ids=("@authority", "signature-agent"),
    )
    return {name: request.headers[name] for name in ("signature-agent", "signature-input", "signature")}
