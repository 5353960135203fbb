"""The documents in memory, and the store that they live in.

Rooms say what is to be read and written; this module calls the store and hands its answers back. Within a
turn of the event loop a room's requests are gathered, so that its turn takes them all; each store call is
one task, and a room has at most one that it waits for. A bug in one room ends that room and nothing else.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any, Final, TypeAlias, assert_never

from ot import Bounds
from storage import MemoryStore, Store, StoreError, StoreUnavailable
from storage.events import event_log
from transport.actions import Action
from transport.attendance import Member
from transport.effects import (
    Commit,
    Counted,
    Create,
    Fetch,
    Load,
    Log,
    Pause,
    RoomEffect,
    SaveSnapshot,
    Share,
    Tell,
)
from transport.messages import Closed, Open, SetPresence, Submit
from transport.metrics import Metrics
from transport.room import Room
from transport.session import CANNOT_SAY
from transport.tasks import Tasks
from transport.turns import Queue, Turns

log = event_log()

RoomEvent: TypeAlias = Callable[[float], list[RoomEffect]]
"""Something that happens to a room, at a time."""

TICK_TURN: Final = 0.005
"""Seconds that a look at all rooms, or all connections, may take before others get their turn."""


class Rooms:
    """All rooms of one process. What they say to sessions goes to `deliver`."""

    def __init__(
        self,
        store: Store,
        bounds: Bounds,
        rng: random.Random,
        metrics: Metrics,
        tasks: Tasks,
        deliver: Callable[[Tell | Share], None],
    ) -> None:
        self.live: dict[str, Room] = {}
        self._store = store
        # Spares a task for every step: two people who type have one for each keystroke, and who opens a new
        # document three. A store made from this one may have something to wait for.
        self._append_now = store.append_now if type(store) is MemoryStore else None
        self._bounds = bounds
        self._rng = rng
        self._metrics = metrics
        self._tasks = tasks
        self._deliver = deliver
        self._turns = Turns()
        self._now = _time
        self._due: Queue[Room] = Queue(_time)
        self._taking = False
        """Whether turns are given now, or will be in the next turn of the event loop."""

    def start(self) -> None:
        """Begin: from here on there is one event loop, and its clock need not be looked up."""
        self._now = asyncio.get_running_loop().time
        self._due = Queue(self._now)

    @property
    def busy(self) -> bool:
        """Whether something is still to be decided or written."""
        return any(room.busy for room in self.live.values())

    def ask(self, member: Member, message: Open | Submit, allowed: frozenset[Action]) -> None:
        """Hand a session's message to its document's room, for the next turn."""
        room = self._room(message.doc)
        self._perform(room, room.ask(member, message, self._now(), allowed))

    def show(self, member: Member, message: SetPresence) -> None:
        """Tell the others in a document where somebody is."""
        room = self._room(message.doc)
        self._perform(room, room.presence(member, message))

    def hinted(self, doc: str, revision: int) -> None:
        """Take in that a document may have got further on another node."""
        room = self.live.get(doc)
        if room is not None:
            self._perform(room, room.hinted(revision))

    def farewell(self) -> None:
        """Keep last snapshots of all that is in memory."""
        for room in self.live.values():
            self._perform(room, room.farewell())

    def _room(self, doc: str) -> Room:
        room = self.live.get(doc)
        if room is None:
            room = self.live[doc] = Room(doc, self._bounds, self._rng)
            self._metrics.rooms.inc()
        return room

    def leave(self, session: str, doc: str) -> None:
        """Let a session go from a document, if that is in memory."""
        room = self.live.get(doc)
        if room is not None:
            self._perform(room, room.leave(session, self._now()))

    def expel(self, session: str, closed: Closed) -> None:
        """Send a session away from a document, if that is in memory."""
        room = self.live.get(closed.doc)
        if room is not None:
            self._perform(room, room.expel(session, closed.code, closed.message, self._now()))

    def hide(self, member: Member, doc: str) -> None:
        """Have nobody see any more where a member of a document is."""
        room = self.live.get(doc)
        if room is not None:
            self._perform(room, room.here.show(member, room.told, None))

    def renamed(self, member: Member, docs: Iterable[str]) -> None:
        """Call a member of documents otherwise from now on."""
        for doc in docs:
            room = self.live.get(doc)
            if room is not None:
                room.renamed(member)

    def follows(self, session: str, doc: str) -> bool:
        """Tell whether a session is told what lands in a document."""
        room = self.live.get(doc)
        return room is not None and session in room.here.members

    def shows(self, client: str, doc: str) -> bool:
        """Tell whether others see where a client is."""
        room = self.live.get(doc)
        return room is not None and client in room.here.presences

    def _perform(self, room: Room, effects: Sequence[RoomEffect]) -> None:
        for effect in effects:
            match effect:
                case Tell() | Share():
                    self._deliver(effect)
                case Commit(step) if self._append_now is not None:
                    self._perform(room, room.committed(self._append_now(step), self._now()))
                case Counted():
                    self._count(effect)
                case Load() | Create() | Fetch() | Commit():
                    if self._append_now is not None and not self._due.slow(room):
                        self._guarded(room, _at_once(self._asked_store(room, effect)))
                    else:
                        self._tasks.start(self._call_store(room, effect))
                case Pause():
                    self._wait(room)
                case SaveSnapshot():
                    self._tasks.start(self._save(room, effect))
                case Log(level, event, facts):
                    getattr(log, level)(event, **facts)
                case _:
                    assert_never(effect)
        if room.ready:
            self._wait(room)

    def _wait(self, room: Room) -> None:
        """Have a room wait for its turn."""
        self._due.add(room)
        if not self._taking:
            self._taking = True
            asyncio.get_running_loop().call_soon(self._take_turns)

    def _take_turns(self) -> None:
        self._due.take(self._turn, self._turns)
        self._taking = bool(self._due)
        if self._taking:
            asyncio.get_running_loop().call_soon(self._take_turns)

    def _turn(self, room: Room) -> None:
        self._guarded(room, room.go_on if room.phase == "composing" else room.turn)

    def _count(self, counted: Counted) -> None:
        if counted.landed:
            self._metrics.operations.count += counted.landed
            self._metrics.batch.observe((counted.landed,))
        for code in counted.rejected:
            self._metrics.rejects.labels(code).inc()
        self._metrics.latency.observe(counted.waited)

    async def _call_store(self, room: Room, effect: Load | Create | Fetch | Commit) -> None:
        try:
            answer = await self._asked_store(room, effect)
            if self._due.slow(room):
                await self._turns.free()
        except StoreUnavailable as error:
            log.warning("store_unavailable", doc=room.doc, reason=str(error))
            self._guarded(room, lambda now: room.failed(False, "the store cannot answer now", now))
        except StoreError as error:
            log.error("store_failed", doc=room.doc, reason=str(error))
            self._guarded(room, lambda now: room.failed(True, "what is stored cannot be read", now))
        except Exception:
            log.exception("store_call_failed", doc=room.doc)
            self._guarded(room, lambda now: room.failed(False, CANNOT_SAY, now))
        else:
            self._guarded(room, answer)

    async def _asked_store(self, room: Room, effect: Load | Create | Fetch | Commit) -> RoomEvent:
        """Make the call; return what hands its answer to the room."""
        store, doc = self._store, room.doc
        match effect:
            case Load():
                stored = await store.load(doc)
                return lambda now: room.loaded(stored, now)
            case Create(doc_type, epoch, snapshot, tag):
                made = await store.create(doc, doc_type, epoch, snapshot, tag)
                return lambda now: room.loaded(made, now)
            case Fetch(clients, older, newer):
                outcomes = await store.outcomes(doc, clients) if clients else {}
                before = await store.entries(doc, after=older[0], until=older[1]) if older else []
                after = await store.entries(doc, after=newer) if newer is not None else []
                return lambda now: room.fetched(outcomes, clients, before, after, now)
            case Commit(step):
                result = await store.append(step)
                return lambda now: room.committed(result, now)
        assert_never(effect)

    def _guarded(self, room: Room, event: RoomEvent) -> None:
        """Carry out one event of a room; a bug in it ends that room and nothing else."""
        began = self._now()
        try:
            self._perform(room, event(began))
        except Exception:
            log.exception("room_failed", doc=room.doc, room=repr(room))
            self._discard(room)
        self._due.noted(room, began)

    def _discard(self, room: Room) -> None:
        """Let go of a room in an unknown state: its sessions open again, from the store."""
        if self.live.get(room.doc) is room:
            del self.live[room.doc]
            self._metrics.rooms.dec()
        self._perform(room, room.abandon(CANNOT_SAY))

    async def _save(self, room: Room, effect: SaveSnapshot) -> None:
        try:
            await self._store.save_snapshot(room.doc, effect.epoch, effect.snapshot)
        except StoreError as error:
            log.warning("snapshot_failed", doc=room.doc, revision=effect.snapshot.revision, reason=str(error))

    async def tick(self) -> None:
        """Do what has time, and let rooms go that nobody is in; others have their turns meanwhile."""
        now = began = self._now()
        for room in list(self.live.values()):
            if self._now() - began > TICK_TURN:
                await asyncio.sleep(0)
                began = self._now()
            self._guarded(room, room.tick)
            if room.idle(now) and self.live.get(room.doc) is room:
                self._perform(room, room.farewell())
                del self.live[room.doc]
                self._metrics.rooms.dec()


def _time() -> float:
    return asyncio.get_running_loop().time()


def _at_once(asked: Coroutine[Any, Any, RoomEvent]) -> RoomEvent:
    """Return the answer of a store that waits for nothing."""
    try:
        asked.send(None)
    except StopIteration as done:
        answer: RoomEvent = done.value
        return answer
    raise AssertionError("a store in memory has nothing to wait for")
