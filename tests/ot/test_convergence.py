"""Clients of one log converge, lose nothing and double nothing, whatever the network does.

Each planted fault below breaks a promise of the design; that the worlds find every one of them is what
makes their silence about the real code worth something.
"""

from __future__ import annotations

from typing import Any

import attrs
import pytest

import ot.crossing
import ot.document_state
from ot import DocumentState, Inflight, InvalidOperation, Resumed, RevisionLog
from ot.composition import compose_all
from tests.ot.world import World

WORLDS = 300
MOVES = 120


def live(seed: int) -> World:
    world = World(seed, count=2 + seed % 4)
    world.live(MOVES)
    world.check_settled()
    return world


def test_every_world_converges_and_keeps_every_token_once() -> None:
    worlds = [live(seed) for seed in range(WORLDS)]
    assert sum(world.network.log.revision for world in worlds) > 10 * WORLDS
    assert sum(world.network.superseded for world in worlds) > 0, "no world gave a submission up"


def test_a_world_repeats_from_its_seed() -> None:
    first, second = live(7), live(7)
    assert [entry.tag for entry in first.network.stored] == [entry.tag for entry in second.network.stored]


def test_a_token_typed_offline_by_each_client_arrives_once() -> None:
    world = World(1)
    for number in range(3):
        world.type(number)
        world.network.links[number].up.clear()
        world.network.cut(number)
        world.type(number)
    world.network.settle()
    world.check_settled()
    assert len(world.network.log.snapshot) == 6


# Planted faults.


def no_deduplication(monkeypatch: pytest.MonkeyPatch) -> None:
    real = RevisionLog.submit

    def submit(self: RevisionLog, base: int, client: str, seq: int, op: Any) -> Any:
        last = self.outcomes.get(client)
        if last is not None and seq <= last.seq:
            self.outcomes[client] = attrs.evolve(last, seq=seq - 1)
        return real(self, base, client, seq, op)

    monkeypatch.setattr(RevisionLog, "submit", submit)


def both_ends_take_the_same_side(monkeypatch: pytest.MonkeyPatch) -> None:
    def crossed(doc_type: Any, own: Any, theirs: Any) -> Any:
        return doc_type.transform(own, theirs, "right"), doc_type.transform(theirs, own, "left")

    monkeypatch.setattr(ot.document_state, "crossed", crossed)


def catch_up_composed_with_something_inflight(monkeypatch: pytest.MonkeyPatch) -> None:
    real = RevisionLog.catch_up

    def catch_up(self: RevisionLog, client: str, held: Any, older: Any = ()) -> Any:
        answer = real(self, client, held, older)
        if isinstance(answer, Resumed) and len(answer.entries) > 1:
            composed = compose_all(self.doc_type, [entry.op for entry in answer.entries])
            return attrs.evolve(
                answer,
                entries=(attrs.evolve(answer.entries[-1], op=composed, span=self.revision - held.revision),),
            )
        return answer

    monkeypatch.setattr(RevisionLog, "catch_up", catch_up)


def a_late_open_uses_up_a_seq(monkeypatch: pytest.MonkeyPatch) -> None:
    real = RevisionLog.catch_up

    def catch_up(self: RevisionLog, client: str, held: Any, older: Any = ()) -> Any:
        answer = real(self, client, held, older)
        if isinstance(answer, Resumed) and held.inflight is not None and answer.superseded is None:
            if self.revision - held.revision <= self.bounds.single_entries:
                return answer
            last = self.outcomes.get(client)
            return attrs.evolve(answer, superseded=self.give_up(client, 1 if last is None else last.seq + 1))
        return answer

    monkeypatch.setattr(RevisionLog, "catch_up", catch_up)


def buffer_joined_to_what_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    real = DocumentState._buffer

    def buffer(self: DocumentState, op: Any) -> None:
        if self.inflight is not None and self.subscription != "open":
            joined = self.doc_type.compose(self.inflight.op, op)
            self.inflight = Inflight(attrs.evolve(self.inflight.submission, op=joined), joined)
        else:
            real(self, op)

    monkeypatch.setattr(DocumentState, "_buffer", buffer)


def the_buffer_dropped_with_a_superseded_one(monkeypatch: pytest.MonkeyPatch) -> None:
    real = DocumentState.rejected

    def rejected(self: DocumentState, seq: int, code: str, message: str) -> Any:
        if code == "superseded" and self.inflight is not None:
            self.buffer = ()
        return real(self, seq, code, message)

    monkeypatch.setattr(DocumentState, "rejected", rejected)


def resume_off_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    real = RevisionLog.catch_up

    def catch_up(self: RevisionLog, client: str, held: Any, older: Any = ()) -> Any:
        answer = real(self, client, held, older)
        return attrs.evolve(answer, entries=answer.entries[1:]) if isinstance(answer, Resumed) else answer

    monkeypatch.setattr(RevisionLog, "catch_up", catch_up)


def the_outcome_forgotten_on_open(monkeypatch: pytest.MonkeyPatch) -> None:
    real = RevisionLog.catch_up

    def catch_up(self: RevisionLog, client: str, held: Any, older: Any = ()) -> Any:
        self.outcomes.pop(client, None)
        return real(self, client, held, older)

    monkeypatch.setattr(RevisionLog, "catch_up", catch_up)


def undo_not_carried_over_what_others_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ot.undo.UndoStack.carry", lambda self, foreign: None)


FAULTS = [
    no_deduplication,
    both_ends_take_the_same_side,
    catch_up_composed_with_something_inflight,
    a_late_open_uses_up_a_seq,
    buffer_joined_to_what_was_sent,
    the_buffer_dropped_with_a_superseded_one,
    resume_off_by_one,
    the_outcome_forgotten_on_open,
    undo_not_carried_over_what_others_do,
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_planted_fault_is_found(fault: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    fault(monkeypatch)
    for seed in range(600):
        try:
            live(seed)
        except (AssertionError, InvalidOperation) as found:
            print(f"found by seed {seed}: {type(found).__name__}")
            return
    pytest.fail("600 worlds have not found it")
