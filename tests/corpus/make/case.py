"""What a case is made of, and the rules that all makers share."""

import base64
import hashlib

AUTHORITY = "shop.example"

# Networks set apart for documentation (RFC 5737, RFC 3849): on no list of crawlers, datacenters or exits.
PEOPLE = ("192.0.2.", "198.51.100.", "203.0.113.")


def address(case_id: str) -> str:
    """An address of an ordinary visitor, the same for the same case for ever."""
    digest = hashlib.sha256(case_id.encode()).digest()
    return f"{PEOPLE[digest[0] % 3]}{digest[1] % 254 + 1}"


def case(case_id: str, kind: str, source: str, facts: dict, **more) -> dict:
    """A case without its expectation: `kind` is its class, reasoned by hand."""
    facts = {"method": "GET", "scheme": "https", "authority": AUTHORITY, "target": "/", **facts}
    facts.setdefault("ordered", True)
    facts.setdefault("address", address(case_id))
    return {"id": case_id, "class": kind, "source": source, "facts": facts, **more}


def over_tls(hello: dict, alpn: str | None) -> dict:
    """The facts of a TLS connection: `hello` has ja4 and perhaps ja3; a server that offers h2 and http/1.1."""
    return {**hello, "tls_version": "TLSv1.3", "sni": AUTHORITY, "alpn": alpn}


def plaintext() -> dict:
    """The facts of a connection without TLS: no hello was sent, which is known."""
    return {"scheme": "http", "ja4": None, "ja3": None, "tls_version": None, "sni": None, "alpn": None}


def http1() -> dict:
    return {"protocol": "HTTP/1.1", "pseudo_order": None}


def http2(pseudo: str) -> dict:
    return {"protocol": "HTTP/2", "pseudo_order": pseudo}


def octets(value: bytes) -> dict:
    """A header value that is not UTF-8."""
    return {"base64": base64.b64encode(value).decode()}


def changed(headers: list, **changes) -> list:
    """The headers with values replaced in place; None removes one; a new one goes last. `_` stands for `-`."""
    changes = {name.replace("_", "-"): value for name, value in changes.items()}
    present = {name for name, _ in headers}
    kept = [[name, changes.get(name, value)] for name, value in headers if changes.get(name, value) is not None]
    return kept + [[name, value] for name, value in changes.items() if value is not None and name not in present]
