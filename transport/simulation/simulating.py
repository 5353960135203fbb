"""A simulated world, from its seed to its verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from transport.simulation.drawn_world import WHOLE, Narrowed, draw
from transport.simulation.strikes import STRIKES
from transport.simulation.verdicts import Report
from transport.simulation.workload import WORKLOADS, Workload
from transport.simulation.world import World

SECONDS: Final = 120.0
"""Virtual seconds during which things go wrong."""


def simulate(
    seed: int,
    workloads: Sequence[Workload] = WORKLOADS,
    *,
    seconds: float = SECONDS,
    narrowed: Narrowed = WHOLE,
) -> Report:
    """Run the world of a seed; raise BrokenPromise where it does not keep what is promised.

    `seconds` are those of virtual time in which things go wrong; `narrowed` leaves out a part of what the
    seed draws.
    """
    return World(draw(seed, workloads, narrowed), STRIKES).run(seconds)
