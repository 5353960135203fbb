"""How fast a document type is: calls per second of its functions, over cases that you bring.

    from ot.measuring import Case, rates

    for rate in rates(MyType(), [Case(snapshot, op, other, later), ...]):
        print(rate.function, round(rate.per_second))

A function is called with every case in turn, and so again until a round has taken long enough to be timed.
There are several rounds and the best one counts: whatever else the machine does only ever slows one down.

`merge_seconds` merges two branches that were made apart, as of two people who were offline, and
`fitted_exponent` says how a cost grows with what it is the cost of.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final, TypeAlias

import attrs

from ot.composition import compose_all
from ot.crossing import crossed
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


def merge_seconds(
    doc_type: DocumentType,
    document: Snapshot,
    ours: Sequence[Operation],
    theirs: Sequence[Operation],
    *,
    clock: Clock = time.perf_counter,
) -> float:
    """Return the seconds that it takes to merge two branches, each made one after the other on `document`.

    Each is composed, and the compositions transformed over each other. Raises ValueError where the two
    ways round do not end in one document; that is not part of the time.
    """
    started = clock()
    own, other = compose_all(doc_type, ours), compose_all(doc_type, theirs)
    own_after, other_after = crossed(doc_type, own, other)
    seconds = clock() - started
    own_first = doc_type.apply(doc_type.apply(document, own), other_after)
    other_first = doc_type.apply(doc_type.apply(document, other), own_after)
    if own_first != other_first:
        raise ValueError(f"{doc_type.name}: the two ways round end in different documents")
    return seconds


def fitted_exponent(costs: Sequence[tuple[float, float]]) -> float:
    """Return the exponent of the power of a size that fits what it costs best; `costs` are pairs of both.

    By least squares of the logarithms: 1 is linear, 2 quadratic. Raises ValueError for less than two sizes.
    """
    if len({size for size, _ in costs}) < 2:
        raise ValueError(f"an exponent is fitted to two sizes or more, not {costs!r}")
    points = [(math.log(size), math.log(cost)) for size, cost in costs]
    mean_size = sum(size for size, _ in points) / len(points)
    mean_cost = sum(cost for _, cost in points) / len(points)
    rise = sum((size - mean_size) * (cost - mean_cost) for size, cost in points)
    return rise / sum((size - mean_size) ** 2 for size, _ in points)


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
