"""How fast a document type is: calls per second of its functions, over cases that you bring.

    from ot.measuring import Case, rates

    for rate in rates(MyType(), [Case(snapshot, op, other, later), ...]):
        print(rate.function, round(rate.per_second))

A function is called with every case in turn, and so again until a round has taken long enough to be timed.
There are several rounds and the best one counts: whatever else the machine does only ever slows one down.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final, TypeAlias

import attrs

from ot.document_type import DocumentType, Operation, Snapshot

ROUNDS: Final = 5
ROUND_SECONDS: Final = 0.1  # the least that a round takes: many time slices of the machine's other work

Call: TypeAlias = Callable[[], object]
Clock: TypeAlias = Callable[[], float]


@attrs.frozen
class Case:
    """What the functions are called with: `op` and `other` on `snapshot`, `later` on what `op` leaves."""

    snapshot: Snapshot
    op: Operation
    other: Operation
    later: Operation


@attrs.frozen
class Rate:
    """What was measured of one function."""

    function: str
    per_second: float
    calls: int
    """Made in one round."""


def rates(doc_type: DocumentType, cases: Sequence[Case], *, clock: Clock = time.perf_counter) -> list[Rate]:
    """Return the rates of apply, transform, compose, invert and merge, in this order.

    To merge is what a server does with an operation that comes late: transform it over another, check
    it, apply it. Raises ValueError where there is no case.
    """
    return [rate(function, calls, clock=clock) for function, calls in _calls(doc_type, cases)]


def rate(function: str, calls: Sequence[Call], *, clock: Clock = time.perf_counter) -> Rate:
    """Return how often per second `calls` are made, each in its turn."""
    if not calls:
        raise ValueError(f"there is nothing to measure {function} with")
    repeats, seconds = 1, _seconds(calls, 1, clock)
    while seconds < ROUND_SECONDS:
        repeats *= 2
        seconds = _seconds(calls, repeats, clock)
    best = min(seconds, *(_seconds(calls, repeats, clock) for _ in range(ROUNDS - 1)))
    return Rate(function, repeats * len(calls) / best, repeats * len(calls))


def _seconds(calls: Sequence[Call], repeats: int, clock: Clock) -> float:
    started = clock()
    for _ in range(repeats):
        for call in calls:
            call()
    return clock() - started


def _calls(doc_type: DocumentType, cases: Sequence[Case]) -> Iterator[tuple[str, list[Call]]]:
    yield "apply", [partial(doc_type.apply, case.snapshot, case.op) for case in cases]
    yield "transform", [partial(doc_type.transform, case.op, case.other, "left") for case in cases]
    yield "compose", [partial(doc_type.compose, case.op, case.later) for case in cases]
    yield "invert", [partial(doc_type.invert, case.op, case.snapshot) for case in cases]
    after = [doc_type.apply(case.snapshot, case.other) for case in cases]
    yield (
        "merge",
        [
            partial(_merged, doc_type, other_first, case.op, case.other)
            for other_first, case in zip(after, cases, strict=True)
        ],
    )


def _merged(doc_type: DocumentType, after: Snapshot, op: Operation, other: Operation) -> Snapshot:
    landed = doc_type.transform(op, other, "left")
    doc_type.check(landed)
    return doc_type.apply(after, landed)
