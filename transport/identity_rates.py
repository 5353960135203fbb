"""What all connections of one person may do together, so that a rate is not raised by connecting again."""

from __future__ import annotations

from typing import Final
from weakref import WeakValueDictionary

import attrs

from transport.limits import Limits
from transport.token_bucket import TokenBucket

BURST_SECONDS: Final = 2.0
"""So much of a rate may come at once: several windows of one person come online together."""


@attrs.define
class Rates:
    """The rates of one identity, for as long as a session of it lives."""

    submissions: TokenBucket
    presences: TokenBucket


class IdentityRates:
    """The rates of everybody who is connected, by identity."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._rates: WeakValueDictionary[str, Rates] = WeakValueDictionary()

    def of(self, identity: str) -> Rates:
        """Return those of an identity, by its id: the same ones to each of its sessions."""
        rates = self._rates.get(identity)
        if rates is None:
            rates = Rates(
                _bucket(self._limits.submissions_per_identity), _bucket(self._limits.presences_per_identity)
            )
            self._rates[identity] = rates
        return rates


def _bucket(rate: int) -> TokenBucket:
    return TokenBucket(rate, BURST_SECONDS * rate)
