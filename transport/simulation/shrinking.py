"""Finds a shorter story of what went wrong: fewer clients, faults, documents and seconds.

A smaller world is another world, in which the same need not go wrong; what counts is that something does. So
it is tried part by part, and what is kept is the smallest that still breaks a promise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import attrs

from transport.simulation.drawn_world import ACCESS_FAULTS, FAULTS, WHOLE, Narrowed
from transport.simulation.simulating import simulate
from transport.simulation.verdicts import BrokenPromise
from transport.simulation.workload import Workload

LEAST_SECONDS: Final = 5.0


@attrs.frozen
class Story:
    """A world that breaks a promise, and how."""

    seed: int
    seconds: float
    narrowed: Narrowed
    broken: BrokenPromise

    def __str__(self) -> str:
        return f"{self.broken}\nTo see it again:\n    {self.command}"

    @property
    def command(self) -> str:
        """The command line that repeats it."""
        parts = [f"python -m transport.simulation --seeds {self.seed} --seconds {self.seconds:g}"]
        for name in ("clients", "nodes", "documents"):
            if getattr(self.narrowed, name) < getattr(WHOLE, name):
                parts.append(f"--{name} {getattr(self.narrowed, name)}")
        parts += [f"--without '{fault}'" for fault in sorted(self.narrowed.without)]
        return " ".join(parts)


def shortest(seed: int, workloads: Sequence[Workload], seconds: float, broken: BrokenPromise) -> Story:
    """Return the smallest world found that still breaks a promise."""
    story = Story(seed, seconds, WHOLE, broken)
    shorter = True
    while shorter:
        shorter = False
        for narrowed, length in smaller(story):
            try:
                simulate(seed, workloads, seconds=length, narrowed=narrowed)
            except BrokenPromise as still:
                story, shorter = Story(seed, length, narrowed, still), True
                break
    return story


def smaller(story: Story) -> Iterator[tuple[Narrowed, float]]:
    """Yield worlds that are a part smaller, the largest parts first."""
    drawn, narrowed = story.broken.drawn, story.narrowed
    if story.seconds / 2 >= LEAST_SECONDS:
        yield narrowed, story.seconds / 2
    if drawn.nodes > 1:
        yield attrs.evolve(narrowed, nodes=drawn.nodes - 1), story.seconds
    if len(drawn.documents) > 1:
        yield attrs.evolve(narrowed, documents=1), story.seconds
    for fault in (*FAULTS, *ACCESS_FAULTS):
        if fault in drawn.faults:
            yield attrs.evolve(narrowed, without=narrowed.without | {fault}), story.seconds
    if drawn.clients > 1:
        yield attrs.evolve(narrowed, clients=drawn.clients - 1), story.seconds
