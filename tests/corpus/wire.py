"""Sends a request exactly as it is written: fields and pseudo-fields in their order, over HTTP/1.1 or HTTP/2."""

from __future__ import annotations

import base64
import ipaddress
import socket
import ssl
import struct
from dataclasses import dataclass
from functools import cache

import h2.config
import h2.connection
import h2.events

SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"
FACTS = 0xE0
PSEUDO = {"m": (b":method", "method"), "a": (b":authority", "authority"), "s": (b":scheme", "scheme"), "p": (b":path", "target")}
TIMEOUT = 60.0


@dataclass(frozen=True)
class Peer:
    """Who the PROXY protocol says is there: the address, a port to find the request by, and what was seen of the connection."""

    address: str
    port: int
    seen: str

    def header(self) -> bytes:
        """Version 2 of the protocol, with `seen` as a TLV of our own (types from 0xE0 on are free)."""
        address = ipaddress.ip_address(self.address)
        family, here = (0x11, "127.0.0.1") if address.version == 4 else (0x21, "::1")
        ends = address.packed + ipaddress.ip_address(here).packed + struct.pack("!HH", self.port, 443)
        seen = self.seen.encode()
        body = ends + struct.pack("!BH", FACTS, len(seen)) + seen
        return SIGNATURE + struct.pack("!BBH", 0x21, family, len(body)) + body


def send(port: int, peer: Peer, facts: dict) -> int:
    """The status that the request gets."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT)
    # Otherwise each request waits 40 ms for an acknowledgement.
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with connection:
        connection.sendall(peer.header())
        if facts["scheme"] == "https":
            connection = tls(connection, "h2" if facts["protocol"] == "HTTP/2" else "http/1.1")
        with connection:
            return (send_http2 if facts["protocol"] == "HTTP/2" else send_http1)(connection, facts)


def tls(connection: socket.socket, protocol: str) -> ssl.SSLSocket:
    return context(protocol).wrap_socket(connection, server_hostname="shop.example")


@cache
def context(protocol: str) -> ssl.SSLContext:
    """Trusts any certificate: the server is a process of this test."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    made.set_alpn_protocols([protocol])
    return made


def fields(facts: dict) -> list[tuple[bytes, bytes]]:
    """The header fields as bytes."""
    return [(name.encode(), octets(value)) for name, value in facts["headers"]]


def octets(value: str | dict) -> bytes:
    return value.encode() if isinstance(value, str) else base64.b64decode(value["base64"])


def body(facts: dict) -> bytes:
    """What the case says; where it says nothing, as many bytes as the request says it has."""
    given = dict(fields(facts))
    return facts["body"].encode() if "body" in facts else b"x" * int(given.get(b"content-length", 0))


def framed(facts: dict) -> bytes:
    """The same as HTTP/1.1 sends it: in two chunks where the request says so."""
    content = body(facts)
    if b"transfer-encoding" not in dict(fields(facts)):
        return content
    half = (len(content) + 1) // 2
    pieces = [piece for piece in (content[:half], content[half:]) if piece]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def send_http1(connection: socket.socket, facts: dict) -> int:
    line = f"{facts['method']} {facts['target']} {facts['protocol']}\r\nhost: {facts['authority']}\r\n"
    lines = b"".join(name + b": " + value + b"\r\n" for name, value in fields(facts))
    connection.sendall(line.encode() + lines + b"\r\n" + framed(facts))
    answer = b""
    while b"\r\n\r\n" not in answer:
        more = connection.recv(65536)
        if not more:
            raise ConnectionError(f"closed without an answer: {answer!r}")
        answer += more
    return int(answer.split(b" ", 2)[1])


def send_http2(connection: socket.socket, facts: dict) -> int:
    order = facts.get("pseudo_order") or "masp"
    pseudo = [(PSEUDO[letter][0], facts[PSEUDO[letter][1]].encode()) for letter in order]
    # Nothing is put right on the way out: what a case says is what is sent.
    settings = h2.config.H2Configuration(validate_outbound_headers=False, normalize_outbound_headers=False, header_encoding=None)
    state = h2.connection.H2Connection(settings)
    state.initiate_connection()
    content = body(facts)
    state.send_headers(1, pseudo + fields(facts), end_stream=not content)
    if content:
        state.send_data(1, content, end_stream=True)
    connection.sendall(state.data_to_send())
    while True:
        received = connection.recv(65536)
        if not received:
            raise ConnectionError("closed without an answer")
        for event in state.receive_data(received):
            if isinstance(event, h2.events.ResponseReceived):
                return int(dict(event.headers)[b":status"])
            if isinstance(event, (h2.events.StreamReset, h2.events.ConnectionTerminated)):
                raise ConnectionError(f"refused: {event}")
        connection.sendall(state.data_to_send())
