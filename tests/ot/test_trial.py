"""A submission that is tried in steps is decided as one that is not, and changes nothing before it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random
from typing import Final

import attrs
import pytest

import ot.trial
from ot import Bounds, Decision, InvalidOperation, Json, Operation, RevisionLog, Snapshot, get_type
from ot.carry_cost import carry_cost
from ot.json1 import clashes
from ot.trial import normalized
from tests.random_operations import SOURCES, Source

ROUNDS: Final = 60
SPOILED: Final[tuple[Json, ...]] = (
    None,
    [],
    [[]],
    7,
    [{"p": ["x"], "oi": 1}, {"p": 3}],
    ["x", {"i": 1}, {"i": 2}],
    [3],
)
"""Operations that few documents, or none, let pass."""


@attrs.frozen
class Played:
    """Concurrent operations on one document, each made against it, and now and then a spoiled one."""

    name: str
    document: Snapshot
    ops: list[Operation]

    @classmethod
    def of(cls, name: str, seed: int) -> Played:
        random, source = Random(f"{name} {seed}"), SOURCES[name]
        document = source.document(random)
        return cls(name, document, [_operation(random, source, document) for _ in range(4)])

    def log(self) -> RevisionLog:
        bounds = Bounds(operation_components=30, carry_cost=800, document_bytes=300)
        return RevisionLog(get_type(self.name), "epoch", self.document, bounds=bounds)


def _operation(random: Random, source: Source, document: Snapshot) -> Operation:
    return random.choice(SPOILED) if random.random() < 0.1 else source.operation(random, document)[0]


def shape(log: RevisionLog) -> Json:
    """Return all that a log has."""
    log._check()
    return log.revision, log.tag, log.snapshot, dict(log.outcomes), list(log.entries)


def fault_of(function: Callable[[Operation], object], op: Operation) -> str | None:
    """Return why a function refuses an operation; None where it does not."""
    try:
        function(op)
    except InvalidOperation as error:
        return str(error)
    return None


def submitted(log: RevisionLog, number: int, op: Operation, *, tried: int | None) -> Decision:
    """Decide one of concurrent submissions, after so many steps of a trial; None: without one."""
    client, own = f"client {number}", carry_cost(log.doc_type, op)
    trial = None if tried is None else log.trial(0, client, 1, op, own)
    before = shape(log)
    for _ in range(tried or 0):
        if trial is None or not trial.step():
            break
    assert shape(log) == before
    return log.submit(0, client, 1, op, own, trial)


@pytest.mark.parametrize("name", SOURCES)
def test_what_is_tried_in_steps_is_decided_as_what_is_not(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ot.trial, "STEP_COST", 0)
    kinds = set[str]()
    for seed in range(ROUNDS):
        played = Played.of(name, seed)
        at_once, in_steps, stopped = played.log(), played.log(), played.log()
        for number, op in enumerate(played.ops):
            decisions = [
                submitted(at_once, number, op, tried=None),
                submitted(in_steps, number, op, tried=100),
                submitted(stopped, number, op, tried=seed % 5),
            ]
            assert decisions[1:] == decisions[:1] * 2, f"seed {seed}: {op}"
            kinds.add(type(decisions[0]).__name__)
        assert shape(at_once) == shape(in_steps) == shape(stopped)
    assert kinds == {"Landed", "Rejected"}


@pytest.mark.parametrize("name", SOURCES)
def test_a_trial_in_another_past_than_has_come_is_of_no_account(name: str) -> None:
    for seed in range(ROUNDS):
        played = Played.of(name, seed)
        log, twin = played.log(), played.log()
        for number, op in enumerate(played.ops[:-1]):
            log.begin()
            trial = log.trial(0, "late", 1, played.ops[-1])
            while trial is not None and trial.step():
                pass
            assert submitted(log, number, op, tried=None) == submitted(twin, number, op, tried=None)
            log.commit()
            late = log.submit(0, "late", 1, played.ops[-1], trial=trial)
            assert late == twin.submit(0, "late", 1, played.ops[-1]), f"seed {seed}"
            log.know("late", None)
            twin.know("late", None)
        assert shape(log) == shape(twin)


def test_what_was_decided_or_cannot_be_needs_no_trial() -> None:
    log = RevisionLog(get_type("text"), "epoch", "")
    log.submit(0, "ada", 1, ["x"])
    for base, seq in ((0, 1), (0, 3), (2, 2)):
        assert log.trial(base, "ada", seq, ["x"]) is None
    assert log.trial(0, "ada", 2, ["x"]) is not None


@pytest.mark.parametrize("name", SOURCES)
def test_what_is_checked_and_normalized_in_one_is_what_it_is_one_after_the_other(name: str) -> None:
    doc_type, refused = get_type(name), 0
    for seed in range(5 * ROUNDS):
        for op in Played.of(name, seed).ops:
            fault = fault_of(doc_type.check, op)
            if fault is None:
                assert normalized(doc_type, op) == doc_type.normalize(op)
            else:
                assert fault_of(partial(normalized, doc_type), op) == fault
                refused += 1
    assert refused


@pytest.mark.parametrize(
    ("name", "op", "normal"),
    [
        (
            "json1",
            [["a", {"p": 1}], ["b", {"p": 0}], ["c", {"d": 1}], ["d", {"d": 0}]],
            [["a", {"p": 0}], ["b", {"p": 1}], ["c", {"d": 0}], ["d", {"d": 1}]],
        ),
        (
            "json1",
            ["a", {"et": "rich-text", "e": [{"delete": 1}, {"insert": "x"}]}],
            ["a", {"et": "rich-text", "e": [{"insert": "x"}, {"delete": 1}]}],
        ),
        ("json0", [{"p": ["a", 0], "si": "x"}, {"p": ["a", 1], "si": "y"}], [{"p": ["a", 0], "si": "xy"}]),
        ("rich-text", [{"delete": 1}, {"insert": "x"}], [{"insert": "x"}, {"delete": 1}]),
    ],
)
def test_what_peers_write_otherwise_is_checked_and_normalized(
    name: str, op: Operation, normal: Operation
) -> None:
    get_type(name).check(op)
    assert normalized(get_type(name), op) == normal


@pytest.mark.plain
def test_moves_that_collide_two_by_two_are_looked_at_a_few_times_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    count, looked = 100, []
    numbers = [f"{number:03}" for number in range(count)]
    places = [[f"k{number}", {"d": slot}] for slot, number in enumerate(numbers)]
    moves = [{"p": slot} for slot in range(count)]
    ours, theirs = list[Json](places), list[Json](places)
    for name, moving, editing in (("x", ours, theirs), ("y", theirs, ours)):
        moving += [[f"{name}{number}", move] for number, move in zip(numbers, moves, strict=True)]
        editing += [[f"{name}{number}", {"ena": 1}] for number in numbers]
    real = clashes.removed_content

    def removed_content(*arguments: Json) -> Json:
        looked.append(arguments)
        return real(*arguments)

    monkeypatch.setattr(clashes, "removed_content", removed_content)
    get_type("json1").transform(ours, theirs, "left")
    assert 3 * count < len(looked) < 12 * count
