"""The revision log of one document: concurrent operations put in one order.

`submit` decides what becomes of a submission: it lands at the next revision, is rejected for good, or was
decided before and gets the same answer. Order is by revision and nothing else; `seq` makes every
submission count once.

The log is pure and in memory. Whoever keeps it in a store works in steps: `begin`, any number of
decisions, then `step()` is what to write, and `commit` or `rollback` what became of it. Between begin and
commit nothing that the step decided may leave the process.

Invariants (`_check`): `entries` are contiguous and end at `revision`; the first one follows `horizon`; the
snapshot is the one at `revision`; an outcome that landed did so at or below `revision`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final, TypeAlias

import attrs

from ot.bridges import Bridges
from ot.canonical_json import canonical_json
from ot.carry_cost import CarryCost, carry_cost
from ot.composition import RunningComposition
from ot.document_type import DocumentType, Operation, Snapshot
from ot.entry import Entry, Outcome, first_tag, next_tag
from ot.errors import FutureRevision, InvalidOperation, SeqGap, SeqReused
from ot.growth import document_growth
from ot.live_document import LiveDocument, live_document
from ot.operation_size import OperationSize, component_count, operation_size
from ot.values import value
from ot.window_sizes import WindowSizes

UNBOUNDED: Final = 2**53


@attrs.frozen
class Bounds:
    """What one submission, and one catch-up, may cost."""

    operation_bytes: int = UNBOUNDED
    operation_components: int = UNBOUNDED
    document_bytes: int = UNBOUNDED
    carry_cost: int = UNBOUNDED
    """Steps to carry an operation, for most types components gone through: see `ot.carry_cost`."""
    single_entries: int = UNBOUNDED
    """Entries that a catch-up sends one by one, for a client with something inflight."""
    window_bytes: int = UNBOUNDED
    """Bytes of the operations that are kept in memory."""


@value
class Landed:
    """A submission that took the next revision."""

    entry: Entry

    @property
    def revision(self) -> int:
        """Where it landed."""
        return self.entry.revision


@attrs.frozen
class Rejected:
    """A submission refused for good; its `seq` is used up."""

    outcome: Outcome


@attrs.frozen
class Repeated:
    """A submission that was decided before, and how."""

    outcome: Outcome


Decision: TypeAlias = Landed | Rejected | Repeated


@attrs.frozen
class Held:
    """What a client that opens again says it has."""

    epoch: str
    revision: int
    tag: str
    inflight: int | None = None
    diverged: bool = False
    coarse: bool = False
    """Whether it may see what has landed since only composed, but for what is its own."""


@attrs.frozen
class Resumed:
    """Entries that lead on from what the client holds."""

    entries: tuple[Entry, ...]
    fate: Outcome | None = None
    superseded: Outcome | None = None
    """The client's inflight submission, given up in this step: the rejection goes out first."""


@attrs.frozen
class Restarted:
    """The client's past is not this log's: it gets a snapshot."""

    reason: str
    fate: Outcome | None = None
    superseded: Outcome | None = None
    """The client's own submission, which it has given up, made void in this step."""


CatchUp: TypeAlias = Resumed | Restarted


@attrs.frozen
class _Mark:
    """The log as it was when a step began."""

    revision: int
    tag: str
    document: LiveDocument
    size_bound: int


@attrs.define
class RevisionLog:
    """One document's newest snapshot, a window of recent entries, and its clients' outcomes."""

    doc_type: DocumentType
    epoch: str
    _start: Snapshot = attrs.field(alias="snapshot")
    """What the document is made of; let go of then."""
    revision: int = 0
    tag: str = attrs.field(default=attrs.Factory(lambda self: first_tag(self.epoch), takes_self=True))
    bounds: Bounds = Bounds()
    entries: list[Entry] = attrs.field(factory=list, init=False)
    horizon: int = attrs.field(init=False)
    """The revision before the first entry of the window."""
    _horizon_tag: str = attrs.field(init=False)
    outcomes: dict[str, Outcome] = attrs.field(factory=dict, init=False)
    size_bound: int = attrs.field(init=False)
    """At least the bytes of the snapshot: exact when measured, then raised by what operations hold."""
    _ops: list[Operation] = attrs.field(factory=list, init=False)
    """Those of the entries, for what is carried over them."""
    _sizes: WindowSizes = attrs.field(factory=WindowSizes, init=False)
    _mark: _Mark | None = attrs.field(default=None, init=False)
    _decided: list[Outcome] = attrs.field(factory=list, init=False)
    _replaced: dict[str, Outcome | None] = attrs.field(factory=dict, init=False)
    _bridges: Bridges = attrs.field(init=False)
    _document: LiveDocument = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._document, self._start = live_document(self.doc_type, self._start), None
        self._bridges = Bridges(self.doc_type)
        self.horizon, self._horizon_tag = self.revision, self.tag
        self.size_bound = document_bytes(self.snapshot)

    @property
    def snapshot(self) -> Snapshot:
        """The document at `revision`. Cost: up to its size, once after each operation."""
        return self._document.snapshot()

    def __repr__(self) -> str:
        return f"<RevisionLog {self.doc_type.name} at {self.revision}, entries from {self.horizon}>"

    # Deciding.

    def submit(
        self, base: int, client: str, seq: int, op: Operation, own: CarryCost | None = None
    ) -> Decision:
        """Decide one submission: `op`, made against revision `base`, the `seq`-th of its client.

        `own` is what `ot.carry_cost` says of `op`, where the caller has asked already. Raises FutureRevision,
        SeqGap or SeqReused, with nothing used up, where it can't be decided.
        """
        content = canonical_json([base, op]).encode()
        digest = hashlib.sha256(content).hexdigest()
        repeated = self._repeated(base, client, seq, digest)
        if repeated is not None:
            return repeated
        refusal = self._refusal(base, op, len(content), own)
        if refusal is not None:
            code, message = refusal
            return self._rejected(client, seq, digest, code, message)
        try:
            landed = self._carried(op, base)
            fits = self._applies(landed, len(content))
        except InvalidOperation as error:
            return self._rejected(client, seq, digest, error.code, str(error))
        if not fits:
            message = f"the document would be over {self.bounds.document_bytes} bytes"
            return self._rejected(client, seq, digest, "too-large", message)
        size = OperationSize(component_count(landed), len(content))
        return self._landed(client, seq, landed, digest, size)

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
        last = self.outcomes.get(client)
        if seq is None or seq != (0 if last is None else last.seq) + 1:
            return None
        return self._rejected(client, seq, None, "superseded", "its client has given it up").outcome

    def _refusal(self, base: int, op: Operation, size: int, own: CarryCost | None) -> tuple[str, str] | None:
        """Return code and message of what can be seen without carrying the operation."""
        bounds = self.bounds
        if size > bounds.operation_bytes:
            return "too-large", f"an operation of {size} bytes; the limit is {bounds.operation_bytes}"
        components = component_count(op) if own is None else own.size.components
        if components > bounds.operation_components:
            limit = bounds.operation_components
            return "too-large", f"an operation of {components} components; the limit is {limit}"
        try:
            self.doc_type.check(op)
        except InvalidOperation as error:
            return error.code, str(error)
        if base < self.horizon:
            return "superseded", f"entries after revision {base} are not at hand any more"
        behind = self.revision - base
        if behind and self.carry_cost(own or carry_cost(self.doc_type, op), base) > bounds.carry_cost:
            return "superseded", f"{components} components against {behind} entries cost too much to carry"
        return None

    def carry_cost(self, own: CarryCost, base: int) -> int:
        """Return what it costs to carry an operation from `base` on; `own` is what it costs by itself.

        Counted like `Bounds.carry_cost`; entries that are not at hand are not counted.
        """
        return own.over(*self._sizes.since(max(base - self.horizon, 0)))

    def _carried(self, op: Operation, base: int) -> Operation:
        since = self._ops[base - self.horizon :]
        if not since:
            return self.doc_type.normalize(op)
        return self.doc_type.carry(op, since, "left")

    def _applies(self, op: Operation, size: int) -> bool:
        """Apply an operation of so many bytes if the document then stays within its limit; tell whether.

        Measured only when the bound says maybe; what may add more than a whole document is not even
        built. Raises InvalidOperation, with nothing changed, where `op` does not fit the document.
        """
        growth = document_growth(self.doc_type, op, self._document, self.bounds.document_bytes)
        if growth > self.bounds.document_bytes:
            return False
        bound = self.size_bound + size + growth
        if bound <= self.bounds.document_bytes:
            self._document.apply(op)
        else:
            changed = self._document.copy()
            changed.apply(op)
            bound = document_bytes(changed.snapshot())
            if bound > self.bounds.document_bytes and bound >= document_bytes(self.snapshot):
                return False  # what shrinks a document that is too large already is welcome
            self._document = changed
        self.size_bound = bound
        return True

    def _landed(self, client: str, seq: int, op: Operation, digest: str, size: OperationSize) -> Landed:
        revision = self.revision + 1
        entry = Entry(revision, client, seq, op, tag=next_tag(self.tag, client, seq, op))
        self._take(entry, size)
        self._decide(Outcome(client, seq, digest, revision=revision, op=op))
        return Landed(entry)

    def _rejected(self, client: str, seq: int, digest: str | None, code: str, message: str) -> Rejected:
        outcome = Outcome(client, seq, digest, code=code, message=message)
        self._decide(outcome)
        return Rejected(outcome)

    def _decide(self, outcome: Outcome) -> None:
        self._replaced.setdefault(outcome.client, self.outcomes.get(outcome.client))
        self.outcomes[outcome.client] = outcome
        self._decided.append(outcome)

    def _take(self, entry: Entry, size: OperationSize) -> None:
        assert entry.tag is not None, "entries of a log are tagged"
        self.entries.append(entry)
        self._ops.append(entry.op)
        self._sizes.append(size)
        self.revision, self.tag = entry.revision, entry.tag

    # Steps.

    def begin(self) -> None:
        """Begin a step: what is decided from here on can be rolled back."""
        assert self._mark is None, "one step at a time"
        self._mark = _Mark(self.revision, self.tag, self._document.copy(), self.size_bound)
        self._decided, self._replaced = [], {}

    def step(self) -> tuple[tuple[Entry, ...], tuple[Outcome, ...]]:
        """Return the entries and outcomes decided since `begin`."""
        assert self._mark is not None, "a step has begun"
        return tuple(self.entries[self._mark.revision - self.horizon :]), tuple(self._decided)

    def commit(self) -> None:
        """Keep the step: it is in the store."""
        self._mark, self._decided, self._replaced = None, [], {}

    def rollback(self) -> None:
        """Undo the step: the store has not taken it."""
        assert self._mark is not None, "a step has begun"
        mark = self._mark
        self._sizes.drop_last(self.revision - mark.revision)
        del self.entries[mark.revision - self.horizon :], self._ops[mark.revision - self.horizon :]
        self.revision, self.tag, self._document = mark.revision, mark.tag, mark.document
        self.size_bound = mark.size_bound
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
                growth = document_growth(self.doc_type, entry.op, self._document, UNBOUNDED)
                self._document.apply(entry.op)
                self._take(entry, size)
                self.size_bound += size.bytes + growth

    def widen(self, older: Sequence[Entry]) -> None:
        """Put entries in front of the window; the last of them is the one at the horizon.

        The first gives only its tag, unless it is the first of all.
        """
        assert older and older[-1].revision == self.horizon, f"{self!r}: entries up to the horizon"
        first, rest = older[0], list(older[1:])
        if first.revision == 1:
            self.horizon, self._horizon_tag, rest = 0, first_tag(self.epoch), list(older)
        else:
            assert first.tag is not None, "entries of a log are tagged"
            self.horizon, self._horizon_tag = first.revision, first.tag
        self.entries[:0] = rest
        self._ops[:0] = [entry.op for entry in rest]
        self._sizes.widen(rest)

    def forget(self, keep: int) -> None:
        """Let go of all but about the last `keep` entries of the window, fewer where they are large.

        Those that cost too much to carry anything over them are of no more use. Of compositions for many
        the latest are kept.
        """
        self._bridges.trim()
        bounds = self.bounds
        excess = self._sizes.excess(keep=keep, components=bounds.carry_cost, most_bytes=bounds.window_bytes)
        if excess > 0:
            last = self.entries[excess - 1]
            assert last.tag is not None, "entries of a log are tagged"
            self.horizon, self._horizon_tag = last.revision, last.tag
            self._sizes.drop_first(excess)
            del self.entries[:excess], self._ops[:excess]

    def last(self, count: int, most_bytes: int) -> tuple[Entry, ...]:
        """Return the last `count` entries of the window, fewer where they have more than so many bytes."""
        found = self._sizes.fits(count, most_bytes)
        return tuple(self.entries[len(self.entries) - found :])

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
        fate = self._fate(client, held)
        reason = self._break(held, older)
        if reason is not None:
            # Who has diverged keeps what is inflight; others hand it back, and it may not land any more.
            keeps = reason == "diverged" or held.inflight is None
            return Restarted(reason, fate, None if keeps else self.void(client, held.inflight))
        composed_from = self._single_until(held, fate)
        single = self._up_to(composed_from, held, older)
        if composed_from == self.revision:
            return Resumed(single, fate)
        superseded = None
        if fate is None and held.inflight == self._known(client) + 1:
            superseded = self.give_up(client, held.inflight)
        return Resumed((*single, self._bridge(composed_from, self.revision, older)), fate, superseded)

    def _up_to(self, end: int, held: Held, older: Sequence[Entry]) -> tuple[Entry, ...]:
        """Return what leads a client to `end`, where its own entry is or nothing is composed before."""
        if end == held.revision:
            return ()
        if not held.coarse or end - held.revision < 2:
            return tuple(self._between(held.revision, end, older))
        return (self._bridge(held.revision, end - 1, older), *self._between(end - 1, end, older))

    def composition_for(
        self, client: str, held: Held, older: Sequence[Entry] = ()
    ) -> RunningComposition | None:
        """Return the composition that `catch_up` is going to make, if it is not made yet.

        `catch_up` makes it at once, however long that takes; who has others to serve in between steps
        through it first.
        """
        if self._break(held, older):
            return None
        single_until = self._single_until(held, self._fate(client, held))
        spans = [(single_until, self.revision)]
        if held.coarse:
            spans.insert(0, (held.revision, single_until - 1))
        for start, end in spans:
            running = self._composition(start, end, older) if end - start > 1 else None
            if running is not None and not running.done:
                return running
        return None

    def _bridge(self, start: int, end: int, older: Sequence[Entry]) -> Entry:
        """Return one entry that leads from `start` to `end`."""
        (last,) = self._between(end - 1, end, older)
        if end - start == 1:
            return last
        op = self._composition(start, end, older).result
        return attrs.evolve(last, op=op, span=end - start, hash=None)

    def _composition(self, start: int, end: int, older: Sequence[Entry]) -> RunningComposition:
        tag = self._tag_at(start, older)
        return self._bridges.over(
            start, tag, end, lambda after: [entry.op for entry in self._between(after, end, older)]
        )

    def _between(self, start: int, end: int, older: Sequence[Entry]) -> Sequence[Entry]:
        """Return the entries after `start` up to `end`; what is not in the window is in `older`."""
        newer = self.entries[max(start - self.horizon, 0) : max(end - self.horizon, 0)]
        if start >= self.horizon:
            return newer
        first = older[0].revision
        return [*older[start + 1 - first : min(end, self.horizon) + 1 - first], *newer]

    def _known(self, client: str) -> int:
        last = self.outcomes.get(client)
        return 0 if last is None else last.seq

    def _fate(self, client: str, held: Held) -> Outcome | None:
        last = self.outcomes.get(client)
        return last if last is not None and last.seq == held.inflight else None

    def _single_until(self, held: Held, fate: Outcome | None) -> int:
        """Return the revision up to which a client gets single entries; from there on they are composed.

        Up to the client's own, so that it is carried as it was here, they are single however many: no
        more than the log itself carried that submission over.
        """
        if held.inflight is None or (fate is not None and fate.revision is None):
            return held.revision
        if fate is not None and fate.revision is not None:
            return max(held.revision, fate.revision)
        near = not held.coarse and self.revision - held.revision <= self.bounds.single_entries
        return self.revision if near else held.revision

    def _break(self, held: Held, older: Sequence[Entry]) -> str | None:
        """Say why the client's past is not this log's; None where it is."""
        if held.epoch != self.epoch:
            return "epoch"
        if held.revision > self.revision:
            return "future"
        if held.diverged:
            return "diverged"
        return "tag" if self._tag_at(held.revision, older) != held.tag else None

    def _tag_at(self, revision: int, older: Sequence[Entry]) -> str | None:
        if revision == 0:
            return first_tag(self.epoch)
        if revision == self.horizon:
            return self._horizon_tag
        if revision > self.horizon:
            return self.entries[revision - self.horizon - 1].tag
        place = revision - older[0].revision if older else -1
        return older[place].tag if 0 <= place < len(older) else self._bridges.tag_at(revision)

    def _check(self) -> None:
        """Assert how the fields relate; simulations call it after every step."""
        revision, tag = self.horizon, self._horizon_tag
        for entry in self.entries:
            assert entry.revision == revision + 1, f"{self!r}: {entry.revision} follows {revision}"
            tag = next_tag(tag, entry.client, entry.seq, entry.op)
            assert entry.tag == tag, f"{self!r}: tag of {entry.revision} is {entry.tag}, not {tag}"
            revision = entry.revision
        assert (revision, tag) == (self.revision, self.tag), f"{self!r}: entries end at {revision}"
        assert self._ops == [entry.op for entry in self.entries], f"{self!r}: other operations than entries"
        components = [component_count(entry.op) for entry in self.entries]
        assert self._sizes.components == sum(components), f"{self!r}: {self._sizes!r} of {components}"
        for outcome in self.outcomes.values():
            assert outcome.revision is None or outcome.revision <= self.revision, f"{self!r}: {outcome}"
        assert self.size_bound >= document_bytes(self.snapshot), f"{self!r}: {self.size_bound}"


def document_bytes(snapshot: Snapshot) -> int:
    """Return the size of a snapshot: bytes of its UTF-8 for text, of its canonical JSON otherwise."""
    if isinstance(snapshot, str):
        return len(snapshot.encode())
    return len(canonical_json(snapshot).encode())
