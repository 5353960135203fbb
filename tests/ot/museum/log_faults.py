"""Faults of the log and of clients, planted while a test runs: each breaks a promise of the design."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

import ot.document_state
from ot import DocumentState, Inflight, Restarted, Resumed, RevisionLog
from ot.crossing import crossed


def the_dopt_puzzle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every pending operation meets the other's as it was, not as it is after those before it."""

    def crossed_by(self: DocumentState, theirs: Any) -> Any:
        shown = theirs
        if self.inflight is not None:
            op, shown = crossed(self.doc_type, self.inflight.op, shown)
            self.inflight = attrs.evolve(self.inflight, op=op)
        carried = []
        for op in self.buffer:
            carried.append(self.doc_type.transform(op, theirs, "left"))
            shown = self.doc_type.transform(shown, op, "right")
        self.buffer = tuple(carried)
        return self._shown(shown, self.doc_type.apply(self.snapshot, shown))

    monkeypatch.setattr(DocumentState, "_crossed_by", crossed_by)


def revision_0_taken_for_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """`if held.revision`: who holds the new document and comes back is given a snapshot."""
    real = RevisionLog.catch_up

    def catch_up(self: RevisionLog, client: str, held: Any, older: Any = ()) -> Any:
        return real(self, client, held, older) if held.revision else Restarted("new")

    monkeypatch.setattr(RevisionLog, "catch_up", catch_up)


def no_deduplication(monkeypatch: pytest.MonkeyPatch) -> None:
    real = RevisionLog.submit

    def submit(self: RevisionLog, base: int, client: str, seq: int, op: Any) -> Any:
        last = self.outcomes.get(client)
        if last is not None and seq <= last.seq:
            self.outcomes[client] = attrs.evolve(last, seq=seq - 1)
        return real(self, base, client, seq, op)

    monkeypatch.setattr(RevisionLog, "submit", submit)


def both_ends_take_the_same_side(monkeypatch: pytest.MonkeyPatch) -> None:
    def on_one_side(doc_type: Any, own: Any, theirs: Any) -> Any:
        return doc_type.transform(own, theirs, "right"), doc_type.transform(theirs, own, "left")

    monkeypatch.setattr(ot.document_state, "crossed", on_one_side)


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
    real = DocumentState._queue

    def buffer(self: DocumentState, op: Any) -> None:
        if self.inflight is not None and self.subscription != "open":
            joined = self.doc_type.compose(self.inflight.op, op)
            self.inflight = Inflight(attrs.evolve(self.inflight.submission, op=joined), joined)
        else:
            real(self, op)

    monkeypatch.setattr(DocumentState, "_queue", buffer)


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
    the_dopt_puzzle,
    revision_0_taken_for_none,
    no_deduplication,
    both_ends_take_the_same_side,
    a_late_open_uses_up_a_seq,
    buffer_joined_to_what_was_sent,
    the_buffer_dropped_with_a_superseded_one,
    resume_off_by_one,
    the_outcome_forgotten_on_open,
    undo_not_carried_over_what_others_do,
]
