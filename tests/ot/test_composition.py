"""Composing many operations: near linear for any type, in bounded steps, and once for all who come back."""

from __future__ import annotations

from typing import Any, Final

import pytest

from ot import Held, Resumed, RevisionLog
from ot.bridges import KEPT
from ot.composition import STEP_COST, RunningComposition, compose_all
from ot.text import Text


class Counting(Text):
    """Text whose compositions of two are counted, and that has no composition of many of its own."""

    compose_all: Any = None

    def __init__(self) -> None:
        self.walked: list[int] = []

    def compose(self, op: Any, later: Any) -> Any:
        self.walked.append(len(op) + len(later))
        return super().compose(op, later)


class CountingMany(Text):
    """Text that counts the operations which it composes at once."""

    def __init__(self) -> None:
        self.taken = 0

    def compose_all(self, ops: Any) -> Any:
        self.taken += len(ops)
        return super().compose_all(ops)


DIGITS: Final = [[place, str(place % 10)] if place else ["0"] for place in range(3_000)]
SCATTERED: Final = [[1 + 7 * place % 997, "x"] for place in range(3_000)]


def one_by_one(ops: Any, document: str) -> str:
    text = Text()
    for op in ops:
        document = text.apply(document, op)
    return document


@pytest.mark.parametrize("ops", [DIGITS, SCATTERED], ids=["typing", "scattered"])
@pytest.mark.parametrize("doc_type", [Text(), Counting()], ids=["of its own", "in pairs"])
def test_many_compose_to_what_they_do_one_by_one(doc_type: Any, ops: Any) -> None:
    document = "-" * 1_000
    expected = one_by_one(ops, document)
    assert doc_type.apply(document, compose_all(doc_type, ops)) == expected
    running = RunningComposition(doc_type, ops)
    while not running.done:
        running.step()
    assert doc_type.apply(document, running.result) == expected


def test_in_pairs_every_operation_is_walked_over_a_logarithmic_number_of_times() -> None:
    counting = Counting()
    compose_all(counting, [[1 + 7 * place % 5000, "x"] for place in range(0, 3 * 1024, 3)])
    assert len(counting.walked) == 1023
    assert sum(counting.walked) <= 2 * 1024 * 10


def test_a_step_is_bounded() -> None:
    counting = Counting()
    running = RunningComposition(counting, SCATTERED * 10)
    walked = []
    while not running.done:
        before = sum(counting.walked)
        assert running.step() > 0
        walked.append(sum(counting.walked) - before)
    whole = counting.walked[-1]
    assert len(walked) > 20
    assert max(walked) <= 3 * STEP_COST + whole
    assert sum(walked[:-2]) / len(walked) < 2 * STEP_COST


def test_one_operation_is_its_own_composition() -> None:
    running = RunningComposition(Text(), [["x"]])
    assert running.result == ["x"]


def log_of(doc_type: Any, ops: Any) -> RevisionLog:
    log = RevisionLog(doc_type, "epoch", "-" * 1_000)
    for seq, op in enumerate(ops, 1):
        log.submit(log.revision, "bob", seq, op)
    return log


def start_of(log: RevisionLog) -> Held:
    tag = RevisionLog(log.doc_type, log.epoch, "").tag
    return Held(log.epoch, 0, tag)


def test_who_comes_back_to_a_long_history_is_led_on_in_steps() -> None:
    counting = CountingMany()
    log = log_of(counting, SCATTERED)
    held = start_of(log)
    running = log.composition_for("ada", held)
    assert running is not None and not running.done
    while not running.done:
        running.step()
    assert counting.taken == 3_000
    assert log.composition_for("ada", held) is None
    caught_up = log.catch_up("ada", held)
    assert counting.taken == 3_000, "nothing is composed twice"
    assert isinstance(caught_up, Resumed)
    (entry,) = caught_up.entries
    assert (entry.revision, entry.span) == (3_000, 3_000)
    assert Text().apply("-" * 1_000, entry.op) == log.snapshot


def test_the_next_one_from_there_is_led_on_only_by_what_has_landed_since() -> None:
    counting = CountingMany()
    log = log_of(counting, SCATTERED)
    held = start_of(log)
    log.catch_up("ada", held)
    counting.taken = 0
    log.submit(log.revision, "cyd", 1, ["!"])
    caught_up = log.catch_up("bob", held)
    assert counting.taken == 2
    assert isinstance(caught_up, Resumed)
    assert Text().apply("-" * 1_000, caught_up.entries[0].op) == log.snapshot
    assert caught_up.entries[0].span == 3_001


def test_what_was_composed_of_a_step_is_forgotten_with_it() -> None:
    log = log_of(Text(), [["a"], ["b"]])
    held = start_of(log)
    log.begin()
    log.submit(2, "cyd", 1, ["c"])
    log.catch_up("ada", held)
    log.rollback()
    log.submit(2, "cyd", 1, ["d"])
    caught_up = log.catch_up("ada", held)
    assert isinstance(caught_up, Resumed)
    assert caught_up.entries[0].op == ["dba"]


def test_nothing_is_composed_for_who_is_up_to_date_or_from_another_past() -> None:
    log = log_of(Text(), [["a"], ["b"]])
    assert log.composition_for("ada", Held(log.epoch, 2, log.tag)) is None
    assert log.composition_for("ada", Held("other", 0, "")) is None
    assert log.composition_for("ada", start_of(log)) is not None


def test_of_many_bridges_only_the_latest_are_kept_between_turns() -> None:
    counting = CountingMany()
    log = log_of(counting, [["a"]] * 30)
    starts = [Held(log.epoch, entry.revision, str(entry.tag)) for entry in log.entries[:-2]]
    for held in [*starts, *starts]:
        log.catch_up("ada", held)
    once, counting.taken = counting.taken, 0
    log.forget(keep=30)
    for held in starts[-KEPT:]:
        log.catch_up("ada", held)
    assert counting.taken == 0
    log.catch_up("ada", starts[0])
    assert counting.taken == 29
    assert once == sum(range(2, 30))


@pytest.mark.parametrize("keep", [0, 1, 3, 9, 10])
@pytest.mark.parametrize("held_at", range(11))
@pytest.mark.parametrize("inflight", [None, 3, 4])
def test_entries_read_from_the_store_lead_on_as_those_at_hand_do(
    keep: int, held_at: int, inflight: int | None
) -> None:
    whole, shortened = (
        log_of(Text(), [[place, "x"] if place else ["x"] for place in range(7)]) for _ in "ab"
    )
    for log in (whole, shortened):
        for seq in (1, 2, 3):
            log.submit(log.revision, "ada", seq, ["y"])
    tag = whole.entries[held_at - 1].tag if held_at else start_of(whole).tag
    held = Held(whole.epoch, held_at, str(tag), inflight)
    older = whole.entries[:]
    shortened.forget(keep)
    assert shortened.horizon == 10 - keep
    after = shortened.missing_for(held_at)
    read = [] if after is None else [one for one in older if after < one.revision <= shortened.horizon]
    assert shortened.catch_up("ada", held, read) == whole.catch_up("ada", held)
