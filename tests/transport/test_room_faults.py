"""Other nodes, a store that fails and bugs: nothing is lost, nothing is told twice."""

from __future__ import annotations

import pytest

import transport.room
import transport.upkeep
from storage import Conflict, MemoryStore
from tests.transport.played_room import (
    ADA,
    BOB,
    CYD,
    PlayedRoom,
    answers,
    entries,
    landed,
    now_of,
    text,
)
from transport.effects import Commit, Fetch
from transport.messages import (
    Ack,
    Closed,
    Error,
    Lagging,
    Opened,
    Operations,
    Reject,
)

# Other nodes.


def test_a_conflict_is_decided_anew_and_answered_once() -> None:
    room = PlayedRoom()
    room.followed_by(ADA, BOB)
    room.submit(ADA, 0, 1, ["x"])
    room.submit(BOB, 0, 1, [{"d": 1}])
    room.until_commit()
    landed(room, ["theirs"])
    room.settle()
    assert [(e.revision, e.client) for e in entries(room)] == [(1, "elsewhere"), (2, "ada")]
    heard = [e.revision for message in room.said_to(ADA, Operations) for e in message.entries]
    assert heard == [1, 2]
    assert [r.code for r in room.said_to(BOB, Reject)] == ["invalid-operation"]


def test_a_submission_that_another_node_has_landed_is_acknowledged_and_lands_once() -> None:
    room = PlayedRoom()
    room.followed_by(ADA, BOB)
    room.submit(ADA, 0, 1, ["x"])
    room.until_commit()
    landed(room, ["x"], by="ada")
    room.settle()
    assert [(a.seq, a.revision) for a in room.said_to(ADA, Ack)] == [(1, 1)]
    assert text(room) == "x"


def test_a_rejection_elsewhere_moves_no_revision_and_is_a_conflict_all_the_same() -> None:
    room = PlayedRoom()
    room.followed_by(ADA)
    room.submit(ADA, 0, 1, ["x"])
    room.until_commit()
    landed(room, [{"d": 7}], by="ada")
    room.settle()
    assert entries(room) == []
    assert [(e.code, e.seq) for e in room.said_to(ADA, Error)] == [("seq-reused", 1)]


def test_a_client_that_comes_from_another_node_is_told_the_seq_that_it_had_there() -> None:
    room = PlayedRoom()
    room.followed_by(ADA, BOB)
    room.submit(ADA, 0, 1, ["x"])
    room.settle()
    room.leave(ADA)
    landed(room, [1, "y"], by=ADA.client)
    room.heard.clear()
    room.open(ADA, doc_type="text")
    room.settle()
    (opened,) = room.said_to(ADA, Opened)
    assert (opened.seq, opened.revision, opened.snapshot) == (2, 2, "xy")


def test_what_lands_elsewhere_between_two_readings_is_told_with_its_seq() -> None:
    room = PlayedRoom()
    room.followed_by(BOB)
    held = room.here()
    landed(room, ["x"], by=ADA.client)
    room.take(room.room.hinted(1))
    room.open(ADA, inflight=2, **held)
    room.turn()
    assert isinstance(room.asked, Fetch) and room.asked.clients == (ADA.client,)
    outcomes = now_of(room.store.outcomes("notes", (ADA.client,)))
    landed(room, [1, "y"], by=ADA.client)
    newer = now_of(room.store.entries("notes", after=0))
    room.asked = None
    room.take(room.room.fetched(outcomes, (ADA.client,), (), newer, 0.0))
    room.settle()
    (opened,) = room.said_to(ADA, Opened)
    assert (opened.revision, opened.seq) == (2, 2)


def test_who_landed_elsewhere_and_types_on_here_is_looked_up_first() -> None:
    room = PlayedRoom()
    room.followed_by(ADA, BOB)
    landed(room, ["x"], by=BOB.client)
    room.take(room.room.hinted(1))
    room.settle()
    room.submit(BOB, 1, 2, ["y"])
    room.settle()
    assert (text(room), room.said_to(BOB, Error)) == ("yx", [])


def test_who_has_seen_more_than_its_new_node_has_read_is_led_on_not_restarted() -> None:
    room = PlayedRoom()
    room.followed_by(BOB)
    landed(room, ["x"], by="carol")
    tag = str(now_of(room.store.entries("notes", after=0))[-1].tag)
    room.open(ADA, epoch=room.here()["epoch"], revision=1, tag=tag)
    room.settle()
    (opened,) = room.said_to(ADA, Opened)
    assert (opened.resumed, opened.revision) == (True, 1)


def test_what_a_hint_tells_of_is_read_and_shared() -> None:
    room = PlayedRoom()
    room.followed_by(ADA, BOB)
    landed(room, ["x"], [1, "y"])
    room.take(room.room.hinted(2))
    room.settle()
    assert [entry.revision for message in room.said_to(ADA, Operations) for entry in message.entries] == [
        1,
        2,
    ]
    room.take(room.room.hinted(1))
    assert not room.room.ready, "what is known already is not read again"


def test_a_hint_of_a_document_that_is_gone_is_read_once() -> None:
    room = PlayedRoom()
    room.followed_by(ADA)
    room.submit(ADA, 0, 1, ["x"])
    room.until_commit()
    room.fail()
    room.store = MemoryStore()
    room.take(room.room.hinted(1))
    room.settle()
    assert not room.room.ready


def test_a_race_that_is_lost_again_and_again_ends_and_uses_nothing_up() -> None:
    room = PlayedRoom()
    room.followed_by(ADA)
    room.submit(ADA, 0, 1, ["x"])
    room.turn()
    for count in range(100):
        if room.asked is None:
            break
        if isinstance(room.asked, Commit):
            landed(room, [str(count)])
        room.answer()
    assert count < 99
    assert [(e.code, e.seq) for e in room.said_to(ADA, Error)] == [("unavailable", 1)]
    room.submit(ADA, 0, 1, ["x"])
    room.settle()
    assert [e.client for e in entries(room)].count("ada") == 1
    heard = [e.revision for message in room.said_to(ADA, Operations) for e in message.entries]
    assert heard == list(range(1, len(entries(room)) + 1))


def test_a_base_in_the_future_asks_the_store_before_it_is_refused() -> None:
    room = PlayedRoom()
    room.followed_by(ADA)
    landed(room, ["theirs"])
    room.submit(ADA, 1, 1, ["x"])
    room.settle()
    assert room.said_to(ADA, Error) == []
    assert text(room) == "xtheirs"


def test_a_document_that_was_replaced_in_the_store_sends_everybody_to_open_again() -> None:
    room = PlayedRoom()
    room.followed_by(ADA, BOB)
    room.submit(ADA, 0, 1, ["x"])
    room.until_commit()
    assert isinstance(room.asked, Commit)
    room.open(BOB, **room.here())  # waits for the next turn
    room.asked = None
    room.take(room.room.committed(Conflict(revision=0, epoch="another"), 0.0))
    assert room.kinds(ADA) == ["Error", "Closed"]
    room.settle()
    assert answers(room, BOB.session) == 1, "whoever has asked to open is answered by that alone"


# A store that fails.


def test_where_loading_fails_nothing_is_used_up_and_the_next_turn_tries_again() -> None:
    room = PlayedRoom()
    room.open(ADA, doc_type="text")
    room.turn()
    room.fail()
    assert [c.code for c in room.said_to(ADA, Closed)] == ["document-unavailable"]
    room.open(ADA, doc_type="text")
    room.settle()
    assert len(room.said_to(ADA, Opened)) == 1


def test_what_is_broken_is_never_an_empty_document() -> None:
    room = PlayedRoom()
    room.open(ADA, doc_type="text")
    room.turn()
    room.fail(broken=True)
    assert [c.code for c in room.said_to(ADA, Closed)] == ["document-broken"]
    assert now_of(room.store.documents()) == []


@pytest.mark.parametrize("landed_all_the_same", [False, True])
def test_after_a_commit_of_unknown_fate_the_same_submission_lands_once(landed_all_the_same: bool) -> None:
    room = PlayedRoom()
    room.followed_by(ADA, BOB)
    room.submit(ADA, 0, 1, ["x"])
    room.until_commit()
    if landed_all_the_same:
        room.land_silently()
    room.fail()
    assert room.kinds(ADA) == ["Error"]
    (error,) = room.said_to(ADA, Error)
    assert (error.code, error.seq, error.fatal) == ("unavailable", 1, False)
    assert error.retry_after is not None and error.retry_after > 0
    room.submit(ADA, 0, 1, ["x"])
    room.settle()
    assert text(room) == "x"
    assert [e.revision for m in room.said_to(BOB, Operations) for e in m.entries] == [1]
    assert len(room.said_to(ADA, Ack)) == (1 if landed_all_the_same else 0)


def test_a_rejection_of_unknown_fate_is_told_after_it_is_known() -> None:
    room = PlayedRoom()
    room.followed_by(ADA)
    room.submit(ADA, 0, 1, [{"d": 1}])
    room.until_commit()
    room.fail()
    assert room.said_to(ADA, Reject) == []
    room.submit(ADA, 0, 1, [{"d": 1}])
    room.settle()
    assert [(r.seq, r.code) for r in room.said_to(ADA, Reject)] == [(1, "invalid-operation")]


def test_members_whose_place_is_gone_after_a_failure_are_told_that_they_lag(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    room = PlayedRoom()
    room.followed_by(ADA, BOB)
    room.submit(ADA, 0, 1, ["x"])
    room.until_commit()
    room.fail()
    monkeypatch.setattr(transport.upkeep, "SNAPSHOT_ENTRIES", (1, 1))
    landed(room, ["a"], ["b"])
    room.open(CYD)
    room.settle()
    assert [lagging.revision for lagging in room.said_to(BOB, Lagging)] == [0]
    assert room.said_to(BOB, Operations) == []


# After a bug.


@pytest.mark.parametrize("steps", range(4))
def test_an_abandoned_room_answers_every_open_and_nothing_twice(steps: int) -> None:
    room = PlayedRoom()
    room.followed_by(ADA)
    room.open(ADA, **room.here())
    room.submit(ADA, 0, 1, ["x"])
    room.open(BOB)
    for _ in range(steps):
        if room.asked is None:
            room.turn()
        else:
            room.answer()
    room.open(CYD)
    room.take(room.room.abandon("a bug"))
    while room.asked is not None:
        room.answer()
    assert answers(room, CYD.session) == 1
    assert not room.room.ready
    before = list(room.heard)
    room.turn()
    assert room.heard == before
