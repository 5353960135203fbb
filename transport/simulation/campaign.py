"""Many seeds, on all cores, and what they showed together."""

from __future__ import annotations

import itertools
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from typing import Final, TypeAlias

import attrs

from transport.simulation.drawn_world import ACCESS_FAULTS, FAULTS, WHOLE, Narrowed
from transport.simulation.simulating import simulate
from transport.simulation.verdicts import BrokenPromise, Report
from transport.simulation.workload import WORKLOADS, Workload

BRANCHES: Final = {
    "late frame of a dead connection": 100,
    "client_restarted tag": 6,
    "client_restarted future": 100,
    "session_lagging": 7,
    "session_ended too-slow": 2,
    "session_ended replaced": 100,
    "session_ended heartbeat-timeout": 100,
    "session_ended draining": 100,
    "submission_rejected superseded": 100,
    "submission_rejected too-large": 100,
    "submission_rejected forbidden": 70,
    "session_sent_away": 100,
    "handed back: too-large": 100,
    "handed back: restarted": 70,
    "turn_given_up the store cannot answer now": 100,
    "snapshot_failed": 15,
    "crash before append": 30,
    "crash after append": 25,
    "crash after append, unanswered": 25,
    "torn write": 40,
}
"""Rare things that a campaign has to have seen, and in about how many of a hundred seeds at least: one that
never happens is a simulation that does nothing."""

LIKELY: Final = 20
"""How often something is expected to happen before it says anything that it never did: what happens does so
several times in one world, and not at all in others."""

EVERY_FAULT: Final = 100
"""Seeds from which every kind of fault is expected to have happened."""

Outcome: TypeAlias = Report | BrokenPromise


@attrs.define
class Summary:
    """What some seeds showed."""

    seeds: int = 0
    client_hours: float = 0.0
    steps: int = 0
    landed: int = 0
    faults: Counter[str] = attrs.field(factory=Counter)
    branches: Counter[str] = attrs.field(factory=Counter)
    broken: list[BrokenPromise] = attrs.field(factory=list)
    seconds: float = 0.0

    def add(self, outcome: Outcome) -> None:
        """Take in one seed."""
        self.seeds += 1
        if isinstance(outcome, BrokenPromise):
            self.broken.append(outcome)
            return
        self.client_hours += outcome.client_seconds / 3600
        self.steps += outcome.steps
        self.landed += outcome.landed
        self.faults += outcome.faults
        self.branches += outcome.branches

    @property
    def never(self) -> list[str]:
        """What should have happened and never did; nothing where there were too few seeds to say."""
        kinds = (*FAULTS, *ACCESS_FAULTS) if self.seeds >= EVERY_FAULT else ()
        likely = [name for name, often in BRANCHES.items() if self.seeds * often >= 100 * LIKELY]
        never = [kind for kind in kinds if not self.faults[kind]]
        return never + [branch for branch in likely if not self.branches[branch]]


@attrs.frozen
class Task:
    """One seed, as a worker gets it."""

    seed: int
    workloads: Sequence[Workload]
    seconds: float
    narrowed: Narrowed


def run(
    seeds: Iterable[int],
    *,
    seconds: float,
    workloads: Sequence[Workload] = WORKLOADS,
    narrowed: Narrowed = WHOLE,
    minutes: float | None = None,
    jobs: int | None = None,
    told: Callable[[Summary], None] = lambda summary: None,
) -> Summary:
    """Run seeds, at most for so many minutes; `told` hears of it after each."""
    began, summary = time.monotonic(), Summary()
    tasks = (Task(seed, workloads, seconds, narrowed) for seed in seeds)
    until = None if minutes is None else began + 60 * minutes
    for outcome in outcomes(tasks, jobs or os.cpu_count() or 1, until):
        summary.add(outcome)
        summary.seconds = time.monotonic() - began
        told(summary)
    return summary


def outcomes(tasks: Iterable[Task], jobs: int, until: float | None) -> Iterator[Outcome]:
    """Yield what each task showed, as it is known; begin none when the time is up."""
    left = itertools.takewhile(lambda _: until is None or time.monotonic() < until, tasks)
    if jobs == 1:
        yield from map(attempt, left)
        return
    with ProcessPoolExecutor(jobs) as pool:
        running = {pool.submit(attempt, task) for task in itertools.islice(left, 2 * jobs)}
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            running |= {pool.submit(attempt, task) for task in itertools.islice(left, len(done))}
            for one in done:
                yield one.result()


def attempt(task: Task) -> Outcome:
    """Run one seed."""
    try:
        return simulate(task.seed, task.workloads, seconds=task.seconds, narrowed=task.narrowed)
    except BrokenPromise as broken:
        return broken
