"""What all connections of one person may do together, so that a rate is not raised by connecting again.

Who has gone is remembered until all that was used up has come in again: who comes back finds the rates as
they were left.
"""

from __future__ import annotations

from typing import Final

import attrs

from transport.limits import Limits
from transport.token_bucket import TokenBucket

BURST_SECONDS: Final = 2.0
"""So much of a rate may come at once: several windows of one person come online together."""


@attrs.define(eq=False)
class Rates:
    """The rates of one identity."""

    submissions: TokenBucket
    presences: TokenBucket
    creations: TokenBucket
    sessions: int = 0

    def full(self, now: float) -> bool:
        """Tell whether nothing is used up."""
        return all(rate.full(now) for rate in (self.submissions, self.presences, self.creations))


class IdentityRates:
    """The rates of everybody who is connected, or has gone lately, by identity."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._rates: dict[str, Rates] = {}

    def __len__(self) -> int:
        return len(self._rates)

    def come(self, identity: str) -> Rates:
        """Return those of an identity, by its id, for one more of its sessions: the same ones to each."""
        rates = self._rates.get(identity)
        if rates is None:
            rates = self._rates[identity] = self._new()
        rates.sessions += 1
        return rates

    def gone(self, rates: Rates) -> None:
        """Take in that a session has ended."""
        rates.sessions -= 1

    def forget(self, now: float) -> None:
        """Let go of those that would be made anew as they are."""
        for identity, rates in list(self._rates.items()):
            if not rates.sessions and rates.full(now):
                del self._rates[identity]

    def _new(self) -> Rates:
        limits = self._limits
        submissions, presences = limits.submissions_per_identity, limits.presences_per_identity
        return Rates(
            TokenBucket(submissions, BURST_SECONDS * submissions),
            TokenBucket(presences, BURST_SECONDS * presences),
            TokenBucket(limits.creations_per_identity, limits.documents),
        )
