"""The parts that states of a small world are made of, and what becomes of each by each event.

There are far fewer parts than states. So the real code runs once for each event of each part, on a copy, and
what came of it is kept.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import attrs

from transport.messages import ClientMessage, Operations, ServerMessage, Submit
from transport.simulation.copying import copied
from transport.simulation.interning import Interned
from transport.simulation.small_client import Peer
from transport.simulation.small_server import Disk, Event, Node

Said: TypeAlias = tuple[tuple[tuple[str, ...], int], ...]
"""Messages by their numbers, and the sessions that each is told, in order."""


class Person(NamedTuple):
    """A person, and what of them decides what may happen next."""

    peer: Peer
    edits: int
    opened: bool
    written_down: bool
    settled_at: int | None


class Server(NamedTuple):
    """A node, and what of it decides what may happen next."""

    node: Node
    writes: bool
    hears_from: int | None


class Stored(NamedTuple):
    """A disk, and the text at each of its revisions."""

    disk: Disk
    states: list[str]


@attrs.define
class Parts:
    """Those that have been seen so far."""

    people: Interned[Person] = attrs.field(factory=Interned)
    servers: Interned[Server] = attrs.field(factory=Interned)
    disks: Interned[Stored] = attrs.field(factory=Interned)
    messages: Interned[ClientMessage | ServerMessage] = attrs.field(factory=Interned)
    submissions: set[int] = attrs.field(factory=set)
    """Which messages submit something."""
    landings: set[int] = attrs.field(factory=set)
    """Which messages tell what has landed."""
    _of_people: dict[tuple[object, ...], tuple[int, tuple[int, ...]]] = attrs.field(factory=dict)
    _of_servers: dict[tuple[object, ...], tuple[int, int, Said]] = attrs.field(factory=dict)

    # What happens.

    def to_person(self, person: int, event: str, message: int | None = None) -> tuple[int, tuple[int, ...]]:
        """Return what a person becomes by an event, and the messages that they send."""
        key = person, event, message
        known = self._of_people.get(key)
        if known is None:
            peer = copied(self.people[person].peer)
            happens = getattr(peer, event)
            sent = happens() if message is None else happens(self.messages[message])
            known = self._of_people[key] = self.person(peer), tuple(map(self._message, sent))
        return known

    def to_server(
        self, server: int, disk: int, event: str, *of: object, message: int | None = None
    ) -> tuple[int, int, Said]:
        """Return what a server and the disk become by an event, and what is told to whom."""
        key = server, disk, event, of, message
        known = self._of_servers.get(key)
        if known is None:
            happening = Event(copied(self.servers[server].node), copied(self.disks[disk].disk))
            happens = getattr(happening, event)
            happens(*of) if message is None else happens(*of, self.messages[message])
            said = tuple((tuple(sessions), self._message(one)) for sessions, one in happening.said)
            known = self.server(happening.node), self.disk(happening.disk), said
            self._of_servers[key] = known
        return known

    # What there is.

    def person(self, peer: Peer) -> int:
        """Return the number of a person, who is looked at the first time."""
        peer._check()
        opened, written_down = peer.document is not None, peer.kept is not None
        return self.people.number(
            peer.told(), Person(peer, peer.edits, opened, written_down, peer.settled_at)
        )

    def server(self, node: Node) -> int:
        """Return the number of a node, which is looked at the first time."""
        node._check()
        return self.servers.number(node.told(), Server(node, node.commit is not None, node.hears_from))

    def disk(self, disk: Disk) -> int:
        """Return the number of what is on a disk."""
        return self.disks.number(disk.told(), Stored(disk, disk.states()))

    def _message(self, message: ClientMessage | ServerMessage) -> int:
        number = self.messages.number(repr(message), message)
        if isinstance(message, Submit):
            self.submissions.add(number)
        elif isinstance(message, Operations):
            self.landings.add(number)
        return number
