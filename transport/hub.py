"""All connections of one process, and what they say to the rooms and hear from them.

Sessions and rooms say what is to happen; the hub carries out what sessions say, `Rooms` what rooms say. Every
message of a session goes through the gatekeeper to the room of its document, and what rooms have to tell
comes back through the deliveries.

Invariant: a session that has greeted is in `_members`, and `_session_of` names the one connection that has
its client id.
"""

from __future__ import annotations

import asyncio
import random
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final, assert_never

import attrs

from ot import Bounds
from storage import Store
from storage.events import event_log
from transport.access import Authorize, WhoIs
from transport.access_answers import Answers
from transport.actions import ACTIONS, Action
from transport.attendance import Member
from transport.authentication import Known, NoAnswer, NotKnown, asked_who
from transport.codec import Codec, Frame
from transport.codes import CODE_OF
from transport.connection import Connection
from transport.deliveries import Deliveries
from transport.effects import (
    Ask,
    AskWho,
    Became,
    End,
    Greeted,
    Send,
    SessionEffect,
    Tell,
)
from transport.gatekeeper import HISTORY, NO_HISTORY, Gatekeeper, refusal
from transport.history import answered
from transport.identities import Identities
from transport.identity_rates import IdentityRates
from transport.limits import Limits
from transport.messages import (
    Close,
    Closed,
    DocumentMessage,
    Error,
    Goodbye,
    Identity,
    Open,
    ReadHistory,
    ReadSnapshot,
    SetPresence,
    Submit,
)
from transport.metrics import Metrics
from transport.outbox import Outbox
from transport.room import Room
from transport.rooms import TICK_TURN, Rooms
from transport.session import CANNOT_SAY, Session
from transport.sweep import Sweep
from transport.tasks import Tasks
from transport.turns import Turns

log = event_log()

TICK: Final = 1.0
"""Seconds between looks at deadlines: a connection needs no timer of its own."""

DRAIN_RETRY_AFTER: Final = 1.0
"""Seconds that clients wait, and add jitter to, when the server goes away."""


class Hub:
    """Rooms and connections over one store."""

    def __init__(
        self,
        store: Store,
        limits: Limits | None = None,
        *,
        authorize: Authorize | None = None,
        rng: random.Random | None = None,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.store = store
        self.limits = limits or Limits()
        self.metrics = Metrics(lambda: getattr(store, "syncs", 0))  # of a store that has a disk
        self.connections: dict[str, Connection] = {}
        self.draining = False
        self.ready = False
        self._rng = rng or random.SystemRandom()
        self._wall = wall
        self._identities = Identities(b"")
        self._members: dict[str, Member] = {}
        self._session_of: dict[str, str] = {}
        self.turns = Turns()
        self._tasks = Tasks()
        self._ticking: asyncio.Task[None] | None = None
        bounds = Bounds(
            operation_bytes=self.limits.operation_bytes,
            operation_components=self.limits.operation_components,
            document_bytes=self.limits.document_bytes,
            carry_cost=self.limits.carry_budget,
            single_entries=self.limits.catch_up_entries,
            window_bytes=self.limits.window_bytes,
        )
        self._answers = Answers(authorize, self._now)
        self._gatekeeper = Gatekeeper(self._answers, self._tasks, self._admitted)
        self._rates = IdentityRates(self.limits)
        self._deliveries = Deliveries(
            self.connections, self.metrics, self._gatekeeper, self._send_away, self._failed
        )
        deliver = self._deliveries.deliver
        self._rooms = Rooms(store, bounds, self._rng, self.metrics, self._tasks, deliver)
        self._sweep = Sweep(self.connections, self._members, self._rooms, self._gatekeeper, self._send_away)

    @property
    def rooms(self) -> Mapping[str, Room]:
        """The documents in memory, by name."""
        return self._rooms.live

    # Life.

    async def start(self) -> None:
        """Open the store and begin; raise StoreError where it cannot be used."""
        await self.store.start()
        self._identities = Identities(await self.store.secret())
        self._rooms.start()
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
        await self._until(lambda: not self._rooms.busy, deadline)
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
        self._rooms.farewell()
        await self._tasks.finished()
        await self.store.close()

    def hinted(self, doc: str, revision: int) -> None:
        """Take in that a document may have reached `revision` on another node over the same store.

        A hint that is late, doubled or wrong costs a read; the log is the truth.
        """
        self._rooms.hinted(doc, revision)

    def revoked(self, *, identity: str | None = None, doc: str | None = None) -> None:
        """Ask `authorize` again, at once, about the identity of an id, or about a document.

        Without this a change is noticed within five seconds.
        """
        self._answers.revoked(identity, doc)
        self._sweep.ask_again(waiting=False)

    # Connections.

    def connect(self, codec: Codec, transport: asyncio.Transport, ask_who: WhoIs | None = None) -> Connection:
        """Take a connection in; whatever it says comes through `received`.

        `ask_who` says who is behind a token; without it everybody is a guest.
        """
        key, asks = secrets.token_hex(8), ask_who is not None
        session = Session(key, codec, self.limits, self._identities, self._rng, self._now(), asks)
        outbox = Outbox(self.limits.outbox_lagging_bytes, self.limits.outbox_closed_bytes)
        connection = Connection(session, outbox, transport, self._overflowed, ask_who)
        self.connections[session.id] = connection
        self.metrics.sessions.inc()
        log.debug("session_connected", session=session.id)
        return connection

    def received(self, connection: Connection, frame: Frame) -> None:
        """Take in one frame of a connection."""
        if self.draining:
            return
        try:
            self._carry_out(connection, connection.session.received(frame, self._now()))
        except Exception:
            self._failed(connection)

    def _guarded(self, connection: Connection, event: Callable[[], list[SessionEffect]]) -> None:
        """Carry out one event of a session; a bug in it ends that session and nothing else."""
        try:
            self._carry_out(connection, event())
        except Exception:
            self._failed(connection)

    def _failed(self, connection: Connection) -> None:
        """Log the exception that is being handled, and end the session that it befell."""
        session = connection.session
        log.exception("session_failed", session=session.id, client=session.client)
        self._carry_out(connection, session.end("internal-error", CANNOT_SAY, 1.0))

    def pinged(self, connection: Connection, payload: bytes | None) -> None:
        """Take in a ping of the WebSocket itself, with its payload, or a pong."""
        self._carry_out(connection, connection.session.pinged(self._now()))
        if payload is not None and not connection.session.ended:
            connection.pong(payload)

    async def cut_off(self, connection: Connection, code: str, message: str) -> None:
        """End a connection from which nothing more can be read; return once it is closed."""
        self._carry_out(connection, connection.session.end(code, message))
        await connection.gone()

    def disconnected(self, connection: Connection) -> None:
        """Let a connection go."""
        session = connection.session
        connection.left()
        connection.outbox.clear()
        if self.connections.pop(session.id, None) is None:
            return
        session.ended = True
        self.metrics.sessions.dec()
        self._leave_all(session)
        member = self._members.pop(session.id, None)
        if member is not None and member.rates is not None:
            self._rates.gone(member.rates)
        if session.client is not None and self._session_of.get(session.client) == session.id:
            del self._session_of[session.client]
        log.debug("session_disconnected", session=session.id, client=session.client)

    def _carry_out(self, connection: Connection, effects: Sequence[SessionEffect]) -> None:
        for effect in effects:
            match effect:
                case Ask(message):  # first, since nearly all are
                    self._asked(connection, message)
                case Send(message):
                    if isinstance(message, Error):
                        self.metrics.errors.labels(message.code).inc()
                    connection.send(message)
                case Greeted(client, identity):
                    if not self._greeted(connection, client, identity):
                        return
                case AskWho(token):
                    self._tasks.start(self._introduce(connection, token))
                case Became(identity):
                    self._became(connection, identity)
                case End():
                    self._end(connection, effect)
                case _:
                    assert_never(effect)

    def _greeted(self, connection: Connection, client: str, identity: Identity) -> bool:
        """Let a connection take up a client id; False if a later one has it, and this one is ended.

        Of two, the one that was made later counts, whichever says `hello` first: the hello of a connection
        that is dead already must not end the one that the client has made since.
        """
        session, other = connection.session, self.connections.get(self._session_of.get(client, ""))
        if other is not None:
            late = other.session.connected_at > session.connected_at
            ghost = connection if late else other
            text = "another connection has taken up this client id"
            self._carry_out(ghost, ghost.session.end("replaced", text))
            if late:
                return False
        self._session_of[client] = session.id
        rates = self._rates.come(identity.id)
        self._members[session.id] = Member(session.id, client, identity, rates)
        if session.asks:
            session.together = rates
        log.info("session_greeted", session=session.id, client=client, identity=identity.id)
        return True

    async def _introduce(self, connection: Connection, token: str | None) -> None:
        """Ask who is behind a token, and tell the session."""
        session = connection.session
        assert connection.ask_who is not None, "a session asks only where somebody answers"
        match await asked_who(connection.ask_who, token, self._wall):
            case Known(identity, expires):
                self._guarded(connection, lambda: session.authenticated(identity, expires, self._now()))
            case NotKnown(reason):
                self._guarded(connection, lambda: session.refused(reason))
            case NoAnswer():
                self._guarded(connection, session.unanswered)

    def _became(self, connection: Connection, identity: Identity) -> None:
        """Call a session's identity otherwise; what it may do is asked for from here on."""
        before = self._members[connection.session.id]
        self._answers.renewed(before.identity, identity)
        member = attrs.evolve(before, identity=identity)
        self._members[member.session] = member
        self._rooms.renamed(member, connection.session.documents)
        self._sweep.ask_again(waiting=False)

    def _asked(self, connection: Connection, message: DocumentMessage) -> None:
        if isinstance(message, Submit) and self._answers.everything:  # spares 3 of 4 microseconds
            self._rooms.ask(self._members[connection.session.id], message, ACTIONS)
            return
        if connection.unheard and isinstance(message, Open | ReadHistory | ReadSnapshot):
            return  # a peer that has gone may have sent dozens, each of whose answers is a whole document
        self._gatekeeper.take(connection, message)

    def _admitted(
        self, connection: Connection, message: DocumentMessage, allowed: frozenset[Action] | None
    ) -> None:
        """Take in a message whose sender may do what is `allowed`; None: nobody can say."""
        self._guarded(connection, lambda: self._decided(connection, message, allowed))

    def _decided(
        self, connection: Connection, message: DocumentMessage, allowed: frozenset[Action] | None
    ) -> list[SessionEffect]:
        refused = refusal(message, allowed)
        if isinstance(message, ReadHistory | ReadSnapshot) and refused is not None:
            connection.session.read()
        if isinstance(refused, Error):
            return [Send(refused)]
        if isinstance(refused, Closed):
            self._send_away(connection, refused)
        else:
            self._handed_on(connection, message, allowed or frozenset())
        return []

    def _send_away(self, connection: Connection, closed: Closed) -> None:
        """End a session's subscription, and its open if that has no answer yet; it is told once."""
        session = connection.session
        connection.outbox.forget(closed.doc)
        self._rooms.expel(session.id, closed)
        if closed.doc in session.documents or session.owes_closed_one(closed.doc):
            self._deliveries.tell(Tell(session.id, closed))
        log.info(
            "session_sent_away", session=session.id, client=session.client, doc=closed.doc, code=closed.code
        )

    def _handed_on(
        self, connection: Connection, message: DocumentMessage, allowed: frozenset[Action]
    ) -> None:
        member = self._members[connection.session.id]
        match message:
            case Open() | Submit():
                self._rooms.ask(member, message, allowed)
            case SetPresence():
                self._rooms.show(member, message)
            case Close():
                self._rooms.leave(member.session, message.doc)
                connection.outbox.forget(message.doc)
            case ReadHistory() | ReadSnapshot():
                self._tasks.start(self._read(connection, message))
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
        self._tasks.start(self._closed(connection, code.close, code.word))

    async def _closed(self, connection: Connection, close: int, reason: str) -> None:
        """Close a connection whose session has ended, after what it still has to be told."""
        await connection.close(close, reason)
        self.disconnected(connection)

    def _overflowed(self, connection: Connection) -> None:
        text = "this connection reads so slowly that its outbox is full; come back and catch up"
        log.warning("session_too_slow", session=connection.session.id, bytes=connection.outbox.size)
        connection.outbox.clear()  # it will catch up; what it can still take is why it has to
        self._carry_out(connection, connection.session.end("too-slow", text))

    async def _read(self, connection: Connection, message: ReadHistory | ReadSnapshot) -> None:
        answer = await answered(self.store, message)
        identity = connection.session.identity
        if identity is None or not await self._gatekeeper.allowed(identity, message.doc, HISTORY):
            answer = Error("not-allowed", NO_HISTORY, False, message.doc, None, message.request)
        connection.session.read()
        if not connection.unheard:
            connection.answer(answer)

    def _leave_all(self, session: Session) -> None:
        for doc in list(session.documents):
            self._rooms.leave(session.id, doc)
        session.documents.clear()

    # Upkeep.

    async def _tick_for_ever(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            try:
                await self._tick()
            except Exception:
                log.exception("tick_failed")

    async def _tick(self) -> None:
        now = began = self._now()
        self.metrics.outbox_bytes.set(sum(c.outbox.size for c in self.connections.values()))
        for connection in list(self.connections.values()):
            self._carry_out(connection, connection.session.tick(now))
            if self._now() - began > TICK_TURN:  # thousands may have come, and run out of time, together
                await asyncio.sleep(0)
                began = self._now()
        if not self._answers.everything:
            self._answers.forget()
            self._sweep.look_after()
            self._sweep.ask_again()
        self._rates.forget(now)
        await self._rooms.tick()

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
