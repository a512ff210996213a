"""What the edge said about a request, typed; and what an application may demand of it."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NoReturn, TypeVar, Union

from . import checks
from .structured import InnerList, Item, Malformed, Member, Token, parse_dictionary


class Body(enum.Enum):
    """Whether the signature binds the request's body."""

    BOUND = "bound"
    """Its digest is signed, and was checked."""
    UNBOUND = "unbound"
    """The policy wanted to bind it, and the edge could not: it was too large."""
    NONE = "none"
    """The policy asks for no binding."""


class Demand(enum.Enum):
    """What became of what the transaction demands of the window of observation."""

    NONE = "none"
    """It demands nothing."""
    MET = "met"
    """The window is as demanded."""
    CLEARED = "cleared"
    """It is not, and a challenge that was passed stands in for it."""
    EXEMPT = "exempt"
    """It is not, and a rule that allows lifts the demand."""
    UNMET = "unmet"
    """It is not."""


class TransactionRefused(Exception):
    """The request is not the transaction that the application demands, or not as it demands. The middlewares answer 403 where nobody catches it."""


@dataclass(frozen=True)
class Risk:
    """What the edge said. Every field of it is signed."""

    risk: int
    """0 to 100."""
    band: str
    """`low`, `medium` or `high`."""
    verdict: str
    """`allow`, `tag`, `throttle`, …: what the edge decided."""
    device: int | None
    behaviour: int | None
    context: int | None
    """The layers, 0 to 100; None where the layer saw nothing, which is not zero."""
    window: str
    """`inside`, `expiring`, `expired` or `none`: where in its window of observation the request fell."""
    confidence: float
    """Of what was observed, 0 to 1."""
    reasons: tuple[str, ...]
    agent: str | None
    """The agent whose signature or address the edge verified, by its id."""
    bundle: str
    """The policy that decided."""
    id: str
    """The reference under which the edge's record has this decision."""
    transaction: str | None
    """The transaction that the policy sees in this request."""
    body: Body
    demand: Demand
    enforced: bool
    """False where the policy only watches: then the edge would have done as `verdict` says, and did nothing."""

    def require_transaction(self, id: str, *, body: Literal["bound", "any"] = "bound", demand: Literal["met", "any"] = "met") -> None:
        """Raises `TransactionRefused` unless this is the transaction `id`, its body is bound and its demand not left unmet (or may be otherwise, with `any`)."""
        checks.word("body", body, ("bound", "any"))
        checks.word("demand", demand, ("met", "any"))
        if self.transaction != id:
            self._refuse(f"the edge saw {f'the transaction `{self.transaction}`' if self.transaction else 'no transaction'} here, not `{id}`")
        if body == "bound" and self.body is not Body.BOUND:
            self._refuse(f"the body of `{id}` is not bound to its signature")
        if demand == "met" and self.demand is Demand.UNMET:
            self._refuse(f"the request did not meet what the policy demands of `{id}`")

    def require_inside(self) -> None:
        """Raises `TransactionRefused` unless the request fell inside its window of observation, and met by it what its transaction demands."""
        if self.window != "inside":
            self._refuse(f"the window of observation is `{self.window}`, not `inside`")
        if self.demand not in (Demand.NONE, Demand.MET):
            self._refuse(f"the window of observation is not as `{self.transaction}` demands: `{self.demand.value}`")

    def _refuse(self, why: str) -> NoReturn:
        raise note(self, TransactionRefused(why))


_Refused = TypeVar("_Refused", bound=Exception)


def note(told: object, error: _Refused) -> _Refused:
    """Leaves word of an error with what the application asked. Flask, Django and Starlette make a 500 of it, and no exception of it reaches a middleware."""
    # The classes are frozen for who uses them. It is no field: neither compared nor printed.
    object.__setattr__(told, "_noted", error)
    return error


def noted(told: object) -> Exception | None:
    """The last such error."""
    return getattr(told, "_noted", None)


_Value = Union[Item, InnerList]


def read_risk(text: str, covers_body: bool) -> Risk:
    """Reads `Outwork-Risk`, whose signature held. Members that this version does not know are passed over."""
    members: dict[str, _Value] = {}
    for member in parse_dictionary(text):
        if member.key in members:
            raise Malformed(f"`{member.key}` comes twice")
        members[member.key] = member.value
    return Risk(
        risk=_score(members["risk"]) if "risk" in members else _missing("risk"),
        band=_token(members, "band"),
        verdict=_token(members, "verdict"),
        device=_layer(members, "device"),
        behaviour=_layer(members, "behaviour"),
        context=_layer(members, "context"),
        window=_token(members, "window"),
        confidence=_confidence(members.get("confidence")),
        reasons=_reasons(members.get("reasons")),
        agent=_string(members, "agent") if "agent" in members else None,
        bundle=_string(members, "bundle"),
        id=_string(members, "id"),
        transaction=_transaction(members.get("transaction")),
        body=_body(members.get("transaction"), covers_body),
        demand=_demand(members.get("transaction")),
        enforced=_enforced(members.get("enforced")),
    )


def _enforced(value: _Value | None) -> bool:
    if value is None:
        return True
    if isinstance(value, Item) and isinstance(value.value, bool):
        return value.value
    raise Malformed("`enforced` is no boolean")


def _missing(key: str) -> int:
    raise Malformed(f"no `{key}`")


def _score(value: _Value) -> int:
    if isinstance(value, Item) and type(value.value) is int and 0 <= value.value <= 100:
        return value.value
    raise Malformed("a score that is no integer from 0 to 100")


def _layer(members: dict[str, _Value], key: str) -> int | None:
    return _score(members[key]) if key in members else None


def _token(members: dict[str, _Value], key: str) -> str:
    value = members.get(key)
    if isinstance(value, Item) and isinstance(value.value, Token):
        return str(value.value)
    raise Malformed(f"`{key}` is no token")


def _string(members: dict[str, _Value], key: str) -> str:
    value = members.get(key)
    if isinstance(value, Item) and type(value.value) is str:
        return value.value
    raise Malformed(f"`{key}` is no string")


def _confidence(value: _Value | None) -> float:
    if isinstance(value, Item) and isinstance(value.value, Decimal) and 0 <= value.value <= 1:
        return float(value.value)
    raise Malformed("`confidence` is no decimal from 0 to 1")


def _reasons(value: _Value | None) -> tuple[str, ...]:
    if not isinstance(value, InnerList):
        raise Malformed("`reasons` is no list")
    found = [item.value for item in value.items]
    if not all(type(reason) is str for reason in found):
        raise Malformed("a reason is no string")
    return tuple(str(reason) for reason in found)


def _transaction(value: _Value | None) -> str | None:
    if value is None:
        return None
    if isinstance(value, Item) and type(value.value) in (str, Token):
        return str(value.value)
    raise Malformed("`transaction` is neither a string nor a token")


def _body(value: _Value | None, covers_body: bool) -> Body:
    said = value.parameters.get("body", Token("none")) if isinstance(value, Item) else Token("bound" if covers_body else "none")
    if not isinstance(said, Token) or said not in ("bound", "unbound", "none") or (said == "bound") != covers_body:
        raise Malformed("what `transaction` says of the body is not what the signature covers")
    return Body(said)


def _demand(value: _Value | None) -> Demand:
    said = value.parameters.get("demand", Token("none")) if isinstance(value, Item) else Token("none")
    if not isinstance(said, Token) or said not in [demand.value for demand in Demand]:
        raise Malformed("what `transaction` says of its demand")
    return Demand(said)
