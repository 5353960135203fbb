"""The revision log of one document: concurrent operations put in one order.

`submit` decides what becomes of a submission: it lands at the next revision, is rejected for good, or was
decided before and gets the same answer. Order is by revision and nothing else; `seq` makes every
submission count once.

The log is pure and in memory. Whoever keeps it in a store works in steps: `begin`, any number of
decisions, then `step()` is what to write, and `commit` or `rollback` what became of it. Between begin and
commit nothing that the step decided may leave the process.

Invariants (`_check`): the snapshot is the one at `revision`; an outcome that landed did so at or below
`revision`; and those of the window of entries and of the document.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

import attrs

from ot.bounded_document import BoundedDocument
from ot.bounds import Bounds
from ot.bridges import Bridges
from ot.canonical_json import canonical_json
from ot.carry_cost import CarryCost
from ot.catch_up import CatchUp, Held, Past, Restarted, Resumed, Way, way
from ot.composition import RunningComposition
from ot.decision import Decision, Landed, Rejected, Repeated
from ot.document_type import DocumentType, Operation, Snapshot
from ot.entry import Entry, Outcome, first_tag, tag_after
from ot.entry_window import EntryWindow
from ot.errors import FutureRevision, RefusedSubmission, SeqGap, SeqReused
from ot.operation_size import operation_size
from ot.trial import Trial

_UNBOUNDED: Final = Bounds()


@attrs.frozen
class _Mark:
    """The log as it was when a step began."""

    revision: int
    tag: str
    document: BoundedDocument


@attrs.define(init=False)
class RevisionLog:
    """One document's newest snapshot, a window of recent entries, and its clients' outcomes."""

    doc_type: DocumentType
    epoch: str
    bounds: Bounds
    outcomes: dict[str, Outcome]
    _window: EntryWindow
    _document: BoundedDocument
    _bridges: Bridges
    _mark: _Mark | None
    _decided: list[Outcome]
    _replaced: dict[str, Outcome | None]
    """What `outcomes` had before the step, for each client that it has decided something of."""

    def __init__(
        self,
        doc_type: DocumentType,
        epoch: str,
        snapshot: Snapshot,
        revision: int = 0,
        tag: str | None = None,
        bounds: Bounds = _UNBOUNDED,
    ) -> None:
        """Begin with a snapshot at a revision; `tag` is the one there, None at revision 0."""
        self.doc_type, self.epoch, self.bounds = doc_type, epoch, bounds
        self.outcomes = {}
        self._window = EntryWindow(epoch, revision, first_tag(epoch) if tag is None else tag)
        self._document = BoundedDocument.of(doc_type, snapshot, bounds.document_bytes)
        self._bridges = Bridges(doc_type)
        self._mark, self._decided, self._replaced = None, [], {}

    @property
    def revision(self) -> int:
        """How many operations have been applied."""
        return self._window.revision

    @property
    def tag(self) -> str:
        """The chain tag at `revision`."""
        return self._window.tag

    @property
    def horizon(self) -> int:
        """The revision before the first entry at hand."""
        return self._window.horizon

    @property
    def entries(self) -> list[Entry]:
        """Those at hand, up to `revision`."""
        return self._window.entries

    @property
    def snapshot(self) -> Snapshot:
        """The document at `revision`. Cost: up to its size, once after each operation."""
        return self._document.snapshot

    @property
    def size_bound(self) -> int:
        """At least the bytes of the snapshot."""
        return self._document.size_bound

    def __repr__(self) -> str:
        return f"<RevisionLog {self.doc_type.name} at {self.revision}, entries from {self.horizon}>"

    # Deciding.

    def submit(
        self,
        base: int,
        client: str,
        seq: int,
        op: Operation,
        own: CarryCost | None = None,
        trial: Trial | None = None,
    ) -> Decision:
        """Decide one submission: `op`, made against revision `base`, the `seq`-th of its client.

        `own` is what `ot.carry_cost` says of `op`, where the caller has asked already; `trial` is what it has
        tried, as far as it has got. Raises FutureRevision, SeqGap or SeqReused, with nothing used up, where
        it can't be decided.
        """
        if trial is None or trial.tag != self.tag:
            trial = Trial(self.doc_type, self.bounds, self._window, self._document, base, op, own)
        repeated = self._repeated(base, client, seq, trial.digest)
        if repeated is not None:
            return repeated
        trial.finish()
        if trial.refusal is not None:
            return self._rejected(client, seq, trial.digest, *trial.refusal)
        self._document = trial.document
        return self._landed(client, seq, trial)

    def trial(
        self, base: int, client: str, seq: int, op: Operation, own: CarryCost | None = None
    ) -> Trial | None:
        """Return the trial of a submission that is the next to be decided; None where that needs none."""
        trial = Trial(self.doc_type, self.bounds, self._window, self._document.copy(), base, op, own)
        try:
            return trial if self._repeated(base, client, seq, trial.digest) is None else None
        except RefusedSubmission:
            return None

    def refuse(self, base: int, client: str, seq: int, op: Operation, code: str, message: str) -> Decision:
        """Decide a submission that is refused whatever it says; raises what `submit` raises.

        One that was decided before is answered as then.
        """
        digest = hashlib.sha256(canonical_json([base, op]).encode()).hexdigest()
        repeated = self._repeated(base, client, seq, digest)
        return repeated or self._rejected(client, seq, digest, code, message)

    def _repeated(self, base: int, client: str, seq: int, digest: str) -> Repeated | None:
        """Return how a submission was decided before; None where it is the client's next one."""
        last, known = self.outcomes.get(client), self._known(client)
        if seq <= known:
            if last is not None and seq == known and last.digest in (digest, None):
                return Repeated(last)
            raise SeqReused(seq=seq, last=known)
        if seq != known + 1:
            raise SeqGap(seq=seq, last=known)
        if base > self.revision:
            raise FutureRevision(base=base, revision=self.revision)
        return None

    def give_up(self, client: str, seq: int) -> Outcome:
        """Use up the `seq` of a submission that has not arrived and can't be carried any more."""
        message = f"more than {self.bounds.single_entries} entries have landed since its base revision"
        return self._rejected(client, seq, None, "superseded", message).outcome

    def void(self, client: str, seq: int | None) -> Outcome | None:
        """Use up the `seq` of a submission whose client has given it up, lest it land late.

        None where there is nothing to use up: its fate is known, or there never was one.
        """
        if seq is None or seq != self._known(client) + 1:
            return None
        return self._rejected(client, seq, None, "superseded", "its client has given it up").outcome

    def carry_cost(self, own: CarryCost, base: int) -> int:
        """Return what it costs to carry an operation from `base` on; `own` is what it costs by itself.

        Counted like `Bounds.carry_cost`; entries that are not at hand are not counted.
        """
        return own.over(*self._window.size_since(base))

    def _landed(self, client: str, seq: int, trial: Trial) -> Landed:
        window = self._window
        revision, op = window.revision + 1, trial.landed
        entry = Entry(revision, client, seq, op, tag=tag_after(window.tag, client, seq, trial.text))
        window.take(entry, trial.components, trial.size)
        self._decide(Outcome(client, seq, trial.digest, revision=revision, op=op))
        return Landed(entry)

    def _rejected(self, client: str, seq: int, digest: str | None, code: str, message: str) -> Rejected:
        outcome = Outcome(client, seq, digest, code=code, message=message)
        self._decide(outcome)
        return Rejected(outcome)

    def _decide(self, outcome: Outcome) -> None:
        self._replaced.setdefault(outcome.client, self.outcomes.get(outcome.client))
        self.outcomes[outcome.client] = outcome
        self._decided.append(outcome)

    # Steps.

    def begin(self) -> None:
        """Begin a step: what is decided from here on can be rolled back."""
        assert self._mark is None, "one step at a time"
        self._mark = _Mark(self.revision, self.tag, self._document.copy())
        self._decided, self._replaced = [], {}

    def step(self) -> tuple[tuple[Entry, ...], tuple[Outcome, ...]]:
        """Return the entries and outcomes decided since `begin`."""
        assert self._mark is not None, "a step has begun"
        return tuple(self._window.between(self._mark.revision, self.revision)), tuple(self._decided)

    def commit(self) -> None:
        """Keep the step: it is in the store."""
        self._mark, self._decided, self._replaced = None, [], {}

    def rollback(self) -> None:
        """Undo the step: the store has not taken it."""
        assert self._mark is not None, "a step has begun"
        mark = self._mark
        self._window.cut_after(mark.revision, mark.tag)
        self._document = mark.document
        for client, outcome in self._replaced.items():
            self.know(client, outcome)
        self._bridges.forget(mark.revision)
        self.commit()

    # What the store knows better.

    def know(self, client: str, outcome: Outcome | None) -> None:
        """Take in the last outcome of a client, as the store has it."""
        if outcome is None:
            self.outcomes.pop(client, None)
        else:
            self.outcomes[client] = outcome

    def extend(self, entries: Sequence[Entry]) -> None:
        """Take in entries that are in the store already; known ones are skipped.

        Raises InvalidOperation, or AssertionError on a gap, where the store's log can't be right.
        """
        for entry in entries:
            if entry.revision > self.revision:
                assert entry.revision == self.revision + 1, f"{self!r}: next entry is {entry.revision}"
                size = operation_size(entry.op)
                self._document.follow(entry.op, size.bytes)
                self._window.take(entry, size.components, size.bytes)

    def widen(self, older: Sequence[Entry]) -> None:
        """Put entries in front of the window; the last of them is the one at the horizon.

        The first gives only its tag, unless it is the first of all.
        """
        self._window.widen(older)

    def forget(self, keep: int) -> None:
        """Let go of all but about the last `keep` entries of the window, fewer where they are large.

        Of compositions for many the latest are kept.
        """
        self._bridges.trim()
        self._window.forget(keep, self.bounds)

    def last(self, count: int, most_bytes: int) -> tuple[Entry, ...]:
        """Return the last `count` entries of the window, fewer where they have more than so many bytes."""
        return self._window.last(count, most_bytes)

    # Catching up.

    def missing_for(self, revision: int) -> int | None:
        """Return the revision after which the store is to be read to lead on from `revision`, if at all.

        One entry more than is needed: the one whose tag says that a client's past is this one.
        """
        return max(revision - 1, 0) if revision < self.horizon else None

    def leads_on(self, held: Held) -> bool:
        """Tell whether `catch_up` needs no older entries: another client has come from the same revision."""
        if held.epoch != self.epoch or held.inflight is not None or self.horizon == self.revision:
            return False
        return self._bridges.reaches(held.revision, self.horizon)

    def catch_up(self, client: str, held: Held, older: Sequence[Entry] = ()) -> CatchUp:
        """Lead a client on from what it holds; `older` is what `missing_for` asked for.

        Nothing inflight: one composed entry. Inflight and landed at k: single entries up to k, then
        one composed. Inflight and not landed: single entries; too many of them, or a client that may see
        none, and the submission is given up (in this step) and all is composed. An `inflight` that is not
        above the last known `seq` comes late from a dead connection and uses nothing up.
        """
        past, fate = self._past(older), self._fate(client, held)
        reason = past.differs(held)
        if reason is not None:
            # Who has diverged keeps what is inflight; others hand it back, and it may not land any more.
            keeps = reason == "diverged" or held.inflight is None
            return Restarted(reason, fate, None if keeps else self.void(client, held.inflight))
        taken = self._way(client, held)
        superseded = None
        if taken.single_until < self.revision and fate is None and held.inflight == self._known(client) + 1:
            superseded = self.give_up(client, held.inflight)
        return Resumed(past.entries(taken), fate, superseded)

    def composition_for(
        self, client: str, held: Held, older: Sequence[Entry] = ()
    ) -> RunningComposition | None:
        """Return the composition that `catch_up` is going to make, if it is not made yet.

        `catch_up` makes it at once, however long that takes; who has others to serve in between steps
        through it first.
        """
        past = self._past(older)
        return None if past.differs(held) else past.unfinished(self._way(client, held))

    def _past(self, older: Sequence[Entry]) -> Past:
        return Past(self._window, older, self._bridges)

    def _way(self, client: str, held: Held) -> Way:
        return way(held, self._fate(client, held), self.revision, self.bounds.single_entries)

    def _fate(self, client: str, held: Held) -> Outcome | None:
        last = self.outcomes.get(client)
        return last if last is not None and last.seq == held.inflight else None

    def _known(self, client: str) -> int:
        last = self.outcomes.get(client)
        return 0 if last is None else last.seq

    def _check(self) -> None:
        """Assert how the fields relate; simulations call it after every step."""
        self._window._check()
        self._document._check()
        for outcome in self.outcomes.values():
            assert outcome.revision is None or outcome.revision <= self.revision, f"{self!r}: {outcome}"
