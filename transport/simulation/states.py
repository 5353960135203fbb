"""Tries everything that can happen in a small world, breadth first: the shortest story comes first.

python -m transport.simulation.states                  # every scope, to its end or to so many states
python -m transport.simulation.states --states 100000
"""

from __future__ import annotations

import os
import sys
import time
from array import array
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat

import attrs
import click

from transport.simulation.scopes import SCOPES, Scope
from transport.simulation.small_world import MISHAPS, Action, SmallWorld, State
from transport.simulation.virtual_store import Violation


@attrs.frozen
class Searched:
    """What a search has shown."""

    scope: Scope
    states: int
    transitions: int
    complete: bool
    """Whether there was nothing left to try."""
    seconds: float

    def __str__(self) -> str:
        end = "all there are" if self.complete else "the nearest"
        return (
            f"{self.scope.name}: {self.states:,} states, {end}; {self.transitions:,} transitions "
            f"in {self.seconds:.0f} s"
        )


class Found(AssertionError):
    """A promise that is broken, and the shortest way to it."""

    def __init__(self, scope: Scope, steps: Sequence[Action], what: str) -> None:
        super().__init__(scope, steps, what)
        self.scope, self.steps, self.what = scope, steps, what

    def __str__(self) -> str:
        steps = (" ".join(map(str, step)) for step in self.steps)
        told = "\n".join(f"{number:3} {step}" for number, step in enumerate(steps, 1))
        return f"{self.what}\nin {self.scope}, after\n{told}"


class Seen:
    """The states that were reached, in this order, and from which one each was reached first, and how."""

    def __init__(self, first: State) -> None:
        self.states = [first]
        self._known = {first}
        self._from, self._by = array("L", [0]), array("B", [0])

    def reached(self, state: State, before: int, by: int) -> bool:
        """Take in that the `by`-th action leads from a state to this one; tell whether it is new."""
        if state in self._known:
            return False
        self._known.add(state)
        self.states.append(state)
        self._from.append(before)
        self._by.append(by)
        return True

    def way(self, world: SmallWorld, number: int) -> list[Action]:
        """Return the actions that lead to a state."""
        steps = []
        while number:
            before = self._from[number]
            steps.append(world.actions(self.states[before])[self._by[number]])
            number = before
        return steps[::-1]


def search(scope: Scope, most: int) -> Searched:
    """Go through at most so many states; raise Found where a promise is broken."""
    began, transitions = time.monotonic(), 0
    world = SmallWorld(scope)
    seen = Seen(world.first())
    number = 0
    while number < len(seen.states) < most:
        state = seen.states[number]
        leads_on, actions = False, world.actions(state)
        for by, action in enumerate(actions):
            try:
                after = world.after(state, action)
                if seen.reached(after, number, by):
                    world.check(after)
            except Exception as error:  # whatever the code raises here, it would raise in somebody's program
                what = str(error) if isinstance(error, Violation) else f"{type(error).__name__}: {error}"
                raise Found(scope, [*seen.way(world, number), action], what) from error
            leads_on = leads_on or (action[0] not in MISHAPS and after != state)
        if any(action[0] == "wait" for action in actions) and not leads_on:
            raise Found(scope, seen.way(world, number), "not at rest, and nothing leads on")
        transitions += len(actions)
        number += 1
    complete = number == len(seen.states)
    return Searched(scope, len(seen.states), transitions, complete, time.monotonic() - began)


@click.command()
@click.option("--states", default=2_000_000, show_default=True, help="The most of each scope.")
def main(states: int) -> None:
    """Go through every scope, on all cores."""
    began, total = time.monotonic(), 0
    with ProcessPoolExecutor() as pool:
        try:
            for searched in pool.map(search, SCOPES, repeat(states)):
                print(searched, flush=True)
                total += searched.states
        except Found as found:
            print(found)
            sys.exit(1)
    print(
        f"{total:,} states in all in {time.monotonic() - began:.0f} s on {os.cpu_count()} cores, "
        "no promise broken"
    )


if __name__ == "__main__":
    main()
