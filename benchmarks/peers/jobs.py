"""The work that is given to all alike: what kind it is, and its cases, made from one seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

import attrs

from benchmarks.merge import LENGTH, Author, scattered, typing
from benchmarks.peers.adapters import Edit
from benchmarks.scaling import operation
from benchmarks.types import ROOT, splices_of
from ot import Json, Operation
from transport.traces import read_trace

TRACE: Final = ROOT / "benchmarks" / "traces" / "automerge-paper.json.gz"
REACH: Final = 1_000  # code points of the document that keystrokes fall into

Cases: TypeAlias = Callable[[random.Random], Json]


@attrs.frozen
class Job:
    """Work that is timed."""

    name: str
    kind: str
    """That by which an adapter knows it."""
    cases: Cases
    count: int
    """What is counted of one run: pairs, or edits."""
    rounds: int = 5
    seconds: float = 0.15
    """The least that a round takes; longer work is done once a round."""


def text_pairs(components: int, count: int) -> Cases:
    """Return pairs of operations on a document of nothing but x, each of so many components."""
    return lambda rng: [[operation(rng, components) for _ in "ab"] for _ in range(count)]


def keystroke_pairs(count: int) -> Cases:
    """Return pairs of one insert or one delete behind one skip."""
    return lambda rng: [[keystroke(rng), keystroke(rng)] for _ in range(count)]


def keystroke(rng: random.Random) -> Operation:
    """Return one insert, in seven cases of ten, or one delete."""
    return [rng.randint(1, REACH), "x" if rng.random() < 0.7 else {"d": 1}]


def rich_pairs(components: int, count: int) -> Cases:
    """Return pairs of operations of rich text: text put in, formatted, or taken out, behind what is kept."""
    return lambda rng: [[rich_operation(rng, components) for _ in "ab"] for _ in range(count)]


def rich_operation(rng: random.Random, components: int) -> Operation:
    """Return an operation in normal form."""
    changes: list[Callable[[], Json]] = [
        lambda: {"insert": "x" * rng.randint(1, 10)},
        lambda: {"delete": rng.randint(1, 10)},
        lambda: {"retain": rng.randint(1, 10), "attributes": {rng.choice(("bold", "italic")): True}},
        lambda: {"insert": "x" * rng.randint(1, 10), "attributes": {"link": "x"}},
    ]
    op: list[Json] = []
    for _ in range(components // 2):
        op += [{"retain": rng.randint(1, REACH)}, rng.choice(changes)()]
    return op


def trace_edits(_: random.Random) -> Json:
    """Return the edits of automerge-paper."""
    return list(edits_of((transaction.op for transaction in read_trace(TRACE).transactions), ""))


def branches(author: Author, count: int) -> Cases:
    """Return two branches of as many edits on one document."""
    document = "-" * LENGTH

    def made(rng: random.Random) -> Json:
        ours, theirs = (list(edits_of(author(rng, count), document)) for _ in "ab")
        return {"document": document, "ours": ours, "theirs": theirs}

    return made


def edits_of(ops: Iterator[Operation] | list[Operation], text: str) -> Iterator[Edit]:
    """Yield operations of one splice as edits, each made on what the one before left."""
    for op in ops:
        for place, deleted, inserted in splices_of(op):
            yield place, text[place : place + deleted], inserted
            text = text[:place] + inserted + text[place + deleted :]


JOBS: Final = (
    Job("transform, keystroke", "transform", keystroke_pairs(1000), 1000),
    Job("transform, 10", "transform", text_pairs(10, 300), 300),
    Job("transform, 1,000", "transform", text_pairs(1000, 10), 10),
    Job("compose, keystroke", "compose", keystroke_pairs(1000), 1000),
    Job("compose, 10", "compose", text_pairs(10, 300), 300),
    Job("compose, 1,000", "compose", text_pairs(1000, 10), 10),
    Job("rich transform, 2", "rich transform", rich_pairs(2, 500), 500),
    Job("rich transform, 10", "rich transform", rich_pairs(10, 200), 200),
    Job("replay", "replay", trace_edits, 259_778, rounds=3, seconds=0),
    Job("compose all", "compose all", trace_edits, 259_778, rounds=3, seconds=0),
    Job("merge, scattered", "merge", branches(scattered, 100_000), 200_000, rounds=3, seconds=0),
    Job("merge, typing", "merge", branches(typing, 100_000), 200_000, rounds=3, seconds=0),
)
"""What is measured; a name says what of, and how many components where that matters."""
