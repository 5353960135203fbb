"""A room's turns: nothing is told before it is durable, and everything asked is answered once."""

from __future__ import annotations

import attrs
import pytest

import transport.room
import transport.upkeep
from ot import ABSENT, Bounds, Entry, Operation, state_hash
from storage import Conflict
from tests.transport.played_room import BOUNDS, PlayedRoom, member, now_of
from transport.effects import Commit, Create, Share, Tell
from transport.messages import (
    Ack,
    Closed,
    Error,
    Lagging,
    Opened,
    Operations,
    PresenceChanged,
    Reject,
)

ADA, BOB, CYD = member("ada"), member("bob"), member("cyd")


def landed(room: PlayedRoom, *ops: Operation, by: str = "elsewhere") -> None:
    """Land operations in the store as another node does, each made on what is there."""
    other = PlayedRoom(room.store, seed=2)
    writer = member(by)
    other.open(writer, doc_type="text")
    other.settle()
    (opened,) = other.said_to(writer, Opened)
    for count, op in enumerate(ops, 1):
        other.submit(writer, opened.revision + count - 1, opened.seq + count, op)
    other.settle()


def entries(room: PlayedRoom) -> list[Entry]:
    return now_of(room.store.entries("notes", after=0))


def text(room: PlayedRoom) -> str:
    """Return the document as the store has it: the entries here only insert in front of all."""
    return "".join(entry.op[0] for entry in reversed(entries(room)))


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


def answers(room: PlayedRoom, session: str) -> int:
    return sum(1 for one, m in room.heard if one == session and isinstance(m, Opened | Closed))


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


def superseded(room: PlayedRoom) -> None:
    """Have Ada open with something inflight that is too far behind, and stop at the commit."""
    room.followed_by(ADA)
    held = room.here()
    room.leave(ADA)
    landed(room, ["a"], ["b"], ["c"], ["d"])
    room.followed_by(BOB)
    room.submit(BOB, 4, 1, ["e"])
    room.settle()
    room.heard.clear()
    room.open(ADA, inflight=1, **held)
    room.until_commit()


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


# Catching up.


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


def test_a_turn_takes_what_it_can_afford_and_at_least_one() -> None:
    room = PlayedRoom(bounds=Bounds(carry_cost=8))
    room.followed_by(ADA, BOB)
    for seq in range(1, 5):
        room.submit(ADA, 0, seq, [str(seq)])  # to be carried over 0, 1, 2 and 3 entries
    room.submit(BOB, 0, 1, ["a"])
    room.submit(BOB, 0, 2, ["b"])
    room.settle()
    steps = [asked.step for asked in room.asked_before if isinstance(asked, Commit)]
    assert [len(step.entries) for step in steps] == [4, 1, 1]
    assert text(room) == "ba4321"


def test_a_turn_takes_a_bounded_number_of_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport.room, "TURN", 3)
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
