"""How long to wait before connecting again: full jitter over an exponential.

The wait is uniform between nothing and a bound that doubles with every failure (AWS Architecture Blog,
"Exponential Backoff And Jitter", 2015): of the schemes compared there it spreads the clients of a server
that has died best. The bound goes back only after a connection that held, so that a server which accepts
and dies is not hammered.
"""

from __future__ import annotations

import random
from typing import Final

import attrs

HELD: Final = 10.0
"""Seconds online after which a connection counts as one that held."""


@attrs.define
class Backoff:
    """The waits of one client, one after the other."""

    base: float = 0.5
    cap: float = 30.0
    failures: int = 0

    def wait(self, rng: random.Random, *, at_least: float = 0.0) -> float:
        """Return the seconds to wait after another failure."""
        bound = min(self.cap, self.base * 2.0 ** min(self.failures, 30))
        self.failures += 1
        return at_least + rng.uniform(0.0, bound)

    def lasted(self, seconds: float) -> None:
        """Note how long a connection was online."""
        if seconds >= HELD:
            self.failures = 0
