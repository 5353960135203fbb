"""A rate with bursts: tokens come in steadily up to a heap of so many, and each event takes one."""

from __future__ import annotations

import attrs


@attrs.define
class TokenBucket:
    """Lets `rate` events a second through in the long run, and `burst` at once after a quiet time."""

    rate: float
    burst: float
    _tokens: float = attrs.field(init=False)
    _filled_at: float | None = attrs.field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self._tokens = self.burst

    def take(self, now: float, amount: float = 1) -> float:
        """Take `amount` tokens and return 0.0, or take none and return the seconds until there is one.

        One has to be there; the others are owed where they are not. `now` is seconds of any clock; one that
        steps back gives nothing and takes nothing.
        """
        if now != self._filled_at:
            self._fill(now)
        if self._tokens >= 1:
            self._tokens -= amount
            return 0.0
        return (1 - self._tokens) / self.rate

    def spend(self, now: float, amount: float) -> float:
        """Take `amount` tokens, whether or not there are that many; return the seconds until none is owed."""
        if now != self._filled_at:
            self._fill(now)
        self._tokens -= amount
        return 0.0 if self._tokens >= 0 else -self._tokens / self.rate

    def full(self, now: float) -> bool:
        """Tell whether there is a whole heap of tokens."""
        self._fill(now)
        return self._tokens >= self.burst

    def _fill(self, now: float) -> None:
        filled_at = self._filled_at
        if filled_at is None:
            self._filled_at = now
        elif now > filled_at:
            self._filled_at = now
            tokens = self._tokens + (now - filled_at) * self.rate
            self._tokens = tokens if tokens < self.burst else self.burst
