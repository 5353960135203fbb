"""All rooms and connections of one process, and the I/O that they ask for.

Sessions and rooms say what is to happen; the hub carries it out: it writes to sockets, calls the store,
and hands the store's answers back. Within a turn of the event loop a room's requests are gathered, so
that its turn takes them all; each store call is one task, and a room has at most one that it waits for.
"""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final, assert_never

import structlog

from ot import Bounds
from storage import Store, StoreError, StoreUnavailable
from transport.attendance import Member
from transport.codec import Codec, Frame
from transport.codes import CODE_OF
from transport.connection import Connection
from transport.effects import (
    Ask,
    Commit,
    Counted,
    Create,
    End,
    Fetch,
    Greeted,
    Load,
    Log,
    RoomEffect,
    SaveSnapshot,
    Send,
    SessionEffect,
    Share,
    Tell,
)
from transport.framing import framed
from transport.history import read_history, read_snapshot
from transport.identities import Identities
from transport.limits import Limits
from transport.messages import (
    ClientMessage,
    Close,
    Closed,
    Error,
    Goodbye,
    Hello,
    Identity,
    Lagging,
    Open,
    Opened,
    Operations,
    Ping,
    PresenceChanged,
    ReadHistory,
    ReadSnapshot,
    Renew,
    ServerMessage,
    SetPresence,
    Submit,
)
from transport.metrics import Metrics
from transport.outbox import Outbox
from transport.room import Room
from transport.session import Session

log = structlog.get_logger("counterpoint")

TICK: Final = 1.0
"""Seconds between looks at deadlines: a connection needs no timer of its own."""

DRAIN_RETRY_AFTER: Final = 1.0
"""Seconds that clients wait, and add jitter to, when the server goes away."""

CANNOT_SAY: Final = "the server met an error of its own; it has been logged"
"""What a peer is told of a bug: never more."""


class Hub:
    """Rooms and connections over one store."""

    def __init__(
        self, store: Store, limits: Limits | None = None, *, rng: random.Random | None = None
    ) -> None:
        self.store = store
        self.limits = limits or Limits()
        self.metrics = Metrics()
        self.rooms: dict[str, Room] = {}
        self.connections: dict[str, Connection] = {}
        self.draining = False
        self.ready = False
        self._rng = rng or random.SystemRandom()
        self._identities = Identities(b"")
        self._members: dict[str, Member] = {}
        self._session_of: dict[str, str] = {}
        self._due: dict[str, Room] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._ticking: asyncio.Task[None] | None = None
        self._bounds = Bounds(
            operation_bytes=self.limits.operation_bytes,
            operation_components=self.limits.operation_components,
            document_bytes=self.limits.document_bytes,
            carry_cost=self.limits.carry_budget,
            single_entries=self.limits.catch_up_entries,
        )

    # Life.

    async def start(self) -> None:
        """Open the store and begin; raise StoreError where it cannot be used."""
        await self.store.start()
        self._identities = Identities(await self.store.secret())
        self._ticking = asyncio.create_task(self._tick_for_ever())
        self.ready = True

    async def drain(self, seconds: float = 10.0) -> None:
        """Say goodbye, finish what is queued, close every connection; at most `seconds`."""
        if self.draining:
            return
        self.draining, self.ready = True, False
        deadline = self._now() + seconds
        log.info("draining", sessions=len(self.connections), rooms=len(self.rooms))
        for connection in self.connections.values():
            connection.send(Goodbye("draining", DRAIN_RETRY_AFTER))
        await self._until(lambda: not any(room.busy for room in self.rooms.values()), deadline)
        for connection in list(self.connections.values()):
            text = "the server is going away; come back"
            ended = connection.session.end("draining", text, DRAIN_RETRY_AFTER)
            self._carry_out(connection, ended)
        await self._until(lambda: not self.connections, deadline)
        for connection in list(self.connections.values()):
            connection.transport.abort()

    async def _until(self, reached: Callable[[], bool], deadline: float) -> None:
        """Wait for something that many events lead to: only while draining, so it may look again."""
        while not reached() and self._now() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.01)

    async def close(self) -> None:
        """Drain, keep last snapshots, and close the store."""
        await self.drain()
        if self._ticking is not None:
            self._ticking.cancel()
        for room in self.rooms.values():
            self._perform(room, room.farewell())
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.store.close()

    # Connections.

    def connect(self, codec: Codec, transport: asyncio.Transport) -> Connection:
        """Take a connection in; whatever it says comes through `received`."""
        session = Session(secrets.token_hex(8), codec, self.limits, self._identities, self._rng, self._now())
        outbox = Outbox(self.limits.outbox_lagging_bytes, self.limits.outbox_closed_bytes)
        connection = Connection(session, outbox, transport, self._overflowed)
        self.connections[session.id] = connection
        self.metrics.sessions.inc()
        log.debug("session_connected", session=session.id)
        return connection

    def received(self, connection: Connection, frame: Frame) -> None:
        """Take in one frame of a connection."""
        if self.draining:
            return
        try:
            effects = connection.session.received(frame, self._now())
            self._carry_out(connection, effects)
        except Exception:
            session = connection.session
            log.exception("session_failed", session=session.id, client=session.client)
            self._carry_out(connection, session.end("internal-error", CANNOT_SAY, 1.0))

    def disconnected(self, connection: Connection) -> None:
        """Let a connection go."""
        session = connection.session
        connection.left()
        if self.connections.pop(session.id, None) is None:
            return
        session.ended = True
        self.metrics.sessions.dec()
        self._leave_all(session)
        self._members.pop(session.id, None)
        if session.client is not None and self._session_of.get(session.client) == session.id:
            del self._session_of[session.client]
        log.debug("session_disconnected", session=session.id, client=session.client)

    def _carry_out(self, connection: Connection, effects: Sequence[SessionEffect]) -> None:
        for effect in effects:
            match effect:
                case Send(message):
                    if isinstance(message, Error):
                        self.metrics.errors.labels(message.code).inc()
                    connection.send(message)
                case Greeted(client, identity):
                    self._greeted(connection, client, identity)
                case Ask(message):
                    self._asked(connection, message)
                case End():
                    self._end(connection, effect)
                case _:
                    assert_never(effect)

    def _greeted(self, connection: Connection, client: str, identity: Identity) -> None:
        earlier = self._session_of.get(client)
        if earlier is not None and earlier in self.connections:
            text = "another connection has taken up this client id"
            ghost = self.connections[earlier]
            self._carry_out(ghost, ghost.session.end("replaced", text))
        session = connection.session
        self._session_of[client] = session.id
        self._members[session.id] = Member(session.id, client, identity)
        log.info("session_greeted", session=session.id, client=client)

    def _asked(self, connection: Connection, message: ClientMessage) -> None:
        member = self._members[connection.session.id]
        match message:
            case Open() | Submit():
                room = self._room(message.doc)
                self._perform(room, room.ask(member, message, self._now()))
            case SetPresence():
                room = self._room(message.doc)
                self._perform(room, room.presence(member, message))
            case Close():
                self._leave(member.session, message.doc)
                connection.outbox.forget(message.doc)
            case ReadHistory():
                self._start(self._answer(connection, message, read_history(self.store, message)))
            case ReadSnapshot():
                self._start(self._answer(connection, message, read_snapshot(self.store, message)))
            case Hello() | Renew() | Ping():
                raise AssertionError("the session answers these itself")
            case _:
                assert_never(message)

    def _end(self, connection: Connection, end: End) -> None:
        """Say why, then close. What the session followed goes at once."""
        session, code = connection.session, CODE_OF[end.code]
        assert code.close is not None, f"{code.word} is fatal"
        self.metrics.errors.labels(code.word).inc()
        log.info(
            "session_ended", session=session.id, client=session.client, code=code.word, reason=end.message
        )
        connection.send(Error(code.word, end.message, fatal=True, retry_after=end.retry_after))
        self._leave_all(session)
        self._start(self._closed(connection, code.close, code.word))

    async def _closed(self, connection: Connection, close: int, reason: str) -> None:
        """Close a connection whose session has ended, after what it still has to be told."""
        await connection.close(close, reason)
        self.disconnected(connection)

    def _overflowed(self, connection: Connection) -> None:
        text = "this connection reads so slowly that its outbox is full; come back and catch up"
        log.warning("session_too_slow", session=connection.session.id, bytes=connection.outbox.size)
        connection.outbox.clear()  # it will catch up; what it can still take is why it has to
        self._carry_out(connection, connection.session.end("too-slow", text))

    async def _answer(
        self,
        connection: Connection,
        message: ReadHistory | ReadSnapshot,
        reading: Coroutine[Any, Any, ServerMessage],
    ) -> None:
        try:
            answer = await reading
        except StoreUnavailable as error:
            log.warning("reading_failed", doc=message.doc, reason=str(error))
            text = "the store cannot answer now"
            answer = Error("unavailable", text, False, message.doc, None, message.request, 1.0)
        except StoreError as error:
            log.error("reading_failed", doc=message.doc, reason=str(error))
            answer = Error(
                "revision-gone",
                "what is stored there cannot be read",
                False,
                message.doc,
                None,
                message.request,
            )
        connection.send(answer)

    # Rooms.

    def _room(self, doc: str) -> Room:
        room = self.rooms.get(doc)
        if room is None:
            room = self.rooms[doc] = Room(doc, self._bounds, self._rng)
            self.metrics.rooms.inc()
        return room

    def _leave_all(self, session: Session) -> None:
        for doc in list(session.documents):
            self._leave(session.id, doc)
        session.documents.clear()

    def _leave(self, session: str, doc: str) -> None:
        room = self.rooms.get(doc)
        if room is not None:
            self._perform(room, room.leave(session, self._now()))

    def _perform(self, room: Room, effects: Sequence[RoomEffect]) -> None:
        for effect in effects:
            match effect:
                case Tell():
                    self._tell(effect)
                case Share():
                    self._share(room, effect)
                case Load() | Create() | Fetch() | Commit():
                    self._start(self._call_store(room, effect))
                case SaveSnapshot():
                    self._start(self._save(room, effect))
                case Log(level, event, facts):
                    getattr(log, level)(event, **facts)
                case Counted():
                    self._count(effect)
                case _:
                    assert_never(effect)
        if room.ready and room.doc not in self._due:
            if not self._due:
                asyncio.get_running_loop().call_soon(self._take_turns)
            self._due[room.doc] = room

    def _take_turns(self) -> None:
        due, self._due = self._due, {}
        for room in due.values():
            self._guarded(room, lambda room=room: room.turn(self._now()))  # type: ignore[misc]

    def _tell(self, tell: Tell) -> None:
        connection = self.connections.get(tell.session)
        if connection is None:
            return
        message, session = tell.message, connection.session
        if isinstance(message, Opened):
            session.opened(message.doc)
            connection.outbox.put_opened(message.doc, connection.frame(message))
            connection.wake()
            log.info(
                "document_opened",
                session=session.id,
                client=session.client,
                doc=message.doc,
                revision=message.revision,
                resumed=message.resumed,
            )
            return
        if isinstance(message, Closed):
            session.closed(message.doc)
        elif isinstance(message, Error):
            self.metrics.errors.labels(message.code).inc()
        connection.send(message)

    def _share(self, room: Room, share: Share) -> None:
        """Encode and frame a message once a codec, and queue the same bytes everywhere."""
        frames: dict[str, bytes] = {}
        for session in share.sessions:
            connection = self.connections.get(session)
            if connection is None:
                continue
            codec = connection.session.codec
            frame = frames.get(codec.subprotocol)
            if frame is None:
                frame = framed(codec.encode(share.message), binary=codec.binary)
                frames[codec.subprotocol] = frame
            self._queue(connection, share.message, frame)

    def _queue(self, connection: Connection, message: ServerMessage, frame: bytes) -> None:
        outbox = connection.outbox
        match message:
            case Operations():
                first = message.entries[0]
                behind = outbox.put_operations(message.doc, first.revision - first.span + 1, frame)
                if behind is not None:
                    self.metrics.lagging.inc()
                    session = connection.session
                    log.info(
                        "session_lagging",
                        session=session.id,
                        client=session.client,
                        doc=message.doc,
                        revision=behind,
                    )
                    connection.send(Lagging(message.doc, behind))
            case PresenceChanged():
                outbox.put_presence(message.doc, message.client, frame)
            case _:
                outbox.put(frame)
        connection.wake()

    def _count(self, counted: Counted) -> None:
        if counted.landed:
            self.metrics.operations.inc(counted.landed)
            self.metrics.batch.observe(counted.landed)
        for code in counted.rejected:
            self.metrics.rejects.labels(code).inc()
        for seconds in counted.waited:
            self.metrics.latency.observe(seconds)

    # The store.

    async def _call_store(self, room: Room, effect: Load | Create | Fetch | Commit) -> None:
        try:
            answer = await self._asked_store(room, effect)
        except StoreUnavailable as error:
            log.warning("store_unavailable", doc=room.doc, reason=str(error))
            self._guarded(room, lambda: room.failed(False, "the store cannot answer now", self._now()))
        except StoreError as error:
            log.error("store_failed", doc=room.doc, reason=str(error))
            self._guarded(room, lambda: room.failed(True, "what is stored cannot be read", self._now()))
        except Exception:
            log.exception("store_call_failed", doc=room.doc)
            self._guarded(room, lambda: room.failed(False, CANNOT_SAY, self._now()))
        else:
            self._guarded(room, answer)

    async def _asked_store(
        self, room: Room, effect: Load | Create | Fetch | Commit
    ) -> Callable[[], list[RoomEffect]]:
        """Make the call; return what hands its answer to the room."""
        store, doc = self.store, room.doc
        match effect:
            case Load():
                stored = await store.load(doc)
                return lambda: room.loaded(stored, self._now())
            case Create(doc_type, epoch, snapshot, tag):
                made = await store.create(doc, doc_type, epoch, snapshot, tag)
                return lambda: room.loaded(made, self._now())
            case Fetch(clients, older, newer):
                outcomes = await store.outcomes(doc, clients) if clients else {}
                before = await store.entries(doc, after=older[0], until=older[1]) if older else []
                after = await store.entries(doc, after=newer) if newer is not None else []
                return lambda: room.fetched(outcomes, clients, before, after, self._now())
            case Commit(step):
                result = await store.append(step)
                return lambda: room.committed(result, self._now())
        assert_never(effect)

    def _guarded(self, room: Room, event: Callable[[], list[RoomEffect]]) -> None:
        """Carry out one event of a room; a bug in it ends that room and nothing else."""
        try:
            self._perform(room, event())
        except Exception:
            log.exception("room_failed", doc=room.doc, room=repr(room))
            self._discard(room)

    def _discard(self, room: Room) -> None:
        """Let go of a room in an unknown state: its sessions open again, from the store."""
        if self.rooms.get(room.doc) is room:
            del self.rooms[room.doc]
            self.metrics.rooms.dec()
        self._perform(room, room.abandon(CANNOT_SAY))

    async def _save(self, room: Room, effect: SaveSnapshot) -> None:
        try:
            await self.store.save_snapshot(room.doc, effect.epoch, effect.snapshot)
        except StoreError as error:
            log.warning("snapshot_failed", doc=room.doc, revision=effect.snapshot.revision, reason=str(error))

    # Upkeep.

    async def _tick_for_ever(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            try:
                self._tick()
            except Exception:
                log.exception("tick_failed")

    def _tick(self) -> None:
        now = self._now()
        self.metrics.outbox_bytes.set(sum(c.outbox.size for c in self.connections.values()))
        for connection in list(self.connections.values()):
            self._carry_out(connection, connection.session.tick(now))
        for room in list(self.rooms.values()):
            self._guarded(room, lambda room=room: room.tick(now))  # type: ignore[misc]
            if room.idle(now):
                self._perform(room, room.farewell())
                del self.rooms[room.doc]
                self.metrics.rooms.dec()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
