"""Who may do what in a simulated world: what its application says, and what has to follow from that.

The hooks are slow, answer what was so when they were asked, and fail or hang for a while. Whatever is taken
away has to end within `FELT` seconds: no submission lands, nothing of the document is written to whoever may
not open it, and nobody is shown who may not be. Where the servers are told of it, submissions end at once.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import attrs

from ot import Entry
from transport.access import ExpiringIdentity, NotAuthenticated
from transport.actions import ACTIONS, Action
from transport.codec import Codec
from transport.connection import CLOSE_SECONDS
from transport.gatekeeper import CANNOT_TELL
from transport.hub import TICK
from transport.messages import (
    Ack,
    Closed,
    Error,
    Goodbye,
    Identity,
    Opened,
    Operations,
    PresenceChanged,
    ServerMessage,
)
from transport.room import Room
from transport.simulation.virtual_loop import Schedule
from transport.simulation.virtual_store import Violation
from transport.simulation.wire import CLOSE, TEXT, Frames

FELT: Final = 5.0
"""Seconds within which a permission that was taken away is gone."""

MARGIN: Final = 0.1

CHANGING: Final[tuple[Action, ...]] = ("edit", "open", "present")
"""What is taken away during a run."""

UNSETTLED: Final = 10.0
"""Seconds after the last failure of a hook, or the last that the servers were told, in which it may be that
nobody can say what somebody may do."""

HANGS: Final = 10.0
"""Seconds that a hook takes which hangs: more than any server waits for it."""

PATIENCE: Final = 40
"""How many times the slowest write a submission may take from being let in to the disk: it waits for turns
and loses races."""


@attrs.frozen
class DrawnAccess:
    """What a seed decides about it."""

    readers: tuple[bool, ...]
    """Whether each client never may edit."""
    forgetful: tuple[bool, ...]
    """Whether each client never may read the past, and so catches up with compositions only."""
    token_seconds: float
    """How long a token lasts."""
    hook_seconds: tuple[float, float]
    """How long a hook takes to answer."""


@attrs.define(eq=False)
class Permissions:
    """The application of one world, and what it has taken away from whom."""

    drawn: DrawnAccess
    schedule: Schedule
    rng: random.Random
    documents: Sequence[str]
    slowest_write: float
    fail_until: float = 0.0
    hang: bool = False
    """Whether hooks that fail do so by never answering."""
    no_tokens_until: float = 0.0
    unsettled_until: float = 0.0
    """When hooks fail for the last time, or the servers were told to ask again."""
    _may: dict[tuple[str, str], frozenset[Action]] = attrs.field(factory=dict)
    _taken: dict[tuple[str, str, Action], float] = attrs.field(factory=dict)
    """When something was taken away that is away still."""
    _told: dict[tuple[str, str], float] = attrs.field(factory=dict)
    """When every server was told that `edit` is gone."""
    _owners: dict[str, str] = attrs.field(factory=dict)
    """Whose a client id is."""
    hidden: set[tuple[str, str]] = attrs.field(factory=set)
    """Who could not be shown, or see anything, at some time, and in which document."""
    composed: set[tuple[str, str]] = attrs.field(factory=set)
    """Who could not read the past at some time: of what they miss they are told compositions only, even where
    something of theirs landed among it, so that they may carry that otherwise than the log."""

    def __attrs_post_init__(self) -> None:
        for number, (reader, forgetful) in enumerate(
            zip(self.drawn.readers, self.drawn.forgetful, strict=True)
        ):
            never: set[Action] = {"edit"} if reader else set()
            never |= {"read-history"} if forgetful else set()
            for doc in self.documents:
                self._may[f"client {number}", doc] = ACTIONS - never
                if forgetful:
                    self.composed.add((f"client {number}", doc))
                if reader:
                    self._taken[f"client {number}", doc, "edit"] = -FELT
                    self._told[f"client {number}", doc] = -FELT

    # What the application answers.

    def token(self, name: str) -> str | None:
        """Return a fresh token; None where there is none to be had now."""
        if self.schedule.now < self.no_tokens_until:
            return None
        return f"{name}/{self.schedule.now + self.drawn.token_seconds!r}"

    async def authenticate(self, token: str | None) -> Identity:
        """Say who is behind a token."""
        await self._answered()
        name, _, expires = (token or "").partition("/")
        if not expires or float(expires) <= self.schedule.now:
            raise NotAuthenticated("the token has ended")
        return ExpiringIdentity(name, name, expires=float(expires))

    async def authorize(self, identity: Identity, doc: str, action: Action) -> bool:
        """Say what was so when this was asked, which need not be so any more."""
        allowed = action in self._may[identity.id, doc]
        await self._answered()
        return allowed

    async def _answered(self) -> None:
        failing = self.schedule.now < self.fail_until
        await asyncio.sleep(HANGS if failing and self.hang else self.rng.uniform(*self.drawn.hook_seconds))
        if failing:
            raise ConnectionError("of the simulation: the application has no answer")

    # What changes.

    def fails(self, seconds: float, *, hang: bool) -> None:
        """Have every hook fail for a while: at once, or by never answering."""
        self.fail_until, self.hang = self.schedule.now + seconds, hang
        self.unsettled_until = max(self.unsettled_until, self.fail_until)

    def taken_away(self, name: str, doc: str, action: Action, *, told: bool) -> None:
        """Take a permission away; `told`: every server that runs is told at this moment."""
        self._may[name, doc] -= {action}
        self._taken.setdefault((name, doc, action), self.schedule.now)
        if action in ("open", "present"):
            self.hidden.add((name, doc))
        if action in ("open", "read-history"):
            self.composed.add((name, doc))
        if told:
            self.unsettled_until = max(self.unsettled_until, self.schedule.now)
        if action == "edit" and told:
            self._told.setdefault((name, doc), self.schedule.now)

    def given_back(self, name: str, doc: str, action: Action) -> None:
        """Give a permission back."""
        self._may[name, doc] |= {action}
        self._taken.pop((name, doc, action), None)
        if action == "edit":
            self._told.pop((name, doc), None)

    def candidates(self, doc: str, action: Action) -> list[str]:
        """Return who may do something now."""
        return [name for (name, where), may in self._may.items() if where == doc and action in may]

    def looks_on(self, name: str, doc: str) -> bool:
        """Tell whether somebody who may not do everything just looks on, as they mostly do.

        Whoever asks for something is told at once that they may not be here; who is silent has to be found.
        """
        return not self._may[name, doc] >= {"open", "edit", "present"} and self.rng.random() < 0.8

    def settle(self) -> None:
        """Give back what was taken away for a while, and have every hook answer."""
        self.fail_until = self.no_tokens_until = 0.0
        for (name, doc, action), since in list(self._taken.items()):
            if since >= 0.0:
                self.given_back(name, doc, action)

    # What has to follow.

    def welcomed(self, name: str, client: str) -> None:
        """Take in under which client id somebody submits."""
        self._owners[client] = name

    def landed(self, doc: str, entry: Entry) -> None:
        """Check that whoever has landed an entry might do so, or could lately."""
        name, patience = self._owners[entry.client], PATIENCE * self.slowest_write + MARGIN
        told = self._told.get((name, doc))
        if told is not None and self.schedule.now - told > patience:
            raise Violation(f"{entry!r} of {name} landed in {doc}, and the servers knew that it may not")
        for action in ("edit", "open"):
            ago = self._away(name, doc, action)
            if ago > FELT + patience:
                raise Violation(f"{entry!r} of {name} landed in {doc}, without {action!r} for {ago:.1f} s")

    def of_rooms(self, rooms: Iterable[Room]) -> None:
        """Check that nobody stays in a document, or is shown there, who may not."""
        for room in rooms:
            for member in room.here.members.values():
                self._is_there(member.identity, room.doc, "open")
            for presence in room.here.presences.values():
                self._is_there(presence.identity, room.doc, "present")

    def _is_there(self, identity: Identity, doc: str, action: Action) -> None:
        ago = self._away(identity.id, doc, action)
        if ago > FELT + MARGIN:
            raise Violation(f"{identity.id} is still in {doc}, without {action!r} for {ago:.1f} s")

    def _away(self, name: str, doc: str, action: Action) -> float:
        """Return for how long somebody may not do something."""
        since = self._taken.get((name, doc, action))
        return 0.0 if since is None else self.schedule.now - since

    def watch(self, name: str, codec: Codec, ended: Callable[[], bool]) -> Watch:
        """Look at what a server writes to somebody; `ended`: whether it only flushes what was written."""
        return Watch(self, name, codec, ended)


@attrs.define(eq=False)
class Watch:
    """One connection, as far as permissions go."""

    permissions: Permissions
    name: str
    codec: Codec
    ended: Callable[[], bool]
    expires: float | None = None
    """When the last token ends that the application took here; None: there was none yet."""

    async def who_is(self, token: str | None) -> Identity:
        """Say who is behind a token that came over this connection."""
        identity = await self.permissions.authenticate(token)
        assert isinstance(identity, ExpiringIdentity) and identity.expires is not None, "all of them end"
        self.expires = max(self.expires or 0.0, identity.expires)
        return identity

    def wrote(self, data: bytes) -> None:
        """Check whole frames that a server writes."""
        for opcode, payload in Frames().feed(data):
            if opcode != CLOSE:
                self._said(self.codec.decode_server(payload.decode() if opcode == TEXT else payload))

    def _said(self, message: ServerMessage) -> None:
        now, flushing = self.permissions.schedule.now, CLOSE_SECONDS if self.ended() else 0.0
        if isinstance(message, Closed) and message.message == CANNOT_TELL:
            self._nobody_can_tell(message)
        if isinstance(message, Opened | Operations | PresenceChanged | Ack):
            self._may_see(message.doc, FELT + flushing + MARGIN)
            late = now - (self.expires or 0.0)
            if late > TICK + flushing + MARGIN:
                raise Violation(f"{self.name} was told {message!r}, {late:.1f} s after its token had ended")
        elif self.expires is None and not isinstance(message, Error | Goodbye):
            raise Violation(f"{self.name} was told {message!r} before it was known who that is")
        if isinstance(message, PresenceChanged) and message.state is not None:
            who = message.identity.id
            for action in ("open", "present"):
                if self.permissions._away(who, message.doc, action) > FELT + flushing + MARGIN:
                    raise Violation(f"{self.name} was told where {who} is, who may not {action!r}")

    def holds(self) -> None:
        """Check that the connection has not outlived its token; for one whose session goes on."""
        late = self.permissions.schedule.now - (self.expires or self.permissions.schedule.now)
        if late > TICK + MARGIN:
            raise Violation(f"{self.name} is still connected, {late:.1f} s after its token had ended")

    def _nobody_can_tell(self, message: Closed) -> None:
        ago = self.permissions.schedule.now - self.permissions.unsettled_until
        if ago > UNSETTLED:
            raise Violation(f"{self.name} was told {message!r}, and every hook has answered for {ago:.1f} s")

    def _may_see(self, doc: str, until: float) -> None:
        ago = self.permissions._away(self.name, doc, "open")
        if ago > until:
            raise Violation(f"{self.name} is told of {doc}, without 'open' for {ago:.1f} s")
