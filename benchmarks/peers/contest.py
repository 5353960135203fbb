"""How fast Counterpoint is beside what people would take instead, at the same work in the same run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from benchmarks.peers.goals import verdicts
from benchmarks.peers.installing import CONTESTANTS, installed
from benchmarks.peers.jobs import JOBS, Job
from benchmarks.peers.racing import Time, race
from benchmarks.tables import Figure, Plot, Table

PAIRS: Final = "text: pairs of operations per second"
RICH_PAIRS: Final = "rich text: pairs of operations per second"
EDITS: Final = "text, many edits: edits per second"

GROUPS: Final = {
    PAIRS: ("transform, ", "compose, "),
    RICH_PAIRS: ("rich transform, ",),
    EDITS: ("replay", "compose all", "merge, "),
}
"""Titles of tables, and how the names of their jobs begin."""

HOW: Final = (
    "A process each, in turns; the median of five rounds of at least 0.15 s, of three where a round is one "
    "run, of one where that takes longer than 5 s. In processor time, so that little shows of what else the "
    "machine does; in Node that of the compiler and the garbage collector counts too. Cases are put into the "
    "form that a package wants before the clock starts."
)

LOAD: Final = (
    "Each times its own work in its own process, by its processor time; who hands the work out waits "
    "meanwhile."
)

WORK: Final = {
    PAIRS: "Transform: both sides of one diamond. Keystroke: one insert or delete behind one skip; otherwise "
    "the number of components of each operation. python-ottype is given deletes as text: it takes no others.",
    RICH_PAIRS: "Both sides of one diamond; components of each operation, half of them retains.",
    EDITS: "Replay: automerge-paper into an empty document, to the text in the end; in loro and Yjs one "
    "transaction, in pycrdt one for each edit. Compose all: the same edits as one operation, in pairs of "
    "pairs, applied. Merge: two branches of 100,000 edits each on 100,000 code points, in loro and Yjs with "
    "making the edits, for Counterpoint with composing them.",
}


def tables() -> list[Table]:
    """Install who is missing, let all of them work, and tell who could not be had."""
    present, missing = installed(CONTESTANTS)
    times = race(present, JOBS)
    found = [_table(title, begin, times) for title, begin in GROUPS.items()]
    return [*found, *missing, verdicts(times)]


def _table(title: str, begin: tuple[str, ...], times: Mapping[str, Mapping[str, Time]]) -> Table:
    jobs = [job for job in JOBS if job.name.startswith(begin)]
    rows = tuple(
        (name, tuple(_rate(taken.get(job.name), job) for job in jobs))
        for name, taken in times.items()
        if any(job.name in taken for job in jobs)
    )
    names = tuple(job.name for job in jobs)
    unit = f"{title.rpartition(': ')[2]}, medians"
    return Table(title, f"{HOW} {WORK[title]}", names, rows, "more", (Plot("bars", names, unit),))


def _rate(time: Time | None, job: Job) -> Figure:
    return "" if time is None else tuple(job.count / seconds for seconds in time.rounds)
