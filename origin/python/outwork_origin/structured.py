"""Structured Fields (RFC 9651), read as strictly as a signature deserves.

Text is `str` in which each character is one byte (Latin-1), as WSGI hands headers over. What RFC 9651 lets a parser take or
leave is left: base64 without padding, or with bits behind its end.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Union


class Malformed(ValueError):
    """The text is no such field."""


class Token(str):
    """A word without quotation marks."""


class DisplayString(str):
    """Text in any script."""


class Date(int):
    """Seconds since 1970."""


BareItem = Union[bool, int, Decimal, str, bytes]
Parameters = dict[str, BareItem]


@dataclass(frozen=True)
class Item:
    """One value with its parameters."""

    value: BareItem
    parameters: Parameters


@dataclass(frozen=True)
class InnerList:
    """Values in brackets, and the parameters behind them."""

    items: tuple[Item, ...]
    parameters: Parameters


@dataclass(frozen=True)
class Member:
    """A member of a dictionary: its key, its value, and the value's text as it stands behind `key=`."""

    key: str
    value: Item | InnerList
    text: str


def parse_dictionary(text: str) -> list[Member]:
    """All members in order. A key that comes twice is there twice: who wants RFC 9651's meaning takes the last."""
    reader = _Reader(text)
    reader.skip(_SPACES)
    members: list[Member] = []
    while not reader.at_end():
        members.append(reader.member())
        if not reader.comma():
            break
    return members


def parse_list(text: str) -> list[Item | InnerList]:
    """The members of a list."""
    reader = _Reader(text)
    reader.skip(_SPACES)
    members: list[Item | InnerList] = []
    while not reader.at_end():
        members.append(reader.item_or_list())
        if not reader.comma():
            break
    return members


def parse_item(text: str) -> Item:
    """A single item."""
    reader = _Reader(text)
    reader.skip(_SPACES)
    item = reader.item()
    reader.skip(_SPACES)
    if not reader.at_end():
        raise Malformed("something follows the item")
    return item


_SPACES = re.compile(r" *")
_BLANKS = re.compile(r"[ \t]*")
_KEY = re.compile(r"[a-z*][a-z0-9_\-.*]*")
_NUMBER = re.compile(r"(-?[0-9]+)(\.[0-9]*)?")
_STRING = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])*)"')
_ESCAPE = re.compile(r"\\(.)")
_TOKEN = re.compile(r"[A-Za-z*][A-Za-z0-9!#$%&'*+\-.^_`|~:/]*")
_BYTES = re.compile(r":([A-Za-z0-9+/]*={0,2}):")
_DISPLAY = re.compile(r'%"((?:[ !#$&-~]|%[0-9a-f]{2})*)"')
_HEX = re.compile(r"%([0-9a-f]{2})")


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def at_end(self) -> bool:
        return self.at == len(self.text)

    def skip(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self.text, self.at)
        if found:
            self.at = found.end()

    def take(self, pattern: re.Pattern[str]) -> re.Match[str]:
        found = pattern.match(self.text, self.at)
        if not found:
            raise Malformed(f"nothing that fits at character {self.at}")
        self.at = found.end()
        return found

    def next_is(self, wanted: str) -> bool:
        if not self.text.startswith(wanted, self.at):
            return False
        self.at += len(wanted)
        return True

    def comma(self) -> bool:
        """Between members; false at the end of the last one."""
        self.skip(_BLANKS)
        if self.at_end():
            return False
        if not self.next_is(","):
            raise Malformed(f"no comma at character {self.at}")
        self.skip(_BLANKS)
        if self.at_end():
            raise Malformed("a comma at the end")
        return True

    def member(self) -> Member:
        key = self.take(_KEY).group()
        begin = self.at
        if self.next_is("="):
            begin = self.at
            value = self.item_or_list()
        else:
            value = Item(True, self.parameters())
        return Member(key, value, self.text[begin : self.at])

    def item_or_list(self) -> Item | InnerList:
        if not self.next_is("("):
            return self.item()
        items: list[Item] = []
        while True:
            self.skip(_SPACES)
            if self.next_is(")"):
                return InnerList(tuple(items), self.parameters())
            items.append(self.item())
            if self.text[self.at : self.at + 1] not in (" ", ")"):
                raise Malformed(f"neither a space nor a bracket at character {self.at}")

    def item(self) -> Item:
        return Item(self.bare_item(), self.parameters())

    def parameters(self) -> Parameters:
        found: Parameters = {}
        while self.next_is(";"):
            self.skip(_SPACES)
            key = self.take(_KEY).group()
            found[key] = self.bare_item() if self.next_is("=") else True
        return found

    def bare_item(self) -> BareItem:
        first = self.text[self.at : self.at + 1]
        if first == '"':
            return _ESCAPE.sub(r"\1", self.take(_STRING).group(1))
        if first == ":":
            return _decode(self.take(_BYTES).group(1))
        if first == "?":
            return self.take(_BOOLEAN).group() == "?1"
        if first == "@":
            self.at += 1
            number = self.number()
            if isinstance(number, Decimal):
                raise Malformed("a date with a fraction")
            return Date(number)
        if first == "%":
            return _display(self.take(_DISPLAY).group(1))
        if first and first in "-0123456789":
            return self.number()
        return Token(self.take(_TOKEN).group())

    def number(self) -> int | Decimal:
        whole, fraction = self.take(_NUMBER).groups()
        digits = len(whole.lstrip("-"))
        if fraction is None:
            if digits > 15:
                raise Malformed("an integer of more than 15 digits")
            return int(whole)
        if digits > 12 or not 2 <= len(fraction) <= 4:
            raise Malformed("a decimal of more than 12 digits, or not with 1 to 3 behind the point")
        return Decimal(whole + fraction)


_BOOLEAN = re.compile(r"\?[01]")


def _decode(text: str) -> bytes:
    try:
        decoded = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise Malformed("not base64") from error
    if base64.b64encode(decoded).decode() != text:
        raise Malformed("base64 with bits behind its end")
    return decoded


def _display(text: str) -> DisplayString:
    octets = _HEX.sub(lambda found: chr(int(found.group(1), 16)), text).encode("latin-1")
    try:
        return DisplayString(octets.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Malformed("a display string that is not UTF-8") from error
