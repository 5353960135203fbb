"""A simulated person's program: a real `ClientState` on simulated wires.

It may keep what is pending where a crash does not reach it: then it comes back as the client that it was.
Otherwise it comes back as a new one, and what had not been acknowledged may be lost.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Final, assert_never

import attrs

from ot import (
    Acknowledged,
    Changed,
    DocumentState,
    HandedBack,
    OpenAgain,
    Pending,
    Repaired,
    Replaced,
    get_type,
)
from transport.client_effects import (
    Answered,
    ClientEffect,
    DocumentChanged,
    DocumentOpened,
    DocumentRefused,
    Drop,
    Retry,
    Stopped,
    Transmit,
)
from transport.client_state import ClientState
from transport.codec import Codec
from transport.framing import framed
from transport.messages import ClientMessage, Hello, ServerMessage, Submit
from transport.simulation.virtual_loop import Schedule
from transport.simulation.virtual_store import Violation
from transport.simulation.wire import BINARY, CLOSE, Wire
from transport.simulation.workload import Token, Workload

ASKED_AGAIN: Final = (1.0, 5.0)
"""Seconds after which somebody asks again for a document that was refused."""


@attrs.define
class Kept:
    """What a client has written down: its name, and what is pending of each document."""

    client: str | None
    resume: str | None
    pending: dict[str, Pending]
    unknown: dict[str, int]


@attrs.define(eq=False)
class SimulatedClient:
    """One client, over all its connections and lives."""

    name: str
    schedule: Schedule
    rng: random.Random
    codec: Codec
    keeps: bool
    dial: Callable[[SimulatedClient], Wire | None]
    """Makes a connection; None: nobody answers."""
    happened: Callable[[SimulatedClient, str, object], None]
    """Called with the document and what happened to it."""
    heard: Callable[[SimulatedClient, ServerMessage], None]
    """Called with each message, before it takes that in."""
    workloads: dict[str, Workload]
    token: Callable[[], str | None] | None = None
    """Gets a fresh token, or None where there is none now; without it everybody is a guest."""
    state: ClientState = attrs.field(init=False)
    wire: Wire | None = None
    asleep: bool = False
    """Offline: it does not dial."""
    life: int = 0
    node: str = ""
    """The server that it has dialled last."""
    last_submit: bytes | None = None
    """The last submission on this connection, for whatever repeats frames."""
    on_leaving: tuple[type[Hello | Submit], Callable[[Wire], None]] | None = None
    """Called once, when the next message of a kind has left."""
    _kept: Kept | None = None

    def __attrs_post_init__(self) -> None:
        self.state = ClientState(random.Random(self.rng.random()))

    def __repr__(self) -> str:
        return f"<{self.name}, life {self.life}, {self.state!r}>"

    # Life.

    def begin(self) -> None:
        """Follow every document, and dial."""
        for doc, workload in self.workloads.items():
            if doc not in self.state.documents:
                self._perform(self.state.follow(doc, workload.doc_type, workload.create))
        self.connect()
        self._tick(self.life)

    def connect(self) -> None:
        """Dial; try again later where nobody answers."""
        if self.asleep or self.wire is not None or self.state.phase == "stopped":
            return
        wire = self.dial(self) if self._has_token() else None
        if wire is None:
            self._lost()
            return
        wire.client = _Dialled(self, wire)
        self.wire, self.last_submit = wire, None
        self._perform(self.state.connected(self.schedule.now))

    def _has_token(self) -> bool:
        """Get a fresh token, where one is asked for; False if there is none now."""
        if self.token is None:
            return True
        fresh = self.token()
        self.state.token = fresh or self.state.token
        return fresh is not None

    def crash(self) -> None:
        """Die and begin again, with what was kept."""
        self._hang_up()
        self.life += 1
        self.state = ClientState(random.Random(self.rng.random()))
        if self.keeps and self._kept is not None:
            self.state.client, self.state.resume = self._kept.client, self._kept.resume
            self.state.unknown = dict(self._kept.unknown)
            for doc, pending in self._kept.pending.items():
                workload = self.workloads[doc]
                kept = DocumentState.restored(get_type(workload.doc_type), self._kept.client or "", pending)
                self.state.follow(doc, workload.doc_type, workload.create, kept)
        self.begin()

    def sleep(self) -> None:
        """Go offline."""
        self.asleep = True
        self.broken()

    def wake(self) -> None:
        """Come online again."""
        self.asleep = False
        self.connect()

    def broken(self) -> None:
        """Give the connection up."""
        if self.wire is not None:
            self._hang_up()
            self._lost()

    def _hang_up(self) -> None:
        wire, self.wire = self.wire, None
        if wire is not None:
            wire.hang_up()

    def _lost(self) -> None:
        self._perform(self.state.lost(self.schedule.now))

    def _connect_later(self, seconds: float, life: int) -> None:
        def connect() -> None:
            if life == self.life:
                self.connect()

        self.schedule.after(seconds, connect)

    def _tick(self, life: int) -> None:
        if life != self.life:
            return
        now = self.schedule.now
        self._perform(self.state.tick(now))
        if self.state.renewal_due(now):
            if self._has_token() and self.state.token is not None:
                self._perform(self.state.renew(self.state.token))
            else:
                self.state.not_renewed(now)
        self.schedule.at(self.state.deadline(self.schedule.now), lambda: self._tick(life))

    # What a person does.

    def opened(self, doc: str) -> DocumentState | None:
        """Return a document, if it has ever been open in this life."""
        followed = self.state.documents.get(doc)
        return None if followed is None else followed.state

    def edit(self, doc: str, token: Token) -> bool:
        """Make one edit; tell whether there was a document to edit."""
        state = self.opened(doc)
        if state is None:
            return False
        op = self.workloads[doc].edit(self.rng, state.snapshot, token)
        group = self.rng.choice((None, "typing"))
        self._perform(self.state.edit(doc, op, group, self.schedule.now))
        return True

    def undo(self, doc: str) -> None:
        """Take back the latest edit."""
        self._perform(self.state.undo(doc, self.schedule.now))

    def redo(self, doc: str) -> None:
        """Do again what was taken back."""
        self._perform(self.state.redo(doc, self.schedule.now))

    def show(self, doc: str) -> None:
        """Move the cursor."""
        state = self.opened(doc)
        if state is not None:
            position = self.workloads[doc].position(self.rng, state.snapshot)
            self._perform(self.state.show(doc, {"cursor": position, "of": self.name}, self.schedule.now))

    def reopen(self, doc: str) -> None:
        """Close a document and open it again at once."""
        self._perform(self.state.unfollow(doc))
        workload = self.workloads[doc]
        self._perform(self.state.follow(doc, workload.doc_type, workload.create))

    # Messages.

    def arrived(self, opcode: int, payload: bytes) -> None:
        """Take in a frame."""
        message = self.codec.decode_server(payload if opcode == BINARY else payload.decode())
        self.heard(self, message)
        self._perform(self.state.received(message, self.schedule.now))

    def _perform(self, effects: Sequence[ClientEffect]) -> None:
        if self.keeps and any(isinstance(effect, Transmit) for effect in effects):
            self._keep()
        for effect in effects:
            match effect:
                case Transmit(message):
                    if self.wire is not None:
                        data = framed(self.codec.encode(message), binary=self.codec.binary)
                        self.wire.to_server(data)
                        self._has_left(self.wire, message, data)
                case Drop():
                    self.broken()
                    return
                case Retry(seconds):
                    self._connect_later(seconds, self.life)
                case Stopped(code, text):
                    raise Violation(f"{self.name} was refused for good: {code}: {text}")
                case DocumentRefused(doc, "access-denied") if self.token is not None:
                    self._refused(doc)
                case DocumentRefused(doc, code, text):
                    raise Violation(f"{self.name} was refused {doc}: {code}: {text}")
                case DocumentOpened(doc):
                    self.happened(self, doc, effect)
                case DocumentChanged(doc, change):
                    self._changed(doc, change)
                case Answered():
                    pass
                case _:
                    assert_never(effect)

    def _refused(self, doc: str) -> None:
        """Ask again after a while for what one may not see now."""
        self._keep()
        life, workload = self.life, self.workloads[doc]

        def ask_again() -> None:
            if life == self.life and doc not in self.state.documents:
                self._perform(self.state.follow(doc, workload.doc_type, workload.create))

        self.schedule.after(self.rng.uniform(*ASKED_AGAIN), ask_again)

    def _has_left(self, wire: Wire, message: ClientMessage, data: bytes) -> None:
        if isinstance(message, Submit):
            self.last_submit = data
        if self.on_leaving is not None and isinstance(message, self.on_leaving[0]):
            (_, then), self.on_leaving = self.on_leaving, None
            then(wire)

    def _changed(self, doc: str, change: object) -> None:
        match change:
            case Acknowledged() | HandedBack() | Repaired() | Replaced() | Changed():
                self.happened(self, doc, change)
            case OpenAgain():
                raise AssertionError("the client state keeps these to itself")

    def _keep(self) -> None:
        pending = {
            doc: followed.state.pending()
            for doc, followed in self.state.documents.items()
            if followed.state is not None
        }
        self._kept = Kept(self.state.client, self.state.resume, pending, dict(self.state.unknown))


@attrs.frozen(eq=False)
class _Dialled:
    """The client's end of one connection."""

    client: SimulatedClient
    wire: Wire

    def arrived(self, opcode: int, payload: bytes) -> None:
        if self.client.wire is not self.wire:
            return
        if opcode == CLOSE:
            self.ended()
        else:
            self.client.arrived(opcode, payload)

    def ended(self) -> None:
        if self.client.wire is self.wire:
            self.client.broken()
