"""Constants of the real code that worlds draw small, so that a simulated minute gets to where they matter.

A window of 2,000 entries never moves in a world where a hundred land, and nothing that depends on what is
behind it ever happens. Half of the worlds keep each constant as it is.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any, Final

from ot import trial
from transport import asked, room, upkeep

KNOBS: Final[dict[str, tuple[ModuleType, tuple[Any, ...]]]] = {
    "WINDOW": (room, (1, 5, 40)),
    "KNOWN": (room, (3,)),
    "IDLE": (room, (2.0, 10.0)),
    "TURN": (asked, (1, 3)),
    "SNAPSHOT_ENTRIES": (upkeep, ((1, 3), (10, 30))),
    "HASH_EVERY": (upkeep, (1.0, 5.0)),
    "LONG": (asked, (0, 40)),
    "STEP_COST": (trial, (1,)),
}
"""Each by its name: where it is, and what it may be instead."""


def drawn_knobs(rng: random.Random) -> dict[str, Any]:
    """Return the constants that are other than usual, by name."""
    return {name: rng.choice(values) for name, (_, values) in KNOBS.items() if rng.random() < 0.5}


@contextlib.contextmanager
def turned(knobs: Mapping[str, Any]) -> Iterator[None]:
    """Have constants be as drawn, and afterwards as they were."""
    before = {name: getattr(KNOBS[name][0], name) for name in knobs}
    try:
        for name, value in knobs.items():
            setattr(KNOBS[name][0], name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(KNOBS[name][0], name, value)
