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
    """The rates of one identity; each is kept from its first use on, since many have none."""

    limits: Limits
    sessions: int = 0
    _submissions: TokenBucket | None = None
    _presences: TokenBucket | None = None
    _creations: TokenBucket | None = None

    @property
    def submissions(self) -> TokenBucket:
        """What its sessions may submit."""
        if self._submissions is None:
            self._submissions = _of_seconds(self.limits.submissions_per_identity)
        return self._submissions

    @property
    def presences(self) -> TokenBucket:
        """How often its sessions may say where they are."""
        if self._presences is None:
            self._presences = _of_seconds(self.limits.presences_per_identity)
        return self._presences

    @property
    def creations(self) -> TokenBucket:
        """What documents it may make."""
        if self._creations is None:
            self._creations = TokenBucket(self.limits.creations_per_identity, self.limits.documents)
        return self._creations

    def full(self, now: float) -> bool:
        """Tell whether nothing is used up."""
        rates = (self._submissions, self._presences, self._creations)
        return all(rate is None or rate.full(now) for rate in rates)


def _of_seconds(rate: float) -> TokenBucket:
    return TokenBucket(rate, BURST_SECONDS * rate)


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
            rates = self._rates[identity] = Rates(self._limits)
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
