"""How far Counterpoint is to be ahead: ratios of speed to a peer's in the same run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from benchmarks.peers.racing import Time
from benchmarks.tables import Figure, Table

PLAIN: Final = "Counterpoint"
COMPILED: Final = "Counterpoint, compiled"
OTTYPE: Final = "python-ottype, compiled"
UNICODE: Final = "ot-text-unicode, V8"
QUILL: Final = "quill-delta, V8"
LORO: Final = "loro, Rust"


@attrs.frozen
class Goal:
    """`ours` does `job` at least `ratio` times as fast as `theirs`."""

    job: str
    ours: str
    theirs: str
    ratio: float


GOALS: Final = (
    Goal("transform, keystroke", PLAIN, OTTYPE, 3.5),
    Goal("transform, keystroke", PLAIN, "python-ottype, pure", 12),
    Goal("transform, keystroke", COMPILED, UNICODE, 1),
    Goal("transform, 10", PLAIN, OTTYPE, 1.5),
    Goal("transform, 10", COMPILED, UNICODE, 1),
    Goal("transform, 1,000", PLAIN, OTTYPE, 1.5),
    Goal("transform, 1,000", COMPILED, UNICODE, 1),
    Goal("compose, keystroke", PLAIN, OTTYPE, 1),
    Goal("compose, 10", PLAIN, OTTYPE, 1),
    Goal("compose, 1,000", PLAIN, OTTYPE, 1),
    Goal("rich transform, 2", PLAIN, QUILL, 0.5),
    Goal("rich transform, 2", PLAIN, "quill-delta, Python port", 8),
    Goal("rich transform, 2", COMPILED, QUILL, 1),
    Goal("rich transform, 10", PLAIN, QUILL, 0.5),
    Goal("rich transform, 10", PLAIN, "quill-delta, Python port", 8),
    Goal("rich transform, 10", COMPILED, QUILL, 1),
    Goal("replay", PLAIN, "str, sliced", 2.2),
    Goal("replay", COMPILED, LORO, 1),
    Goal("compose all", PLAIN, "ot.js, V8", 4),
    Goal("merge, scattered", PLAIN, LORO, 1 / 1.3),
    Goal("merge, scattered", COMPILED, LORO, 2),
    Goal("merge, typing", PLAIN, LORO, 1),
)


def verdicts(times: Mapping[str, Mapping[str, Time]]) -> Table:
    """Return what became of each goal."""
    return Table(
        "Counterpoint beside its peers: how many times as fast",
        "Ratios of the figures above, taken in this run. A goal counts as missed below it, however little.",
        ("beside", "times as fast", "goal", ""),
        tuple((f"{goal.ours}: {goal.job}", verdict(goal, times)) for goal in GOALS),
    )


def verdict(goal: Goal, times: Mapping[str, Mapping[str, Time]]) -> tuple[Figure, ...]:
    """Return whom a goal is beside, the ratio, what it should be, and whether it is."""
    ours, theirs = (times.get(name, {}).get(goal.job) for name in (goal.ours, goal.theirs))
    if ours is None or theirs is None:
        return (goal.theirs, "not measured", goal.ratio, "open")
    ratio = theirs.seconds / ours.seconds
    return (goal.theirs, ratio, goal.ratio, "met" if ratio >= goal.ratio else "missed")
