"""A client's side of one document: what it shows, what it has sent, what it has yet to send.

    log  --inflight-->  .  --buffer-->  what the screen shows
    base                                snapshot

States: *synchronized* (nothing pending), *awaiting* (inflight), *awaiting with buffer*. Beside that the
subscription is closed, opening or open; only an open one sends. Every method is one event; it changes
the state and returns the effects for the caller to carry out. An event that does not belong raises
before anything has changed.

Invariants (`_check`): base + inflight + buffer is the snapshot; `inflight.op` is made against `base`, each
operation of the buffer against what the one before it leaves; `inflight.submission` never changes.

The rules that keep both ends equal (the reasons stand in the docs' protocol page):
1. What is inflight is carried over single log entries. The buffer and the undo stack are private, and
   may be carried over compositions.
2. Between `opening` and `resumed` or `restarted` nothing is sent, and `received`, `acknowledged` and
   `lagging` change nothing; `rejected` is heeded.
3. A resubmission is the first message again.
4. What landed wins: where it differs from the form carried here, the screen follows the log.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

import attrs

from ot.buffer import Buffer
from ot.canonical_json import canonical_json
from ot.crossing import crossed
from ot.document_effects import (
    Acknowledged,
    Changed,
    Effect,
    HandedBack,
    OpenAgain,
    Repaired,
    Replaced,
)
from ot.document_type import DocumentType, Operation, Snapshot
from ot.entry import Entry, Outcome, state_hash
from ot.errors import InvalidOperation
from ot.operation_size import OperationSize
from ot.presence import Presences
from ot.submission import Inflight, Pending, Position, Submission
from ot.undo import UndoStack

PART_LIMIT: Final = OperationSize(components=10_000, bytes=128 * 1024)
"""What one submission may hold: half of the server's default limits, since an operation can grow a
little while it is carried, and a refusal should take back one thing and not a day's work."""

NOTHING: Final[tuple[Operation, ...]] = ([], None)
"""What operations look like, in the types of this field, that do nothing."""

Subscription: TypeAlias = Literal["closed", "opening", "open"]


@attrs.define
class DocumentState:
    """One document as one client has it."""

    doc_type: DocumentType
    client: str
    epoch: str
    revision: int
    tag: str
    base: Snapshot
    snapshot: Snapshot
    seq: int = 0
    inflight: Inflight | None = None
    _queued: tuple[Operation, ...] = attrs.field(default=(), alias="buffer")
    """What the buffer begins with; let go of then."""
    subscription: Subscription = "closed"
    repairs: int = 0
    """How often rule 4 had to step in: zero in ordinary life."""
    part_limit: OperationSize = PART_LIMIT
    allowance: int | None = None
    """How many more submissions may go out; None: any number. While it is set, edits are not joined."""
    diverged: bool = False
    """Whether a hash from the server has shown that the state here is not the server's."""
    undos: UndoStack = attrs.field(init=False)
    redos: UndoStack = attrs.field(init=False)
    presences: Presences = attrs.field(init=False)
    _buffer: Buffer = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.buffer, self._queued = self._queued, ()
        self.undos = UndoStack(self.doc_type)
        self.redos = UndoStack(self.doc_type)
        self.presences = Presences(self.doc_type, self.revision)

    @classmethod
    def opened(
        cls,
        doc_type: DocumentType,
        client: str,
        *,
        epoch: str,
        revision: int,
        tag: str,
        seq: int,
        snapshot: Snapshot,
    ) -> DocumentState:
        """Begin with what the answer to a first `open` holds."""
        return cls(doc_type, client, epoch, revision, tag, snapshot, snapshot, seq, subscription="open")

    @classmethod
    def restored(cls, doc_type: DocumentType, client: str, pending: Pending) -> DocumentState:
        """Begin with what an earlier run of this client had written down."""
        snapshot = pending.base
        if pending.inflight is not None:
            snapshot = doc_type.apply(snapshot, pending.inflight.op)
        for op in pending.buffer:
            snapshot = doc_type.apply(snapshot, op)
        inflight = pending.inflight and attrs.evolve(pending.inflight, sent=False)
        return cls(
            doc_type,
            client,
            pending.epoch,
            pending.revision,
            pending.tag,
            pending.base,
            snapshot,
            pending.seq,
            inflight,
            pending.buffer,
        )

    def __repr__(self) -> str:
        parts = [f"<DocumentState at {self.revision}, {self.subscription}"]
        if self.inflight is not None:
            parts.append(f", inflight seq {self.inflight.submission.seq}")
        if self._buffer:
            parts.append(f", buffer of {len(self.buffer)}")
        return "".join(parts) + ">"

    # What can be asked.

    @property
    def synchronized(self) -> bool:
        """Whether the log has everything that was done here."""
        return self.inflight is None and not self._buffer

    @property
    def buffer(self) -> tuple[Operation, ...]:
        """What is to be sent when nothing is inflight any more, in order."""
        return self._buffer.ops

    @buffer.setter
    def buffer(self, ops: tuple[Operation, ...]) -> None:
        self._buffer = Buffer(self.doc_type, ops)

    @property
    def pending_ops(self) -> tuple[Operation, ...]:
        """What is not acknowledged, in order, made against `base`."""
        inflight = () if self.inflight is None else (self.inflight.op,)
        return inflight + self.buffer

    def pending(self) -> Pending:
        """Return what to write down before a submission leaves."""
        return Pending(self.epoch, self.revision, self.tag, self.base, self.seq, self.inflight, self.buffer)

    # Editing.

    def edit(self, op: Operation, group: object = None) -> list[Effect]:
        """Apply one's own operation, made on the present snapshot.

        Consecutive edits of one `group` (anything but None) are undone as one. Raises
        InvalidOperation, with nothing changed, if the type refuses `op`.
        """
        effects, inverse = self._edited(op)
        self.undos.push(inverse, group)
        self.redos.clear()
        return effects

    def undo(self) -> list[Effect]:
        """Take back one's own latest edit, whatever others have done since."""
        return self._moved_between(self.undos, self.redos)

    def redo(self) -> list[Effect]:
        """Do again what `undo` took back."""
        return self._moved_between(self.redos, self.undos)

    def _moved_between(self, source: UndoStack, target: UndoStack) -> list[Effect]:
        while source:
            op = source.pop()
            if op in NOTHING:  # others have taken it back already: go on to what can be seen
                continue
            effects, inverse = self._edited(op)
            target.push(inverse)
            return effects
        return []

    def _edited(self, op: Operation) -> tuple[list[Effect], Operation]:
        self.doc_type.check(op)
        snapshot = self.doc_type.apply(self.snapshot, op)
        inverse = self.doc_type.invert(op, self.snapshot)
        self.snapshot = snapshot
        self._queue(op)
        return [Changed(op, "local")], inverse

    def _queue(self, op: Operation) -> None:
        join = self.doc_type.joins and self.allowance is None
        self._buffer.add(op, limit=self.part_limit, join=join)

    # Sending.

    @property
    def has_to_send(self) -> bool:
        """Whether `to_send` would return a submission."""
        if self.subscription != "open":
            return False
        if self.inflight is not None:
            return not self.inflight.sent
        return bool(self._buffer) and self.allowance != 0

    def to_send(self) -> Submission | None:
        """Return the submission that is to go out now, if any; it counts as sent.

        A client that persists writes `pending()` down before it lets the submission leave.
        """
        if not self.has_to_send:
            return None
        if self.inflight is None:
            if self.allowance is not None:
                self.allowance -= 1
            submission = Submission(self.seq + 1, self.revision, self.buffer[0])
            self.inflight, self.buffer = Inflight(submission, submission.op), self.buffer[1:]
            self.seq = submission.seq
        self.inflight = attrs.evolve(self.inflight, sent=True)
        return self.inflight.submission

    def hold(self) -> None:
        """Let no further submission go out, and keep every edit by itself, until `release`."""
        self.allowance = 0

    def release(self, count: int | None = None) -> None:
        """Let so many more held submissions go out; None: all, and no longer hold."""
        if count is None or self.allowance is None:
            self.allowance = count
        else:
            self.allowance += count

    def not_taken(self, seq: int) -> list[Effect]:
        """Note that the server took a submission not in, and used nothing up: it goes out again."""
        if self.inflight is not None and self.inflight.submission.seq == seq:
            self.inflight = attrs.evolve(self.inflight, sent=False)
        return []

    # The subscription.

    def opening(self) -> Position:
        """Begin to open: return what to say of what is held here. Nothing is taken in until then."""
        assert self.subscription != "opening", "one open of a document is outstanding at a time"
        self.subscription = "opening"
        inflight = None if self.inflight is None else self.inflight.submission.seq
        diverged = state_hash(self.base) if self.diverged else None
        return Position(self.epoch, self.revision, self.tag, inflight, diverged)

    def lost(self) -> list[Effect]:
        """Note that the connection, or the subscription, is gone."""
        self.subscription = "closed"
        return []

    def resumed(
        self, *, revision: int, tag: str, seq: int, entries: Sequence[Entry], fate: Outcome | None
    ) -> list[Effect]:
        """Take in the answer to an `open` that leads on from what is held here."""
        self._subscribed()
        effects: list[Effect] = []
        if fate is not None and fate.code is not None:
            effects += self.rejected(fate.seq, fate.code, fate.message)
        if not self._leads_on(entries):
            return [*effects, OpenAgain("entries with a gap")]
        for entry in entries:
            effects += self._took(entry)
        if self.revision != revision:
            return [*effects, OpenAgain(f"entries up to {self.revision} instead of {revision}")]
        self.tag = tag
        return effects + self._settled_with(seq, fate)

    def restarted(
        self,
        *,
        epoch: str,
        revision: int,
        tag: str,
        seq: int,
        snapshot: Snapshot,
        fate: Outcome | None,
    ) -> list[Effect]:
        """Take in the answer to an `open` that gives a snapshot instead of leading on.

        In the epoch that is held here, and because this client said that it had diverged, what is
        pending is carried over the difference. Otherwise the server's past is not the one known
        here: what is pending is handed back, except what has landed.
        """
        self._subscribed()
        repairing = self.diverged and epoch == self.epoch
        self.diverged = False
        effects: list[Effect] = []
        if fate is not None and fate.code is not None:
            effects += self.rejected(fate.seq, fate.code, fate.message)
        landed = fate is not None and fate.revision is not None and self.inflight is not None
        if repairing:
            effects += self._carried_to(snapshot, landed=landed)
        else:
            lost = self.buffer if landed else self.pending_ops
            if lost:
                message = "the server's copy is not the one these edits were made on"
                effects.append(HandedBack("restarted", message, lost))
            self.inflight, self.buffer = None, ()
            self.snapshot = snapshot
            self.undos.clear()
            self.redos.clear()
            effects.append(Replaced(snapshot))
        self.base = snapshot
        self.epoch, self.revision, self.tag = epoch, revision, tag
        self.presences.restart(revision)
        return effects + self._settled_with(seq, fate)

    def _subscribed(self) -> None:
        assert self.subscription == "opening", "an open is answered once, by resumed or restarted"
        self.subscription = "open"
        if self.inflight is not None:
            self.inflight = attrs.evolve(self.inflight, sent=False)

    def _carried_to(self, snapshot: Snapshot, *, landed: bool) -> list[Effect]:
        """Carry what is pending over the difference between what is held here and a snapshot."""
        held = self.base
        if landed and self.inflight is not None:
            held, self.inflight = self.doc_type.apply(held, self.inflight.op), None
        return self._crossed_by(self.doc_type.diff(held, snapshot))

    def _settled_with(self, seq: int, fate: Outcome | None) -> list[Effect]:
        """Compare what is still inflight with the last submission that the server knows of."""
        self.seq = seq
        if self.inflight is None:
            return []
        own = self.inflight.submission.seq
        if own == seq + 1:
            self.seq = own
            return []
        # Its number was used and its fate can't be known any more (or, landed, it was not among the
        # entries): resending could double it. Only an identity used by two clients at once gets here.
        landed = fate is not None and fate.revision is not None
        if landed:
            _, effects = self._taken_back()
            return effects
        return self._handed_back("fate-unknown", f"submission {own} was lost sight of")

    # What the server sends.

    def received(self, entries: Sequence[Entry], tag: str) -> list[Effect]:
        """Take in what landed. Known entries are skipped; a gap asks for the document anew."""
        if self.subscription != "open":
            return []
        new = [entry for entry in entries if entry.revision > self.revision]
        if not self._leads_on(new):
            return [OpenAgain(f"entries from {new[0].revision} after revision {self.revision}")]
        effects: list[Effect] = []
        for entry in new:
            effects += self._took(entry)
        if new:
            self.tag = tag
        return effects

    def acknowledged(self, seq: int) -> list[Effect]:
        """Take in the answer to a submission that came again.

        It lands where this client has not been, or where it took no notice: opening tells the rest.
        """
        if self.subscription == "open" and self.inflight is not None and self.inflight.submission.seq == seq:
            return [OpenAgain(f"submission {seq} landed out of sight")]
        return []

    def lagging(self) -> list[Effect]:
        """Take in that the server has let go of what comes next."""
        return [OpenAgain("too slow")] if self.subscription == "open" else []

    def rejected(self, seq: int, code: str, message: str) -> list[Effect]:
        """Take in that a submission was refused for good; its `seq` is used up.

        `superseded` only puts it back under the buffer. Any other code takes it off the screen and
        hands it, with the buffer as it was, to the application; what of the buffer still applies is
        kept.
        """
        if self.inflight is None or self.inflight.submission.seq != seq:
            return []
        if code == "superseded":
            if self.allowance is not None:
                self.allowance += 1  # it was let out, and has yet to land
            self.buffer, self.inflight = (self.inflight.op, *self.buffer), None
            return []
        return self._handed_back(code, message)

    def _handed_back(self, code: str, message: str) -> list[Effect]:
        ops = self.pending_ops
        dropped, effects = self._taken_back()
        kept = "" if not dropped else f"; {dropped} later edits went with it"
        return [HandedBack(code, message + kept, ops), *effects]

    def _taken_back(self) -> tuple[int, list[Effect]]:
        """Take the inflight operation off the screen, and with it what can't stand without it."""
        assert self.inflight is not None, "the callers have looked"
        away = self.doc_type.invert(self.inflight.op, self.base)
        self.inflight = None
        kept: list[Operation] = []
        snapshot = self.base
        for op in self.buffer:
            carried, away = crossed(self.doc_type, op, away)
            try:
                snapshot = self.doc_type.apply(snapshot, carried)
            except InvalidOperation:  # what comes after was made on this one
                away = self.doc_type.diff(self.snapshot, snapshot)
                break
            kept.append(carried)
        dropped = len(self.buffer) - len(kept)
        self.buffer = tuple(kept)
        return dropped, self._shown(away, snapshot)

    def _leads_on(self, entries: Sequence[Entry]) -> bool:
        revision = self.revision
        for entry in entries:
            if entry.revision - entry.span != revision:
                return False
            revision = entry.revision
        return True

    def _took(self, entry: Entry) -> list[Effect]:
        effects: list[Effect] = []
        if entry.hash is not None and entry.hash != state_hash(self.base):
            self.diverged = True
            effects.append(OpenAgain(f"the state at {self.revision} is not the server's"))
        own_entry = entry.client == self.client and entry.span == 1
        if own_entry and self.inflight is not None and entry.seq == self.inflight.submission.seq:
            effects += self._landed(entry, self.inflight)
        else:
            effects += self._foreign(entry)
            if own_entry:
                self.seq = max(self.seq, entry.seq)
        self.revision = entry.revision
        self.presences.landed(entry)
        return effects

    def _landed(self, entry: Entry, inflight: Inflight) -> list[Effect]:
        """Take in one's own entry: the log's form of it wins over the one carried here."""
        effects: list[Effect] = [Acknowledged(entry.seq, entry.revision)]
        before, self.inflight = self.base, None
        if same_operation(self.doc_type, inflight.op, entry.op):
            self.base = self.doc_type.apply(before, inflight.op) if self._buffer else self.snapshot
            return effects
        self.base = self.doc_type.apply(before, inflight.op)
        undone = self.doc_type.invert(inflight.op, before)
        repair = self.doc_type.compose(undone, entry.op)
        buffer = self.buffer
        effects += self._crossed_by(repair)
        self.base = self.doc_type.apply(before, entry.op)
        self.repairs += 1
        return [*effects, Repaired(entry.seq, touched_buffer=buffer != self.buffer)]

    def _foreign(self, entry: Entry) -> list[Effect]:
        """Carry what is pending over another's entry, and the entry over what is pending.

           log  --inflight-->  .  --buffer-->  screen
            |                  |                  |
        entry.op            theirs             theirs
            v                  v                  v
            .  --inflight-->   .  --buffer-->  screen
        """
        effects = self._crossed_by(entry.op)
        self.base = self.snapshot if self.synchronized else self.doc_type.apply(self.base, entry.op)
        return effects

    def _crossed_by(self, theirs: Operation) -> list[Effect]:
        if self.inflight is not None:
            op, theirs = crossed(self.doc_type, self.inflight.op, theirs)
            self.inflight = attrs.evolve(self.inflight, op=op)
        carried: list[Operation] = []
        for op in self.buffer:
            op, theirs = crossed(self.doc_type, op, theirs)
            carried.append(op)
        self.buffer = tuple(carried)
        return self._shown(theirs, self.doc_type.apply(self.snapshot, theirs))

    def _shown(self, op: Operation, snapshot: Snapshot) -> list[Effect]:
        self.snapshot = snapshot
        self.undos.carry(op)
        self.redos.carry(op)
        return [Changed(op, "foreign")]

    def _check(self) -> None:
        """Assert how the fields relate; simulations call it after every step."""
        snapshot = self.base
        for op in self.pending_ops:
            snapshot = self.doc_type.apply(snapshot, op)
        assert snapshot == self.snapshot, f"{self!r}: base + pending is {snapshot!r}, not {self.snapshot!r}"
        if self.inflight is not None:
            assert self.inflight.submission.seq == self.seq, f"{self!r}: last seq is {self.seq}"
            assert self.inflight.submission.base <= self.revision, f"{self!r}: base in the future"
        assert self.presences.revision == self.revision, f"{self!r}: presences lag"


def same_operation(doc_type: DocumentType, op: Operation, other: Operation) -> bool:
    """Tell whether two operations are one in normal form, numbers compared by value."""
    if canonical_json(op) == canonical_json(other):
        return True
    return canonical_json(doc_type.normalize(op)) == canonical_json(doc_type.normalize(other))
