"""A store in virtual time, that several nodes share and that faults befall.

What is asked for takes a while to reach the disk, is decided and durable there at one instant, and its answer
takes a while to come back. In between a node may crash, the store may not answer, the power may be cut: of
what was on its way to the disk, the first few writes are kept and the rest is gone, the torn one included.

Beside it stands what the checks believe in: every state of every document, each made by one `apply` of the
entry that landed.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar

import attrs

from ot import Entry, Outcome, Snapshot, get_type
from storage import (
    Append,
    Appended,
    AppendResult,
    DocumentHead,
    MemoryStore,
    StoredDocument,
    StoredSnapshot,
    StoreUnavailable,
)
from transport.simulation.virtual_loop import Schedule, VirtualLoop

Answer = TypeVar("Answer")

SECRET: Final = b"a key that every world has".ljust(32)


class Violation(AssertionError):
    """A promise that was broken."""


@attrs.define(eq=False)
class _Write:
    """A write on its way to the disk."""

    carry_out: Callable[[], None]
    done: bool = False


@attrs.define(eq=False)
class Truth:
    """One document as it is on the disk, state by state."""

    doc_type: str
    epoch: str
    states: list[Snapshot]
    entries: list[Entry] = attrs.field(factory=list)
    seqs: dict[str, int] = attrs.field(factory=dict)
    """The last `seq` of each client that was decided, one way or the other."""

    def decided(self, step: Append) -> None:
        """Take in what is durable; raise Violation where it can't follow, or was decided before."""
        for outcome in step.outcomes:
            last = self.seqs.get(outcome.client, 0)
            if outcome.seq != last + 1:
                raise Violation(f"{outcome!r} was decided after submission {last}")
            self.seqs[outcome.client] = outcome.seq
        landed = [(one.client, one.seq) for one in step.outcomes if one.revision is not None]
        if landed != [(entry.client, entry.seq) for entry in step.entries]:
            raise Violation(f"{landed} landed by their outcomes, and {step.entries!r} did")
        for entry in step.entries:
            self._landed(entry)

    def _landed(self, entry: Entry) -> None:
        if entry.revision != len(self.states):
            raise Violation(f"revision {entry.revision} landed after {len(self.states) - 1}")
        self.entries.append(entry)
        self.states.append(get_type(self.doc_type).apply(self.states[-1], entry.op))


@attrs.define(eq=False)
class Disk:
    """What outlives every crash."""

    schedule: Schedule
    rng: random.Random
    latency: tuple[float, float]
    memory: MemoryStore = attrs.field(factory=MemoryStore)
    truth: dict[str, Truth] = attrs.field(factory=dict)
    unavailable_until: float = 0.0
    appended: Callable[[str, int], None] = lambda doc, revision: None
    """Called with the document and its revision when an append is durable."""
    landed: Callable[[str, Entry], None] = lambda doc, entry: None
    """Called with each entry that is durable."""
    on_writing: Callable[[], None] | None = None
    """Called once, when the next write is on its way."""
    _on_the_way: list[_Write] = attrs.field(factory=list)
    _last: float = 0.0
    torn: int = 0
    """Writes that were on their way when the power was cut, and are gone."""

    def write(self, carry_out: Callable[[], None]) -> None:
        """Have a write reach the disk, after those before it."""
        write = _Write(carry_out)
        self._on_the_way.append(write)
        when = max(self._last, self.schedule.now + self.rng.uniform(*self.latency))
        self._last = when
        self.schedule.at(when, lambda: self._reached(write))
        then, self.on_writing = self.on_writing, None
        if then is not None:
            then()

    def power_cut(self) -> None:
        """Lose what was on its way, but for the first few writes."""
        writes, self._on_the_way = self._on_the_way, []
        kept = self.rng.randint(0, len(writes))
        for write in writes[:kept]:
            self._carry_out(write)
        for write in writes[kept:]:
            write.done = True
        self.torn += len(writes) - kept

    def outcome(self, doc: str, client: str) -> Outcome | None:
        """Return what became of a client's last submission."""
        return now(self.memory.outcomes(doc, (client,))).get(client)

    def backup(self) -> tuple[MemoryStore, dict[str, Truth]]:
        """Return a copy of everything, to `restore` later."""
        documents = {
            doc: attrs.evolve(
                document,
                snapshots=dict(document.snapshots),
                entries=list(document.entries),
                outcomes=dict(document.outcomes),
            )
            for doc, document in self.memory._documents.items()
        }
        memory = copy.copy(self.memory)
        memory._documents = documents
        truth = {
            doc: attrs.evolve(one, states=list(one.states), entries=list(one.entries), seqs=dict(one.seqs))
            for doc, one in self.truth.items()
        }
        return memory, truth

    def restore(self, backup: tuple[MemoryStore, dict[str, Truth]]) -> None:
        """Go back to what was: what has landed since never did."""
        for write in self._on_the_way:
            write.done = True
        self._on_the_way = []
        self.memory, self.truth = backup

    def _reached(self, write: _Write) -> None:
        if not write.done:
            self._on_the_way.remove(write)
            self._carry_out(write)

    def _carry_out(self, write: _Write) -> None:
        write.done = True
        write.carry_out()

    # What the disk does with it.

    def create(self, doc: str, doc_type: str, epoch: str, snapshot: Snapshot, tag: str) -> StoredDocument:
        stored = now(self.memory.create(doc, doc_type, epoch, snapshot, tag))
        self.truth.setdefault(doc, Truth(stored.doc_type, stored.epoch, [snapshot]))
        return stored

    def append(self, step: Append) -> AppendResult:
        result = now(self.memory.append(step))
        if isinstance(result, Appended):
            self.truth[step.doc].decided(step)
            for entry in step.entries:
                self.landed(step.doc, entry)
            self.appended(step.doc, result.revision)
        return result


def now(call: Coroutine[Any, Any, Answer]) -> Answer:
    """Return what a coroutine gives that never has to wait."""
    try:
        call.send(None)
    except StopIteration as stop:
        answer: Answer = stop.value
        return answer
    raise AssertionError("the memory store answers at once")


@attrs.define(eq=False)
class VirtualStore:
    """Fulfils `Store` for one node, on the disk that all of them share."""

    disk: Disk
    loop: VirtualLoop
    rng: random.Random
    reached: Callable[[str], None]
    """Called at each of the points where a crash is worth most, with its name."""
    partitioned: bool = False

    @property
    def durable(self) -> bool:
        return True

    async def start(self) -> None:
        pass

    async def close(self) -> None:
        pass

    async def secret(self) -> bytes:
        return SECRET

    async def create(
        self, doc: str, doc_type: str, epoch: str, snapshot: Snapshot, tag: str
    ) -> StoredDocument:
        return await self._written("create", lambda: self.disk.create(doc, doc_type, epoch, snapshot, tag))

    async def load(self, doc: str) -> StoredDocument | None:
        return await self._read(lambda: now(self.disk.memory.load(doc)))

    async def append(self, step: Append) -> AppendResult:
        return await self._written("append", lambda: self.disk.append(step))

    async def entries(self, doc: str, *, after: int, until: int | None = None) -> list[Entry]:
        return await self._read(lambda: now(self.disk.memory.entries(doc, after=after, until=until)))

    async def outcomes(self, doc: str, clients: Iterable[str]) -> Mapping[str, Outcome]:
        asked = tuple(clients)
        return await self._read(lambda: now(self.disk.memory.outcomes(doc, asked)))

    async def save_snapshot(self, doc: str, epoch: str, snapshot: StoredSnapshot) -> bool:
        return await self._written(
            "snapshot", lambda: now(self.disk.memory.save_snapshot(doc, epoch, snapshot))
        )

    async def snapshot_before(self, doc: str, revision: int) -> StoredSnapshot | None:
        return await self._read(lambda: now(self.disk.memory.snapshot_before(doc, revision)))

    async def documents(self) -> Sequence[DocumentHead]:
        return await self._read(lambda: now(self.disk.memory.documents()))

    async def delete(self, doc: str) -> bool:
        return await self._written("delete", lambda: now(self.disk.memory.delete(doc)))

    async def _read(self, read: Callable[[], Answer]) -> Answer:
        self._raise_if_unavailable()
        answered = self.loop.create_future()
        schedule = self.disk.schedule
        schedule.after(self.rng.uniform(*self.disk.latency), lambda: self._answer(answered, read))
        answer: Answer = await answered
        return answer

    async def _written(self, what: str, write: Callable[[], Answer]) -> Answer:
        self.reached(f"before {what}")
        self._raise_if_unavailable()
        answered = self.loop.create_future()
        schedule, lost = self.disk.schedule, self.disk

        def carry_out() -> None:
            answer = write()
            self.reached(f"after {what}, unanswered")
            if schedule.now < lost.unavailable_until or self.partitioned:
                error = StoreUnavailable("of the simulation", "the answer was lost")
                schedule.after(0.0, lambda: self._refuse(answered, error))
            else:
                schedule.after(
                    self.rng.uniform(*lost.latency), lambda: self._answer(answered, lambda: answer)
                )

        self.disk.write(carry_out)
        result: Answer = await answered
        self.reached(f"after {what}")
        return result

    def _raise_if_unavailable(self) -> None:
        if self.disk.schedule.now < self.disk.unavailable_until or self.partitioned:
            raise StoreUnavailable("of the simulation", "no answer")

    def _answer(self, answered: Any, read: Callable[[], object]) -> None:
        self.loop.enter(lambda: answered.done() or answered.set_result(read()))

    def _refuse(self, answered: Any, error: Exception) -> None:
        self.loop.enter(lambda: answered.done() or answered.set_exception(error))
