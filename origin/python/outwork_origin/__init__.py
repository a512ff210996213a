"""What an origin behind Outwork can trust: verified risk, or no request."""

from .asgi import OutworkASGI
from .evidence import Arrived, Head, Refusal, Verifier
from .keys import KeysError, keys_from_environment, parse_keys
from .outcome import Missing, NotVerified, Outcome, Refused, Verified, outcome_of, problem, risk_of
from .replay import Full, MemoryReplayCache, ReplayCache
from .risk import Body, Demand, Risk, TransactionRefused
from .settings import Settings
from .wsgi import OutworkWSGI

__all__ = [
    "Arrived", "Body", "Demand", "Full", "Head", "KeysError", "MemoryReplayCache", "Missing", "NotVerified", "Outcome", "OutworkASGI", "OutworkWSGI",
    "Refusal", "Refused", "ReplayCache", "Risk", "Settings", "TransactionRefused", "Verified", "Verifier", "keys_from_environment",
    "outcome_of", "parse_keys", "problem", "risk_of",
]
