"""Settings are checked where they are given: one that is of another kind would not fail, but let more through."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

LEAST_KEY = 32


def whole(name: str, value: object, least: int, most: int) -> int:
    """A whole number. What the environment gives is text, and has to be made one."""
    if type(value) is not int or not least <= value <= most:
        raise ValueError(f"`{name}` is a whole number from {least} to {most}, not {value!r}")
    return value


def word(name: str, value: object, words: Sequence[str]) -> None:
    """One of these."""
    if not isinstance(value, str) or value not in words:
        raise ValueError(f"`{name}` is {' or '.join(repr(known) for known in words)}, not {value!r}")


def boolean(name: str, value: object) -> None:
    """True or False, and not what counts as one."""
    if type(value) is not bool:
        raise ValueError(f"`{name}` is True or False, not {value!r}")


def function(name: str, value: object) -> None:
    """Something that can be called."""
    if not callable(value):
        raise ValueError(f"`{name}` is a function, not {value!r}")


def names(name: str, value: object) -> tuple[str, ...]:
    """One name or several."""
    found = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, (list, tuple, set, frozenset)) else (None,)
    if not all(isinstance(known, str) and known for known in found):
        raise ValueError(f"`{name}` is a name or a list of names, not {value!r}")
    return tuple(str(known) for known in found)


def cache(value: Any) -> None:
    """What has `first`, and is no class that has it."""
    if value != "none" and (inspect.isclass(value) or not callable(getattr(value, "first", None))):
        raise ValueError(f"`replay` is a cache such as `MemoryReplayCache()`, or \"none\", not {value!r}")


def answers_at_once(value: Any) -> None:
    """A cache that nobody has to await, as far as that can be told before it is asked."""
    for name in ("first", "first_transaction"):
        method = getattr(value, name, None)
        if any(inspect.iscoroutinefunction(found) for found in (method, getattr(method, "__call__", None))):
            raise ValueError(f"`{name}` of `replay` is asynchronous, and nothing awaits it in a WSGI application: give a cache that answers at once, not {value!r}")


def keys(value: object) -> dict[str, bytes]:
    """A copy: nobody changes it from outside. No secret is in the error."""
    if not isinstance(value, Mapping) or not value:
        raise ValueError("`keys` is a mapping of keys by id, as `parse_keys` makes it, with at least one")
    for name, secret in value.items():
        if not isinstance(name, str) or not isinstance(secret, bytes) or len(secret) < LEAST_KEY:
            raise ValueError(f"the key `{name}` is not {LEAST_KEY} bytes or more")
    return dict(value)
