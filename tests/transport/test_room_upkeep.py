"""Presence, what a turn may cost, and what a room does beside its turns."""

from __future__ import annotations

import pytest

import transport.asked
import transport.room
import transport.upkeep
from ot import Bounds, state_hash
from tests.transport.played_room import (
    ADA,
    BOB,
    CYD,
    PlayedRoom,
    member,
    now_of,
    text,
)
from transport.effects import Commit
from transport.messages import (
    Ack,
    Error,
    Opened,
    Operations,
    PresenceChanged,
)

# Presence.


def test_the_presence_of_whoever_leaves_goes_and_late_comers_do_not_see_it() -> None:
    room = PlayedRoom()
    room.followed_by(ADA, BOB)
    room.show(ADA, 0, {"cursor": 0})
    room.leave(ADA)
    assert [(p.client, p.state) for p in room.said_to(BOB, PresenceChanged)] == [
        ("ada", {"cursor": 0}),
        ("ada", None),
    ]
    room.open(CYD)
    room.settle()
    assert room.said_to(CYD, Opened)[0].presences == ()


def test_the_presence_of_whoever_is_refused_goes_too() -> None:
    room = PlayedRoom()
    room.followed_by(ADA, BOB)
    room.show(ADA, 0, {"cursor": 0})
    room.open(ADA, doc_type="json1")
    room.settle()
    assert [p.state for p in room.said_to(BOB, PresenceChanged)] == [{"cursor": 0}, None]


def test_who_has_left_is_not_shown_by_a_presence_that_comes_late() -> None:
    room = PlayedRoom()
    room.followed_by(ADA, BOB)
    room.leave(ADA)
    room.show(ADA, 0, {"cursor": 0})
    assert room.said_to(BOB, PresenceChanged) == []
    room.open(CYD)
    room.settle()
    assert room.said_to(CYD, Opened)[0].presences == ()


def test_late_comers_see_positions_as_they_are_now() -> None:
    room = PlayedRoom()
    room.followed_by(ADA, BOB)
    room.show(ADA, 0, {"cursor": 0})
    room.submit(BOB, 0, 1, ["xy"])
    room.submit(ADA, 1, 1, [2, "z"])
    room.settle()
    room.open(CYD)
    room.settle()
    (presence,) = room.said_to(CYD, Opened)[0].presences
    assert (presence.client, presence.identity, presence.revision) == ("ada", ADA.identity, 2)
    assert presence.state == {"cursor": 0}


def test_a_presence_from_the_future_is_refused() -> None:
    room = PlayedRoom()
    room.followed_by(ADA, BOB)
    room.show(ADA, 1, {"cursor": 0})
    assert [e.code for e in room.said_to(ADA, Error)] == ["future-revision"]
    assert room.said_to(BOB, PresenceChanged) == []


# What a turn may cost.


def test_a_turn_takes_what_it_can_afford_and_at_least_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport.asked, "DECIDING", 0)
    room = PlayedRoom(bounds=Bounds(carry_cost=36))
    room.open(ADA, doc_type="text", create="0123456")
    room.open(BOB)
    room.settle()
    for seq in range(1, 5):
        # Three components, carried over 0, 1, 2 and 3 entries of as many: 36.
        room.submit(ADA, 0, seq, [seq, {"d": 1}])
    room.submit(BOB, 0, 1, [5, {"d": 1}])
    room.submit(BOB, 0, 2, [6, {"d": 1}])
    room.settle()
    steps = [asked.step for asked in room.asked_before if isinstance(asked, Commit)]
    assert [len(step.entries) for step in steps] == [4, 1, 1]
    assert [entry.op for step in steps for entry in step.entries] == [[1, {"d": 1}]] * 6


def test_what_there_is_to_decide_costs_too_however_little_there_is_to_carry_over() -> None:
    room = PlayedRoom(bounds=Bounds(carry_cost=100))
    room.followed_by(ADA)
    room.submit(ADA, 0, 1, ["x" * 20])
    room.settle()
    for seq in range(2, 6):
        room.submit(ADA, seq - 1, seq, [component for _ in range(5) for component in (1, "y")])
    room.settle()
    steps = [asked.step for asked in room.asked_before if isinstance(asked, Commit)]
    assert [len(step.entries) for step in steps] == [1] * 5, "ten components are half of what a turn may cost"


@pytest.mark.parametrize("cold", [True, False], ids=["from the store", "in memory"])
def test_a_large_document_is_opened_by_a_crowd_in_several_turns(cold: bool) -> None:
    first = PlayedRoom()
    first.open(ADA, doc_type="text", create="x" * 1_000)
    first.settle()
    room = PlayedRoom(first.store, bounds=Bounds(carry_cost=20))  # of which an open takes 7
    if not cold:
        room.followed_by(ADA)
    crowd = [member(f"reader {number}") for number in range(7)]
    for one in crowd:
        room.open(one)
    room.turn()
    while room.asked is not None:
        room.answer()
    assert [len(room.said_to(one, Opened)) for one in crowd] == [1, 1, 0, 0, 0, 0, 0]
    room.settle()
    assert [len(room.said_to(one, Opened)) for one in crowd] == [1] * 7


def test_a_turn_takes_a_bounded_number_of_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport.asked, "TURN", 3)
    room = PlayedRoom()
    room.followed_by(ADA)
    for seq in range(1, 8):
        room.submit(ADA, seq - 1, seq, [str(seq)])
    room.settle()
    steps = [asked.step for asked in room.asked_before if isinstance(asked, Commit)]
    assert [len(step.entries) for step in steps] == [3, 3, 1]
    assert text(room) == "7654321"


def test_what_comes_during_a_turn_waits_for_the_next() -> None:
    room = PlayedRoom()
    room.followed_by(ADA)
    room.submit(ADA, 0, 1, ["x"])
    room.until_commit()
    room.submit(ADA, 1, 2, ["y"])
    assert not room.room.ready
    assert isinstance(room.asked, Commit) and len(room.asked.step.entries) == 1
    room.answer()
    assert room.room.ready
    room.settle()
    assert text(room) == "yx"


# Upkeep.


def test_snapshots_are_saved_as_the_log_grows_and_opening_reads_a_bounded_tail() -> None:
    room = PlayedRoom()
    room.followed_by(ADA)
    for count in range(650):
        room.submit(ADA, count, count + 1, ["x"])
        if count % 50 == 49:
            room.settle()
    room.settle()
    assert [saved.snapshot.revision for saved in room.saved] == [200, 400, 600]
    assert [saved.snapshot.snapshot for saved in room.saved] == ["x" * 200, "x" * 400, "x" * 600]
    stored = now_of(room.store.load("notes"))
    assert stored is not None and len(stored.entries) == 50


def test_a_room_that_leaves_memory_keeps_a_last_snapshot_once() -> None:
    room = PlayedRoom()
    room.followed_by(ADA)
    assert room.room.farewell() == []
    room.submit(ADA, 0, 1, ["x"])
    room.settle()
    room.take(room.room.farewell())
    room.take(room.room.farewell())
    assert [saved.snapshot.revision for saved in room.saved] == [1]
    stored = now_of(room.store.load("notes"))
    assert stored is not None and (stored.snapshot, stored.entries) == ("x", ())


def test_now_and_then_an_entry_carries_the_hash_of_the_state_before_it() -> None:
    room = PlayedRoom()
    room.followed_by(ADA)
    hashes: list[str | None] = []
    for count in range(4):
        if count != 3:
            room.take(room.room.tick(100.0 * count))
        room.submit(ADA, count, count + 1, [str(count)])
        room.settle()
        hashes.append(room.said_to(ADA, Operations)[-1].entries[0].hash)
    assert hashes == [state_hash(""), state_hash("0"), state_hash("10"), None]


def test_a_hash_that_came_to_no_entry_is_put_on_no_other() -> None:
    room = PlayedRoom()
    room.followed_by(ADA)
    room.take(room.room.tick(100.0))
    room.submit(ADA, 0, 1, ["x"])
    room.leave(ADA)
    room.settle()  # nobody hears of the entry that the hash was meant for
    room.followed_by(BOB)
    room.submit(BOB, 1, 1, ["y"])
    room.settle()
    assert [e.hash for m in room.said_to(BOB, Operations) for e in m.entries] == [None]


def test_a_hash_is_for_the_entry_right_after_the_state_and_for_no_other() -> None:
    room = PlayedRoom()
    room.followed_by(ADA)
    room.submit(ADA, 0, 1, ["x"])
    room.until_commit()
    room.submit(ADA, 1, 2, ["y"])
    room.take(room.room.tick(100.0))  # in the middle of a turn: the state is not known to be kept
    room.settle()
    assert [e.hash for m in room.said_to(ADA, Operations) for e in m.entries] == [None, None]


def test_a_room_stays_for_a_while_after_the_last_has_left_and_no_longer() -> None:
    room = PlayedRoom()
    room.followed_by(ADA)
    assert not room.room.idle(1e9)
    room.now = 100.0
    room.leave(ADA)
    assert not room.room.idle(100.0 + transport.room.IDLE - 1)
    assert room.room.idle(100.0 + transport.room.IDLE)


def test_a_room_that_has_something_to_do_is_not_idle() -> None:
    room = PlayedRoom()
    room.followed_by(ADA)
    room.submit(ADA, 0, 1, ["x"])
    room.leave(ADA)
    assert not room.room.idle(1e9)
    room.until_commit()
    assert not room.room.idle(1e9)
    room.settle()
    assert room.room.idle(1e9)
    assert text(room) == "x", "what was submitted is decided, though its session has gone"


def test_outcomes_of_those_who_are_gone_are_let_go_of_and_found_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(transport.room, "KNOWN", 0)
    room = PlayedRoom()
    room.followed_by(ADA)
    for name in "pqrst":
        guest = member(name)
        room.open(guest)
        room.submit(guest, 0, 1, [name])
        room.settle()
        room.leave(guest)
    assert room.room.log is not None
    assert len(room.room.log.outcomes) < 5
    back = member("p", "s-p-again")
    room.open(back)
    room.submit(back, 0, 1, ["p"])
    room.settle()
    assert [(a.seq, a.revision) for a in room.said_to(back, Ack)] == [(1, 1)]
    assert text(room) == "tsrqp"
