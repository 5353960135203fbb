"""Everything under faults, from a seed: real clients, sessions, rooms and hubs in a world that is made up.

    from transport.simulation import simulate

    simulate(17)                              # the world of seed 17; BrokenPromise where it fails
    simulate(17, [MyWorkload()])              # with documents of a type of one's own

`python -m transport.simulation --seeds 0-999` runs many and finds the shortest story of what went wrong.
"""

from transport.simulation.campaign import Summary, run
from transport.simulation.drawn_world import FAULTS, DrawnWorld, Narrowed
from transport.simulation.simulating import simulate
from transport.simulation.verdicts import BrokenPromise, Report
from transport.simulation.workload import WORKLOADS, Workload

__all__ = [
    "FAULTS",
    "WORKLOADS",
    "BrokenPromise",
    "DrawnWorld",
    "Narrowed",
    "Report",
    "Summary",
    "Workload",
    "run",
    "simulate",
]
