"""Who comes back is led on from where they are, from memory or from the store."""

from __future__ import annotations

import pytest

import ot.composition
import transport.deciding
import transport.room
import transport.upkeep
from ot import ABSENT
from tests.transport.played_room import (
    ADA,
    BOB,
    CYD,
    PlayedRoom,
    entries,
)
from transport.effects import Fetch, Pause
from transport.messages import (
    Opened,
    Reject,
)


def test_who_opens_again_gets_one_composed_entry_from_where_they_are() -> None:
    room = PlayedRoom()
    room.followed_by(ADA, BOB)
    held = room.here()
    for count in range(3):
        room.submit(BOB, count, count + 1, [str(count)])
    room.settle()
    room.heard.clear()
    room.open(ADA, **held)
    room.settle()
    (opened,) = room.said_to(ADA, Opened)
    assert opened.resumed and opened.snapshot is ABSENT and opened.entries is not None
    assert [(e.revision, e.span, e.op) for e in opened.entries] == [(3, 3, ["210"])]


@pytest.mark.parametrize("changed", [{"epoch": "other"}, {"tag": "0" * 16}, {"revision": 9}])
def test_another_past_than_the_stores_gets_a_snapshot(changed: dict[str, object]) -> None:
    room = PlayedRoom()
    room.followed_by(ADA)
    room.submit(ADA, 0, 1, ["x"])
    room.settle()
    room.heard.clear()
    room.open(ADA, **{**room.here(), **changed})
    room.settle()
    (opened,) = room.said_to(ADA, Opened)
    assert (opened.resumed, opened.snapshot, opened.revision, opened.seq) == (False, "x", 1, 1)
    assert [log.event for log in room.logged] == ["client_restarted"]


def test_a_client_that_says_it_has_diverged_gets_a_snapshot_and_the_operator_an_error() -> None:
    room = PlayedRoom()
    room.followed_by(ADA)
    room.open(ADA, diverged="ff", **room.here())
    room.settle()
    (opened,) = room.said_to(ADA, Opened)
    assert not opened.resumed
    (log,) = room.logged
    assert (log.level, log.facts["reason"]) == ("error", "diverged")


def test_who_comes_from_before_the_window_is_led_on_from_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport.room, "WINDOW", 3)
    room = PlayedRoom()
    room.followed_by(ADA, BOB)
    held = room.here()
    for count in range(9):
        room.submit(BOB, count, count + 1, [str(count)])
        room.settle()
    assert room.room.log is not None and room.room.log.horizon == 6
    room.heard.clear()
    room.open(ADA, **held)
    room.settle()
    (opened,) = room.said_to(ADA, Opened)
    assert opened.entries is not None
    assert [(e.revision, e.span, e.op) for e in opened.entries] == [(9, 9, ["876543210"])]
    assert len(room.room.log.entries) <= 3


def test_a_long_way_is_composed_in_steps_between_which_others_have_their_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ot.composition, "SLICE", 4)
    monkeypatch.setattr(ot.composition, "STEP_COST", 8)
    monkeypatch.setattr(transport.deciding, "STEP_COST", 8)
    room = PlayedRoom()
    room.followed_by(ADA, BOB)
    held = halfway = room.here()
    for count in range(40):
        room.submit(BOB, count, count + 1, [str(count % 10)])
        room.settle()
        halfway = room.here() if count == 19 else halfway
    room.heard.clear()
    room.open(ADA, **held)
    room.open(CYD, **halfway)
    room.turn()
    pauses = 0
    while isinstance(room.asked, Pause | Fetch):
        assert room.said_to(ADA, Opened) == [], "both are answered when all is composed"
        pauses += isinstance(room.asked, Pause)
        room.answer()
    assert pauses > 3
    for who, behind in ((ADA, 40), (CYD, 20)):
        (opened,) = room.said_to(who, Opened)
        assert opened.entries is not None
        assert [(e.revision, e.span) for e in opened.entries] == [(40, behind)]
        assert opened.entries[0].op == ["9876543210" * (behind // 10)]
    room.submit(BOB, 40, 41, ["!"])
    room.settle()


def test_who_leaves_while_its_way_is_composed_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ot.composition, "STEP_COST", 1)
    monkeypatch.setattr(transport.deciding, "STEP_COST", 1)
    room = PlayedRoom()
    room.followed_by(ADA, BOB)
    held = room.here()
    for count in range(600):
        room.submit(BOB, count, count + 1, [str(count % 10)])
    room.settle()
    room.heard.clear()
    room.open(ADA, **held)
    room.turn()
    while isinstance(room.asked, Fetch):
        room.answer()
    assert isinstance(room.asked, Pause)
    room.leave(ADA)
    room.settle()
    assert room.kinds(ADA) == ["Closed"]


def test_a_base_from_before_the_window_is_superseded_and_one_within_is_carried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(transport.room, "WINDOW", 3)
    room = PlayedRoom()
    room.followed_by(ADA, BOB)
    for count in range(5):
        room.submit(BOB, count, count + 1, [str(count)])
        room.settle()
    room.submit(ADA, 1, 1, ["far"])
    room.submit(ADA, 2, 2, ["near"])
    room.settle()
    assert [(r.seq, r.code) for r in room.said_to(ADA, Reject)] == [(1, "superseded")]
    assert entries(room)[-1].client == "ada"
    assert entries(room)[-1].seq == 2


def test_a_room_that_was_just_loaded_reads_the_entries_that_a_base_needs() -> None:
    room = PlayedRoom()
    room.followed_by(ADA, BOB)
    for count in range(4):
        room.submit(BOB, count, count + 1, [str(count)])
    room.settle()
    room.take(room.room.farewell())
    restarted = PlayedRoom(room.store)
    restarted.followed_by(ADA)
    assert restarted.room.log is not None and restarted.room.log.horizon == 4
    restarted.submit(ADA, 1, 1, [1, "behind 0"])
    restarted.settle()
    assert restarted.said_to(ADA, Reject) == []
    assert entries(room)[-1].op == [4, "behind 0"]


def test_rewind_gives_the_last_entries_too() -> None:
    room = PlayedRoom()
    room.followed_by(ADA)
    for count in range(4):
        room.submit(ADA, count, count + 1, [str(count)])
    room.settle()
    room.open(BOB, rewind=2)
    room.settle()
    (opened,) = room.said_to(BOB, Opened)
    assert opened.rewound is not None
    assert [e.op for e in opened.rewound] == [["2"], ["3"]]
