"""Tries everything that can happen in a small world, breadth first: the shortest story comes first.

    python -m transport.simulation.states                  # every scope, to its end or to so many states
    python -m transport.simulation.states --states 100000

A state is told by what `SmallWorld.key` says of it, and gone into once.
"""

from __future__ import annotations

import hashlib
import sys
import time
from collections import deque
from collections.abc import Sequence
from typing import Final

import attrs
import click

from transport.simulation.copying import copied
from transport.simulation.small_world import MISHAPS, Action, Scope, SmallWorld
from transport.simulation.virtual_store import Violation

SCOPES: Final = (
    Scope("edits, a message told twice and one lost", (1, 2), doubles=1, losses=1, nodes=1),
    Scope("edits and a crash", (1, 1), crashes=1),
    Scope("edits and a cut", (1, 1), cuts=1),
    Scope("edits, a cut and a document that is opened again", (2, 0), cuts=1, reopens=1),
    Scope("more edits and a cut", (1, 2), cuts=1, nodes=1),
    Scope("edits, a cut and a repetition", (1, 1), cuts=1, repeats=1),
    Scope("edits and two cuts", (1, 1), cuts=2),
    Scope("edits, a cut and a crash", (1, 1), cuts=1, crashes=1),
    Scope("edits, and a client that comes back", (2, 1), cuts=1, restarts=1),
)
"""From small to large."""

SHORT: Final = 4
"""Scopes that are gone through where time is short."""


@attrs.frozen
class Searched:
    """What a search has shown."""

    scope: Scope
    states: int
    transitions: int
    complete: bool
    """Whether there was nothing left to try."""
    seconds: float


class Found(AssertionError):
    """A promise that is broken, and the shortest way to it."""

    def __init__(self, scope: Scope, steps: Sequence[Action], what: str) -> None:
        super().__init__(scope, steps, what)
        self.scope, self.steps, self.what = scope, steps, what

    def __str__(self) -> str:
        steps = (" ".join(map(str, step)) for step in self.steps)
        told = "\n".join(f"{number:3} {step}" for number, step in enumerate(steps, 1))
        return f"{self.what}\nin {self.scope}, after\n{told}"


def search(scope: Scope, most: int) -> Searched:
    """Go through at most so many states; raise Found where a promise is broken."""
    began, transitions = time.monotonic(), 0
    world = SmallWorld.begun(scope)
    first = _digest(world)
    came: dict[bytes, tuple[bytes, Action] | None] = {first: None}
    waiting = deque([(first, world)])
    while waiting and len(came) < most:
        state, world = waiting.popleft()
        leads_on, actions = False, world.actions()
        for action in actions:
            transitions += 1
            after = copied(world)
            try:
                after.do(action)
            except Exception as error:  # whatever the code raises here, it would raise in somebody's program
                what = str(error) if isinstance(error, Violation) else f"{type(error).__name__}: {error}"
                raise Found(scope, [*_way(came, state), action], what) from error
            reached = _digest(after)
            leads_on = leads_on or (action[0] not in MISHAPS and reached != state)
            if reached not in came:
                came[reached] = state, action
                waiting.append((reached, after))
        if any(action[0] == "wait" for action in actions) and not leads_on:
            raise Found(scope, _way(came, state), "not at rest, and nothing leads on")
    return Searched(scope, len(came), transitions, not waiting, time.monotonic() - began)


def _digest(world: SmallWorld) -> bytes:
    return hashlib.blake2b(world.key().encode(), digest_size=12).digest()


def _way(came: dict[bytes, tuple[bytes, Action] | None], state: bytes) -> list[Action]:
    """Return the actions that lead to a state."""
    steps = []
    while (before := came[state]) is not None:
        state, action = before
        steps.append(action)
    return steps[::-1]


@click.command()
@click.option("--states", default=200_000, show_default=True, help="The most of each scope.")
def main(states: int) -> None:
    """Go through every scope."""
    total = 0
    for scope in SCOPES:
        try:
            searched = search(scope, states)
        except Found as found:
            print(found)
            sys.exit(1)
        total += searched.states
        end = "all there are" if searched.complete else "the nearest"
        print(
            f"{scope.name}: {searched.states:,} states, {end}; {searched.transitions:,} transitions "
            f"in {searched.seconds:.0f} s"
        )
    print(f"{total:,} states in all, no promise broken")


if __name__ == "__main__":
    main()
