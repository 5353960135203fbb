"""A room's turns: nothing is told before it is durable, and everything asked is answered once."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

import ot.trial
import transport.asked
import transport.room
import transport.upkeep
from ot import Operation
from tests.transport.played_room import (
    ADA,
    BOB,
    BOUNDS,
    PlayedRoom,
    answers,
    entries,
    landed,
    now_of,
    superseded,
    text,
)
from transport.effects import Commit, Create, Pause, Share, Tell
from transport.messages import (
    Closed,
    Error,
    Opened,
    Operations,
    Reject,
)

# Nothing is told before it is durable.


@pytest.mark.parametrize(
    ("op", "kind"), [(["x"], Operations), ([{"d": 5}], Reject), ([5], Reject), ([{"bad": 1}], Reject)]
)
def test_neither_acknowledgement_nor_rejection_goes_out_before_the_store_has_the_step(
    op: Operation, kind: type
) -> None:
    room = PlayedRoom()
    room.followed_by(ADA, BOB)
    room.submit(ADA, 0, 1, op)
    room.until_commit()
    assert room.heard == []
    room.answer()
    assert [type(message) for session, message in room.heard if session == ADA.session] == [kind]


def test_one_and_the_same_message_goes_to_everybody_and_is_the_acknowledgement() -> None:
    room = PlayedRoom()
    room.followed_by(ADA, BOB)
    room.submit(ADA, 0, 1, ["x"])
    room.submit(BOB, 0, 1, ["y"])
    room.until_commit()
    assert isinstance(room.asked, Commit)
    effects = room.room.committed(now_of(room.store.append(room.asked.step)), 0.0)
    shared = [effect for effect in effects if isinstance(effect, Share)]
    told = [effect for effect in effects if isinstance(effect, Tell)]
    assert (len(shared), told) == (1, [])
    assert shared[0].sessions == (ADA.session, BOB.session)
    assert isinstance(shared[0].message, Operations)
    assert [(e.revision, e.client, e.seq) for e in shared[0].message.entries] == [
        (1, "ada", 1),
        (2, "bob", 1),
    ]


def test_a_repeated_submission_waits_for_the_step_that_its_first_one_is_in() -> None:
    room = PlayedRoom()
    room.followed_by(ADA, BOB)
    room.submit(ADA, 0, 1, ["x"])
    room.submit(ADA, 0, 1, ["x"])
    room.until_commit()
    assert room.heard == []
    room.answer()
    assert room.kinds(ADA) == ["Operations", "Ack"]
    assert len(entries(room)) == 1


def test_a_repeated_submission_gets_the_answer_of_the_first_also_from_a_new_room() -> None:
    room = PlayedRoom()
    room.followed_by(ADA)
    room.submit(ADA, 0, 1, ["x"])
    room.submit(ADA, 1, 2, [{"d": 9}])
    room.settle()
    (rejected,) = room.said_to(ADA, Reject)
    restarted = PlayedRoom(room.store)
    restarted.followed_by(ADA)
    restarted.submit(ADA, 1, 2, [{"d": 9}])
    restarted.settle()
    assert restarted.heard == [(ADA.session, rejected)]
    assert len(entries(room)) == 1


def test_the_same_seq_with_another_operation_is_refused_and_uses_nothing_up() -> None:
    room = PlayedRoom()
    room.followed_by(ADA)
    room.submit(ADA, 0, 1, ["x"])
    room.submit(ADA, 0, 1, ["y"])
    room.submit(ADA, 1, 3, ["z"])
    room.submit(ADA, 7, 2, ["z"])
    room.submit(ADA, 1, 2, ["z"])
    room.settle()
    assert [(e.code, e.seq) for e in room.said_to(ADA, Error)] == [
        ("seq-reused", 1),
        ("seq-gap", 3),
        ("future-revision", 2),
    ]
    assert text(room) == "zx"


def test_one_bad_submission_harms_only_itself() -> None:
    room = PlayedRoom()
    room.followed_by(ADA, BOB)
    room.submit(ADA, 0, 1, ["x"])
    room.submit(BOB, 0, 1, [100, "far"])
    room.submit(ADA, 1, 2, ["y"])
    room.settle()
    assert text(room) == "yx"
    assert [r.code for r in room.said_to(BOB, Reject)] == ["invalid-operation"]
    assert room.counted[-1].landed == 2
    assert room.counted[-1].rejected == ("invalid-operation",)


# Every open is answered once.


def test_opening_makes_the_document_and_a_second_one_finds_it() -> None:
    room = PlayedRoom()
    room.open(ADA, doc_type="text", create="hello")
    room.open(BOB)
    room.settle()
    (ours,), (theirs,) = room.said_to(ADA, Opened), room.said_to(BOB, Opened)
    assert (ours.snapshot, ours.revision, ours.resumed, ours.seq) == ("hello", 0, False, 0)
    assert attrs.evolve(theirs, presences=()) == ours


def test_the_loser_of_two_creates_gets_the_winners_document() -> None:
    room, other = PlayedRoom(seed=1), PlayedRoom(seed=2)
    other.store = room.store
    room.open(ADA, doc_type="text", create="mine")
    other.open(BOB, doc_type="text", create="theirs")
    for one in (room, other):
        one.turn()
        one.answer()
        assert isinstance(one.asked, Create)
    other.settle()
    room.settle()
    (ours,), (theirs,) = room.said_to(ADA, Opened), other.said_to(BOB, Opened)
    assert (ours.snapshot, ours.epoch) == (theirs.snapshot, theirs.epoch)
    assert ours.snapshot == "theirs"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({}, "no-such-document"),
        ({"doc_type": "no-such-type"}, "unknown-doc-type"),
        ({"doc_type": "text", "create": 5}, "bad-create"),
    ],
)
def test_what_cannot_be_made_is_refused_and_does_not_keep_others_from_making_it(
    asked: dict[str, object], code: str
) -> None:
    room = PlayedRoom()
    room.open(ADA, **asked)
    room.settle()
    assert [c.code for c in room.said_to(ADA, Closed)] == [code]
    room.heard.clear()
    room.open(ADA, **asked)
    room.open(BOB, doc_type="text", create="there")
    room.settle()
    assert [o.snapshot for o in room.said_to(BOB, Opened)] == ["there"]
    assert len(room.said_to(ADA, Opened) + room.said_to(ADA, Closed)) == 1


def test_another_type_than_the_documents_is_refused() -> None:
    room = PlayedRoom()
    room.followed_by(ADA)
    room.open(BOB, doc_type="json1")
    room.settle()
    assert [c.code for c in room.said_to(BOB, Closed)] == ["wrong-doc-type"]
    assert BOB.session not in room.room.here.sessions


@pytest.mark.parametrize("steps", range(5))
def test_an_open_that_is_closed_early_is_answered_once_wherever_its_turn_is(steps: int) -> None:
    room = PlayedRoom()
    room.open(ADA, doc_type="text")
    room.open(BOB, doc_type="text")
    for _ in range(steps):
        if room.asked is None:
            room.turn()
        else:
            room.answer()
    if answers(room, ADA.session) == 0:
        room.leave(ADA)
        assert [c.code for c in room.said_to(ADA, Closed)] == ["closed-early"]
    room.settle()
    assert (answers(room, ADA.session), answers(room, BOB.session)) == (1, 1)


def test_an_open_that_gives_a_submission_up_says_so_after_the_store_has_it_and_in_that_order() -> None:
    room = PlayedRoom(bounds=attrs.evolve(BOUNDS, single_entries=3))
    superseded(room)
    assert isinstance(room.asked, Commit)
    (outcome,) = room.asked.step.outcomes
    assert (outcome.client, outcome.seq, outcome.code) == ("ada", 1, "superseded")
    assert answers(room, ADA.session) == 0
    room.answer()
    rejected, opened = (m for session, m in room.heard if session == ADA.session)
    assert isinstance(rejected, Reject) and (rejected.seq, rejected.code) == (1, "superseded")
    assert isinstance(opened, Opened) and opened.resumed and opened.seq == 1
    assert opened.entries is not None
    assert [(e.revision, e.span, e.op) for e in opened.entries] == [(5, 5, ["edcba"])]


def test_an_open_that_gives_a_submission_up_and_is_closed_early_is_answered_once() -> None:
    room = PlayedRoom(bounds=attrs.evolve(BOUNDS, single_entries=3))
    superseded(room)
    room.leave(ADA)
    room.settle()
    assert answers(room, ADA.session) == 1


def test_an_open_that_had_to_wait_is_told_all_that_lands_after_the_revision_of_its_answer() -> None:
    room = PlayedRoom()
    room.followed_by(BOB)
    room.submit(BOB, 0, 1, ["y"])
    room.open(ADA, inflight=1)
    room.settle()
    told = [m for session, m in room.heard if session == ADA.session and not isinstance(m, Reject)]
    opened, operations = told
    assert isinstance(opened, Opened) and (opened.resumed, opened.revision) == (False, 0)
    assert isinstance(operations, Operations)
    assert [(entry.revision, entry.op) for entry in operations.entries] == [(1, ["y"])]


def test_an_answer_that_had_to_wait_tells_who_has_come_since() -> None:
    room = PlayedRoom(bounds=attrs.evolve(BOUNDS, single_entries=3))
    superseded(room)
    room.show(BOB, 5, {"cursor": 0})
    room.settle()
    (opened,) = room.said_to(ADA, Opened)
    assert [(there.client, there.revision) for there in opened.presences] == [("bob", 5)]


@pytest.mark.parametrize("held", [{}, {"epoch": "lost", "revision": 3, "tag": "0" * 16}])
def test_a_submission_that_its_client_gave_up_cannot_land_late(held: dict[str, Any]) -> None:
    room = PlayedRoom()
    room.followed_by(BOB)
    room.open(ADA, inflight=1, **held)
    room.settle()
    (opened,) = room.said_to(ADA, Opened)
    assert (opened.resumed, opened.seq) == (False, 1)
    room.heard.clear()
    room.submit(ADA, 0, 1, ["late"])
    room.submit(ADA, 0, 2, ["new"])
    room.settle()
    assert [reject.seq for reject in room.said_to(ADA, Reject)] == [1]
    assert text(room) == "new"


def test_a_submission_that_has_diverged_may_still_land() -> None:
    room = PlayedRoom()
    room.followed_by(BOB)
    room.open(ADA, inflight=1, diverged="0" * 64, **room.here())
    room.settle()
    (opened,) = room.said_to(ADA, Opened)
    assert (opened.resumed, opened.seq) == (False, 0)


def test_an_open_that_gives_a_submission_up_is_decided_anew_after_a_conflict() -> None:
    room = PlayedRoom(bounds=attrs.evolve(BOUNDS, single_entries=3))
    superseded(room)
    landed(room, ["f"], by="ada")  # what was given up here has landed on another node
    room.settle()
    (opened,) = room.said_to(ADA, Opened)
    assert room.said_to(ADA, Reject) == []
    assert opened.fate is not None and (opened.fate.landed, opened.fate.op) == (6, ["f"])


def test_a_conflict_does_not_make_a_far_client_start_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport.room, "WINDOW", 2)
    monkeypatch.setattr(transport.upkeep, "SNAPSHOT_ENTRIES", (1, 1))
    room = PlayedRoom(bounds=attrs.evolve(BOUNDS, single_entries=3))
    superseded(room)
    landed(room, ["f"])
    room.settle()
    (opened,) = room.said_to(ADA, Opened)
    assert opened.resumed and opened.entries is not None
    assert [(e.revision, e.span) for e in opened.entries] == [(6, 6)]


def test_a_late_open_of_a_dead_connection_uses_nothing_up() -> None:
    room = PlayedRoom(bounds=attrs.evolve(BOUNDS, single_entries=1))
    room.followed_by(ADA, BOB)
    held = room.here()
    room.submit(ADA, 0, 1, ["a"])
    room.submit(ADA, 1, 2, ["b"])
    room.submit(BOB, 2, 1, ["c"])
    room.settle()
    room.heard.clear()
    room.asked_before.clear()
    room.open(ADA, inflight=1, **held)  # said before `a` was acknowledged
    room.settle()
    (opened,) = room.said_to(ADA, Opened)
    assert opened.seq == 2 and opened.fate is None
    assert not any(isinstance(asked, Commit) for asked in room.asked_before)


# What takes long.


def long_one_among_short_ones(monkeypatch: pytest.MonkeyPatch) -> PlayedRoom:
    """Return a room that has been asked for a short submission, a long one and a short one again."""
    monkeypatch.setattr(transport.asked, "LONG", 20)
    monkeypatch.setattr(ot.trial, "STEP_COST", 1)
    room = PlayedRoom()
    room.followed_by(ADA, BOB)
    room.submit(ADA, 0, 1, ["abc"])
    room.settle()
    room.submit(ADA, 1, 2, ["1"])
    room.submit(BOB, 1, 1, [1, "x", 1, "y", 1, "z"])
    room.submit(ADA, 1, 3, [3, "2"])
    return room


def test_a_long_submission_has_a_turn_to_itself_and_is_decided_in_its_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    room = long_one_among_short_ones(monkeypatch)
    room.asked_before.clear()
    room.settle()
    kinds = [type(asked).__name__ for asked in room.asked_before]
    pauses = kinds.count("Pause")
    assert kinds == ["Commit", *["Pause"] * pauses, "Commit", "Commit"]
    assert pauses > 3, "others have their turn while it is tried"
    assert [(entry.client, entry.seq) for entry in entries(room)[1:]] == [("ada", 2), ("bob", 1), ("ada", 3)]
    assert room.room.log is not None
    assert room.room.log.snapshot == "1axbyc2z"


@pytest.mark.parametrize("steps", range(6))
def test_a_long_submission_is_decided_whoever_leaves_and_whatever_lands_elsewhere_meanwhile(
    monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    room = long_one_among_short_ones(monkeypatch)
    room.until_commit()
    room.answer()
    room.turn()
    for _ in range(steps):
        room.answer()
    assert isinstance(room.asked, Commit if steps == 5 else Pause)
    room.leave(BOB)
    landed(room, ["0"])
    room.asked_before.clear()
    room.settle()
    assert [type(asked) for asked in room.asked_before].count(Pause) >= 5, "it is tried anew, in steps"
    assert room.room.log is not None
    assert room.room.log.snapshot == "01axbyc2z"
