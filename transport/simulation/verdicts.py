"""What one seed shows: a report, or a promise that was broken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import attrs

from transport.simulation.drawn_world import DrawnWorld


@attrs.frozen
class Report:
    """What one seed showed."""

    seed: int
    seconds: float
    client_seconds: float
    steps: int
    landed: int
    faults: Counter[str]
    branches: Counter[str]
    """Rare things that happened, by name: what is never taken was never tested."""
    digest: str
    """Of everything that happened, in order."""


class BrokenPromise(AssertionError):
    """A violation, with the seed that repeats it and how it came about."""

    def __init__(self, drawn: DrawnWorld, step: int, what: str, story: Sequence[str]) -> None:
        super().__init__(drawn, step, what, story)
        self.seed, self.step, self.what = drawn.seed, step, what
        self.drawn, self.story = drawn, story

    def __str__(self) -> str:
        told = "\n".join(self.story)
        return f"{self.what}\nafter {self.step} steps of\n{self.drawn}\nThe last that happened:\n{told}"
