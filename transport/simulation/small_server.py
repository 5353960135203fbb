"""A server of a small world, a real `Room` over a `MemoryStore`; only an append takes its time.

Each event is a method of `Event`, which changes a node and a disk, and notes what is told to whom.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from ot import Bounds, Entry, Outcome, RevisionLog
from ot.bridges import _Bridge
from ot.log import _Mark
from storage import Append, Appended, AppendResult, MemoryStore
from transport.attendance import Member
from transport.effects import Commit, Create, Fetch, Load, Log, Pause, RoomEffect, SaveSnapshot, Share, Tell
from transport.messages import Close, Identity, Open, ServerMessage, Submit
from transport.room import Room
from transport.simulation.copying import go_into
from transport.simulation.small_client import BEGIN, DOC, TEXT, Fixed
from transport.simulation.virtual_store import Violation, now

NOW = 0.0
"""Nothing that a room does here depends on the time."""

go_into(_Mark)
go_into(_Bridge)


def fresh_room() -> Room:
    """Return the room of a node that has just started, whose limits are those of a real one."""
    bounds = Bounds(carry_cost=200_000, single_entries=1_000)
    return Room(DOC, bounds, Fixed())  # type: ignore[arg-type]  # all that it asks of it is there


@attrs.define
class Node:
    """One life of one server."""

    room: Room = attrs.field(factory=fresh_room)
    commit: Append | None = None
    """What is on its way to the disk."""

    @property
    def hears_from(self) -> int | None:
        """The revision above which a hint has it read the store; None: it has nobody to read for now."""
        room = self.room
        if room.log is None or room.phase != "idle" or not room.here.members:
            return None
        return room.log.revision

    def _check(self) -> None:
        self.room._check()

    def told(self) -> str:
        """Return what tells this node from every other: all but times, and what follows from the rest."""
        room = self.room
        asked = [(one.member.session, one.message) for one in (*room._turn, *room.waiting)]
        reading = room.phase, room._hinted, room._races, room._epoch, room._older
        here = list(room.here.members), sorted(room._known)
        log = None if room.log is None else _told_of_log(room.log)
        return repr((reading, room.told, asked, room._openings, room._answers, here, log, self.commit))


def _told_of_log(log: RevisionLog) -> object:
    bridges = [(start, one.tag, one.end, one.composition.done) for start, one in log._bridges._kept.items()]
    return log.revision, log.horizon, log.entries, log.tag, sorted_outcomes(log.outcomes), bridges


def sorted_outcomes(outcomes: Mapping[str, Outcome]) -> list[Outcome]:
    """Return outcomes in the order of their clients."""
    return [outcomes[client] for client in sorted(outcomes)]


@attrs.define
class Disk:
    """What is durable."""

    store: MemoryStore = attrs.field(factory=MemoryStore)

    @property
    def entries(self) -> list[Entry]:
        document = self.store._documents.get(DOC)
        return [] if document is None else document.entries

    def states(self) -> list[str]:
        """Return the text at each revision, by applying what landed."""
        states = [BEGIN]
        for entry in self.entries:
            states.append(TEXT.apply(states[-1], entry.op))
        return states

    def take(self, step: Append) -> AppendResult:
        """Land a step, if it is its turn; raise Violation where something has landed twice."""
        before = len(self.entries)
        result = self.store.append_now(step)
        if isinstance(result, Appended):
            keys = [(entry.client, entry.seq) for entry in self.entries]
            for entry in self.entries[before:]:
                if keys.count((entry.client, entry.seq)) > 1:
                    raise Violation(f"{entry!r} has landed twice")
        return result

    def told(self) -> str:
        """Return what tells this from every other."""
        document = self.store._documents.get(DOC)
        if document is None:
            return ""
        return repr((document.entries, sorted_outcomes(document.outcomes)))


@attrs.define
class Event:
    """One thing that happens to one node."""

    node: Node
    disk: Disk
    said: list[tuple[Sequence[str], ServerMessage]] = attrs.field(factory=list)
    """What is told, and to which sessions, in order."""

    def arrive(self, session: str, client: str, message: Any) -> None:
        """Hand the room a message of a session."""
        room = self.node.room
        assert isinstance(message, Open | Submit | Close), f"{message} is for no room"
        if isinstance(message, Close):
            self._carry_out(room.leave(session, NOW))
        else:
            member = Member(session, client, Identity(client, client))
            self._carry_out(room.ask(member, message, NOW))

    def leave(self, session: str) -> None:
        """Have a session go."""
        self._carry_out(self.node.room.leave(session, NOW))

    def land(self) -> None:
        """Put on the disk what is on its way there, and tell the room."""
        result = self._put()
        self._carry_out(self.node.room.committed(result, NOW))

    def hint(self) -> None:
        """Tell the room how far the disk is."""
        self._carry_out(self.node.room.hinted(len(self.disk.entries)))

    def crash(self, landed: bool) -> None:
        """Begin another life, with what was on its way on the disk or not."""
        if landed:
            self._put()
        self.node = Node()

    def _put(self) -> AppendResult:
        step, self.node.commit = self.node.commit, None
        assert step is not None, "something was on its way"
        return self.disk.take(step)

    def _carry_out(self, effects: Sequence[RoomEffect]) -> None:
        """Do what a room wants done, and what it wants done then."""
        room, waiting = self.node.room, list(effects)
        while waiting or room.ready:
            if waiting:
                waiting += self._done(room, waiting.pop(0))
            else:
                waiting += room.turn(NOW)

    def _done(self, room: Room, effect: RoomEffect) -> list[RoomEffect]:
        store = self.disk.store
        match effect:
            case Tell(session, message):
                self.said.append(((session,), message))
            case Share(sessions, message):
                self.said.append((sessions, message))
            case Load():
                return room.loaded(now(store.load(DOC)), NOW)
            case Create(doc_type, epoch, snapshot, tag):
                return room.loaded(now(store.create(DOC, doc_type, epoch, snapshot, tag)), NOW)
            case Fetch():
                return self._fetched(room, effect)
            case Commit(step):
                self.node.commit = step
            case Pause():
                return room.go_on(NOW)
            case Log("error", event, facts):
                raise Violation(f"{event}: {facts}")
            case SaveSnapshot(epoch, kept):
                now(store.save_snapshot(DOC, epoch, kept))
            case _:
                pass
        return []

    def _fetched(self, room: Room, fetch: Fetch) -> list[RoomEffect]:
        store = self.disk.store
        outcomes = now(store.outcomes(DOC, fetch.clients))
        older = fetch.older and now(store.entries(DOC, after=fetch.older[0], until=fetch.older[1]))
        newer = [] if fetch.newer is None else now(store.entries(DOC, after=fetch.newer))
        return room.fetched(outcomes, fetch.clients, older or [], newer, NOW)
