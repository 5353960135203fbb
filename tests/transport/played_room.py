"""A room whose store answers when the test says so, and what its sessions have heard.

The store is a real one in memory, called without an event loop: nothing in it waits.
"""

from __future__ import annotations

import random
from collections.abc import Coroutine
from typing import Any, TypeAlias, TypeVar

from ot import Bounds, Entry, Operation
from storage import MemoryStore
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
from transport.messages import Closed, Identity, Open, Opened, ServerMessage, SetPresence, Submit
from transport.room import Room

T = TypeVar("T")
Asked: TypeAlias = Load | Create | Fetch | Pause | Commit

BOUNDS = Bounds(carry_cost=200_000, single_entries=1_000)


def now_of(coroutine: Coroutine[Any, Any, T]) -> T:
    """Return what a coroutine that never waits returns."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        value: T = done.value
        return value
    raise AssertionError("it waited")


def member(name: str, session: str | None = None) -> Member:
    return Member(session or f"s-{name}", name, Identity(f"id-{name}", name.title()))


ADA, BOB, CYD = member("ada"), member("bob"), member("cyd")


class PlayedRoom:
    """One room of one node, step by step."""

    def __init__(self, store: MemoryStore | None = None, bounds: Bounds = BOUNDS, seed: int = 1) -> None:
        self.store = store or MemoryStore()
        self.room = Room("notes", bounds, random.Random(seed))
        self.now = 0.0
        self.heard: list[tuple[str, ServerMessage]] = []
        """Session and message, in the order in which they went out."""
        self.asked: Asked | None = None
        """What the room waits for."""
        self.asked_before: list[Asked] = []
        self.logged: list[Log] = []
        self.counted: list[Counted] = []
        self.saved: list[SaveSnapshot] = []

    # What sessions do.

    def open(self, who: Member, **held: Any) -> None:
        self.take(self.room.ask(who, Open("notes", **held), self.now))

    def submit(self, who: Member, base: int, seq: int, op: Operation) -> None:
        self.take(self.room.ask(who, Submit("notes", base, seq, op), self.now))

    def show(self, who: Member, revision: int, state: Any) -> None:
        self.take(self.room.presence(who, SetPresence("notes", revision, state)))

    def leave(self, who: Member) -> None:
        self.take(self.room.leave(who.session, self.now))

    # What the room does.

    def turn(self) -> None:
        """Begin a turn, and stop where it waits for the store."""
        self.take(self.room.turn(self.now))

    def answer(self) -> None:
        """Let the store do what it was asked and say so."""
        asked, self.asked = self.asked, None
        store, room = self.store, self.room
        match asked:
            case Load():
                self.take(room.loaded(now_of(store.load("notes")), self.now))
            case Create(doc_type, epoch, snapshot, tag):
                made = now_of(store.create("notes", doc_type, epoch, snapshot, tag))
                self.take(room.loaded(made, self.now))
            case Fetch(clients, older, newer):
                outcomes = now_of(store.outcomes("notes", clients))
                before = now_of(store.entries("notes", after=older[0], until=older[1])) if older else []
                after = now_of(store.entries("notes", after=newer)) if newer is not None else []
                self.take(room.fetched(outcomes, clients, before, after, self.now))
            case Pause():
                self.take(room.go_on(self.now))
            case Commit(step):
                self.take(room.committed(now_of(store.append(step)), self.now))
            case None:
                raise AssertionError("the room waits for nothing")

    def land_silently(self) -> None:
        """Let the store do a commit whose answer then is lost."""
        assert isinstance(self.asked, Commit)
        now_of(self.store.append(self.asked.step))

    def fail(self, *, broken: bool = False) -> None:
        """Let the store say that it can't."""
        assert self.asked is not None
        self.asked = None
        self.take(self.room.failed(broken, "away", self.now))

    def until_commit(self) -> None:
        """Go on until a step has been handed to the store."""
        self.turn()
        while not isinstance(self.asked, Commit):
            self.answer()

    def settle(self) -> None:
        """Go on until nothing waits."""
        while self.asked is not None or self.room.ready:
            if self.asked is not None:
                self.answer()
            else:
                self.turn()
        self.room._check()

    def take(self, effects: list[RoomEffect]) -> None:
        for effect in effects:
            match effect:
                case Tell(session, message):
                    self.heard.append((session, message))
                case Share(sessions, message):
                    self.heard += [(session, message) for session in sessions]
                case Load() | Create() | Fetch() | Pause() | Commit():
                    assert self.asked is None, f"{effect!r} while {self.asked!r}"
                    self.asked = effect
                    self.asked_before.append(effect)
                case SaveSnapshot():
                    self.saved.append(effect)
                    now_of(self.store.save_snapshot("notes", effect.epoch, effect.snapshot))
                case Log():
                    self.logged.append(effect)
                case Counted():
                    self.counted.append(effect)

    # What was heard.

    def said_to(self, who: Member, kind: type[T]) -> list[T]:
        """Return the messages of one class that a session has heard."""
        return [
            message for session, message in self.heard if session == who.session and isinstance(message, kind)
        ]

    def kinds(self, who: Member) -> list[str]:
        return [type(message).__name__ for session, message in self.heard if session == who.session]

    def followed_by(self, *members: Member) -> None:
        """Let members open the document, and forget what was said about it."""
        for one in members:
            self.open(one, doc_type="text")
        self.settle()
        self.heard.clear()

    def position(self, who: Member) -> dict[str, Any]:
        """Return what a client holds that has taken in the last `opened`."""
        last = self.said_to(who, Opened)[-1]
        return {"epoch": last.epoch, "revision": last.revision, "tag": last.tag}

    def here(self) -> dict[str, Any]:
        """Return what a client holds that has everything."""
        log = self.room.log
        assert log is not None
        return {"epoch": log.epoch, "revision": log.revision, "tag": log.tag}


def landed(room: PlayedRoom, *ops: Operation, by: str = "elsewhere") -> None:
    """Land operations in the store as another node does, each made on what is there."""
    other = PlayedRoom(room.store, seed=2)
    writer = member(by)
    other.open(writer, doc_type="text")
    other.settle()
    (opened,) = other.said_to(writer, Opened)
    for count, op in enumerate(ops, 1):
        other.submit(writer, opened.revision + count - 1, opened.seq + count, op)
    other.settle()


def entries(room: PlayedRoom) -> list[Entry]:
    return now_of(room.store.entries("notes", after=0))


def text(room: PlayedRoom) -> str:
    """Return the document as the store has it: the entries here only insert in front of all."""
    return "".join(entry.op[0] for entry in reversed(entries(room)))


def answers(room: PlayedRoom, session: str) -> int:
    return sum(1 for one, m in room.heard if one == session and isinstance(m, Opened | Closed))


def superseded(room: PlayedRoom) -> None:
    """Have Ada open with something inflight that is too far behind, and stop at the commit."""
    room.followed_by(ADA)
    held = room.here()
    room.leave(ADA)
    landed(room, ["a"], ["b"], ["c"], ["d"])
    room.followed_by(BOB)
    room.submit(BOB, 4, 1, ["e"])
    room.settle()
    room.heard.clear()
    room.open(ADA, inflight=1, **held)
    room.until_commit()
