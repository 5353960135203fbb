"""Who has the event loop, and for how long: everybody gets a turn before anybody gets a long one again.

The loop does what is ready without looking at the clock, so that ten documents of ten people, each with an
operation of tens of milliseconds to decide, would keep everybody for their sum. Hence two rules. What is
short, or was short the last time, comes first and together; what was long comes after it, one at a time.
And whoever finds this turn used up waits for the next, in the order in which they came.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, Generic, Protocol, TypeVar

import attrs

TURN_SECONDS: Final = 0.005
"""What may be used of one turn of the event loop before others get theirs."""

SLOW_SECONDS: Final = 5.0
"""So long after a long event a room counts as slow: a few quick ones between do not make it quick."""


@attrs.define(eq=False)
class Turns:
    """How much of the present turn of the event loop has been used, by all who share this.

    Each for itself can't tell a turn that it has held from one that came after a pause, and would give up
    every turn: one more way through the event loop for each message.
    """

    _began: float | None = None

    def used(self, now: float | None = None) -> float:
        """Return the seconds since this was first asked in this turn; `now` is the time, if it is known."""
        if now is None:
            now = asyncio.get_running_loop().time()
        if self._began is None:
            self._began = now
            asyncio.get_running_loop().call_soon(self._over)
        return now - self._began

    def _over(self) -> None:
        self._began = None

    async def free(self) -> None:
        """Wait for a turn of which something is left; those who wait keep their order."""
        while self.used() > TURN_SECONDS:  # noqa: ASYNC110 (the next turn is what it waits for)
            await asyncio.sleep(0)


class TakesTurns(Protocol):
    """What waits for its turn: a room."""

    doc: str
    slow_until: float


Waits = TypeVar("Waits", bound=TakesTurns)


class Queue(Generic[Waits]):
    """Those who have something to do, each once."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._quick: dict[str, Waits] = {}
        self._slow: dict[str, Waits] = {}

    def __bool__(self) -> bool:
        return bool(self._quick or self._slow)

    def add(self, one: Waits) -> None:
        """Have somebody wait for a turn, unless they do already."""
        if one.doc not in self._quick and one.doc not in self._slow:
            (self._slow if self.slow(one) else self._quick)[one.doc] = one

    def slow(self, one: Waits) -> bool:
        """Tell whether somebody has had a long turn lately."""
        return one.slow_until > self._now()

    def noted(self, one: Waits, began: float) -> None:
        """Note that an event of somebody that began then is over."""
        now = self._now()
        if now - began > TURN_SECONDS:
            one.slow_until = now + SLOW_SECONDS

    def take(self, have_turn: Callable[[Waits], None], shared: Turns) -> None:
        """Give turns: to the quick for a while, then to the slow as far as `shared` is not used up.

        Each of the two gets a turn now and then whatever the other does: `shared` is used by the slow alone.
        """
        began = self._now()
        for doc in list(self._quick):
            have_turn(self._quick.pop(doc))
            if self._now() - began > TURN_SECONDS:
                break
        for doc in list(self._slow):
            if shared.used() > TURN_SECONDS:
                break
            have_turn(self._slow.pop(doc))
