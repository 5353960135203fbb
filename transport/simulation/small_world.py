"""The protocol in a world so small that all that can happen in it can be tried.

Two or three people, with real `ClientState`s, edit one text through one or two nodes, each a real `Room`,
over one `MemoryStore`. Whatever is under way waits in a queue until an action takes it on: a message to a
node or a client, an append to the disk, a frame of a connection that is dead already. Every other action is
a mishap, and each kind of those may happen so many times. Time passes only where nothing else can happen.

A state of it all is a row of numbers, one for each of its parts, since a part is that of thousands of states.
What an event makes of a part is found out once, by the real code on a copy, and known from then on
(`small_parts`).

Left out, since `world` has them: sessions, outboxes, presence, codecs, several documents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

import attrs

from transport.simulation.interning import Interned
from transport.simulation.scopes import Mishaps, Scope
from transport.simulation.small_client import NAMES, Peer
from transport.simulation.small_parts import Parts, Person
from transport.simulation.small_promises import require_durable, require_letters
from transport.simulation.small_server import Disk, Node

MISHAPS: Final = frozenset({"cut", "crash", "restart", "double", "lose", "repeat", "reopen"})
"""Actions that somebody would have to bring about."""

Action: TypeAlias = tuple[Any, ...]
"""What happens, by name, and to whom."""

State: TypeAlias = tuple[int, ...]
"""The numbers of the people, of their lines, of the disk, of the mishaps that are left, and of the nodes."""


class Ghost(NamedTuple):
    """A connection that its client has given up, and the messages that still arrive over it."""

    node: int
    session: str
    messages: tuple[int, ...]


class Line(NamedTuple):
    """One person's connection, and what is on its way over it: messages by their numbers."""

    name: str
    node: int
    connections: int
    up: tuple[int, ...] = ()
    down: tuple[int, ...] = ()
    ghost: Ghost | None = None
    last: int | None = None
    """The last submission that was sent over it, where it may be repeated."""

    @property
    def session(self) -> str:
        return f"{self.name}{self.connections}"


@attrs.define
class Moving:
    """A state taken apart, while something happens to it."""

    people: dict[str, int]
    lines: dict[str, Line]
    disk: int
    left: Mishaps
    nodes: list[int]

    def use(self, mishap: str) -> None:
        """Count a mishap: it may happen once less."""
        self.left = self.left._replace(**{mishap: getattr(self.left, mishap) - 1})


class SmallWorld:
    """All states of a scope: which there are, what may happen in each, and what that leads to."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self._names = NAMES[: len(scope.edits)]
        self._parts = Parts()
        self._lines: Interned[Line] = Interned()
        self._left: Interned[Mishaps] = Interned()
        self._agreed: set[tuple[int, int]] = set()
        """People who hold what is on the disk."""

    def first(self) -> State:
        """Return the state in which both have the document open and nothing else has happened."""
        scope, parts = self.scope, self._parts
        told_all = scope.mishaps.losses == 0
        people = {
            name: parts.person(Peer(name, edits, told_all))
            for name, edits in zip(self._names, scope.edits, strict=True)
        }
        lines = {name: Line(name, 0, 0) for name in self._names}
        nodes = [parts.server(Node()) for _ in range(scope.nodes)]
        moving = Moving(people, lines, parts.disk(Disk()), scope.mishaps, nodes)
        for who in self._names:
            self._connect(moving, who, 0, "begin")
        state = self._together(moving)
        while moves := [one for one in self._under_way(self._apart(state)) if one[0] in ("up", "down")]:
            state = self.after(state, moves[0])
        return state

    # What may happen next.

    def actions(self, state: State) -> list[Action]:
        """Return everything that may happen now."""
        moving = self._apart(state)
        people = {who: self._parts.people[number] for who, number in moving.people.items()}
        going_on = [*self._under_way(moving)]
        going_on += [("edit", who) for who, one in people.items() if one.edits and one.opened]
        busy = bool(going_on) or any(one.edits for one in people.values())
        if not going_on and not self._settled(moving):
            going_on = [("wait", who) for who in self._names]
        if not busy:
            return going_on  # nothing is left that a mishap could hurt
        return [*going_on, *self._cuts(moving), *self._crashes(moving), *self._others(moving, people)]

    def _under_way(self, moving: Moving) -> Iterator[Action]:
        revision = self._revision(moving)
        for node, number in enumerate(moving.nodes):
            server = self._parts.servers[number]
            if server.writes:
                yield "land", node
            if server.hears_from is not None and revision > server.hears_from:
                yield "hint", node
        for who, line in moving.lines.items():
            if line.up:
                yield "up", who
            if line.down:
                yield "down", who
            if line.ghost is not None:
                yield "late", who

    def _cuts(self, moving: Moving) -> Iterator[Action]:
        if not moving.left.cuts:
            return
        for who, line in moving.lines.items():
            for to in range(len(moving.nodes)):
                yield "cut", who, to, False
                if line.up and line.ghost is None and to != line.node:
                    yield "cut", who, to, True

    def _crashes(self, moving: Moving) -> Iterator[Action]:
        if not moving.left.crashes:
            return
        for node, number in enumerate(moving.nodes):
            for to in range(len(moving.nodes)):
                yield "crash", node, to, False
                if self._parts.servers[number].writes:
                    yield "crash", node, to, True

    def _others(self, moving: Moving, people: Mapping[str, Person]) -> Iterator[Action]:
        left, landings = moving.left, self._parts.landings
        for who, person in people.items():
            line = moving.lines[who]
            if left.restarts and person.written_down:
                yield "restart", who
            if left.doubles and line.down and line.down[0] in landings:
                yield "double", who
            if left.losses and len(line.down) > 1 and landings.issuperset(line.down[:2]):
                yield "lose", who
            if left.repeats and line.last is not None:
                yield "repeat", who
            if left.reopens and person.opened:
                yield "reopen", who

    # How it happens.

    def after(self, state: State, action: Action) -> State:
        """Return the state that an action leads to; raise Violation where a part of it breaks a promise."""
        kind, *of = action
        moving = self._apart(state)
        happens: Callable[..., None] = getattr(self, f"_do_{kind}")
        happens(moving, *of)
        return self._together(moving)

    def _do_edit(self, moving: Moving, who: str) -> None:
        self._person(moving, who, "edit")

    def _do_wait(self, moving: Moving, who: str) -> None:
        self._person(moving, who, "wait")

    def _do_up(self, moving: Moving, who: str) -> None:
        line = moving.lines[who]
        moving.lines[who] = line._replace(up=line.up[1:])
        self._server(moving, line.node, "arrive", line.session, line.name, message=line.up[0])

    def _do_late(self, moving: Moving, who: str) -> None:
        line = moving.lines[who]
        assert line.ghost is not None, "late frames come of a ghost"
        node, session, messages = line.ghost
        left = Ghost(node, session, messages[1:]) if messages[1:] else None
        moving.lines[who] = line._replace(ghost=left)
        self._server(moving, node, "arrive", session, line.name, message=messages[0])
        if left is None:
            self._server(moving, node, "leave", session)

    def _do_down(self, moving: Moving, who: str) -> None:
        line = moving.lines[who]
        moving.lines[who] = line._replace(down=line.down[1:])
        self._person(moving, who, "hear", line.down[0])

    def _do_land(self, moving: Moving, node: int) -> None:
        self._server(moving, node, "land")

    def _do_hint(self, moving: Moving, node: int) -> None:
        self._server(moving, node, "hint")

    def _do_cut(self, moving: Moving, who: str, to: int, late: bool) -> None:
        moving.use("cuts")
        line = moving.lines[who]
        if late:
            moving.lines[who] = line._replace(ghost=Ghost(line.node, line.session, line.up))
        else:
            self._server(moving, line.node, "leave", line.session)
        self._connect(moving, who, to, "come_back")

    def _do_crash(self, moving: Moving, node: int, to: int, landed: bool) -> None:
        moving.use("crashes")
        self._server(moving, node, "crash", landed)
        for who, line in moving.lines.items():
            if line.ghost is not None and line.ghost.node == node:
                moving.lines[who] = line._replace(ghost=None)
            if line.node == node:
                self._connect(moving, who, to, "come_back")

    def _do_restart(self, moving: Moving, who: str) -> None:
        """Kill a client; it comes back as what it had written down."""
        moving.use("restarts")
        line = moving.lines[who]
        self._server(moving, line.node, "leave", line.session)
        self._connect(moving, who, line.node, "restart")

    def _do_double(self, moving: Moving, who: str) -> None:
        moving.use("doubles")
        line = moving.lines[who]
        moving.lines[who] = line._replace(down=(line.down[0], *line.down))

    def _do_lose(self, moving: Moving, who: str) -> None:
        moving.use("losses")
        line = moving.lines[who]
        moving.lines[who] = line._replace(down=line.down[1:])

    def _do_repeat(self, moving: Moving, who: str) -> None:
        moving.use("repeats")
        line = moving.lines[who]
        assert line.last is not None, "it has submitted something"
        moving.lines[who] = line._replace(up=(*line.up, line.last))

    def _do_reopen(self, moving: Moving, who: str) -> None:
        moving.use("reopens")
        self._person(moving, who, "reopen")

    def _connect(self, moving: Moving, who: str, to: int, event: str) -> None:
        """Have a person come to a node over a new connection; the hub ends the older of two."""
        line = moving.lines[who]
        ghost = line.ghost
        if ghost is not None and ghost.node == to:
            self._server(moving, to, "leave", ghost.session)
            ghost = None
        moving.lines[who] = Line(line.name, to, line.connections + 1, ghost=ghost)
        self._person(moving, who, event)

    # Its parts.

    def _person(self, moving: Moving, who: str, event: str, message: int | None = None) -> None:
        moving.people[who], sent = self._parts.to_person(moving.people[who], event, message)
        if not sent:
            return
        line = moving.lines[who]
        last = line.last
        if self.scope.mishaps.repeats:
            submitted = [one for one in sent if one in self._parts.submissions]
            last = submitted[-1] if submitted else last
        moving.lines[who] = line._replace(up=line.up + sent, last=last)

    def _server(self, moving: Moving, node: int, event: str, *of: object, message: int | None = None) -> None:
        moving.nodes[node], moving.disk, said = self._parts.to_server(
            moving.nodes[node], moving.disk, event, *of, message=message
        )
        for sessions, told in said:
            for who, line in moving.lines.items():
                if line.session in sessions:
                    moving.lines[who] = line._replace(down=(*line.down, told))

    def _apart(self, state: State) -> Moving:
        names = self._names
        count = len(names)
        people = dict(zip(names, state))  # noqa: B905 (the row goes on with other parts)
        lines = {name: self._lines[number] for name, number in zip(names, state[count:])}  # noqa: B905
        disk, left, *nodes = state[2 * count :]
        return Moving(people, lines, disk, self._left[left], nodes)

    def _together(self, moving: Moving) -> State:
        lines = [self._lines.number(line, line) for line in moving.lines.values()]
        left = self._left.number(moving.left, moving.left)
        return (*moving.people.values(), *lines, moving.disk, left, *moving.nodes)

    def _revision(self, moving: Moving) -> int:
        return len(self._parts.disks[moving.disk].states) - 1

    def _settled(self, moving: Moving) -> bool:
        """Whether both hold all that has landed, and have nothing pending."""
        revision = self._revision(moving)
        return all(self._parts.people[number].settled_at == revision for number in moving.people.values())

    def told(self, state: State) -> str:
        """Return what tells a state from every other, also those of another world of this scope."""
        moving, parts = self._apart(state), self._parts
        people = [parts.people[number].peer.told() for number in moving.people.values()]
        nodes = [parts.servers[number].node.told() for number in moving.nodes]
        lines = [self._told_of_line(line) for line in moving.lines.values()]
        return repr((people, lines, nodes, parts.disks[moving.disk].disk.told(), moving.left))

    def _told_of_line(self, line: Line) -> object:
        ghost = line.ghost and (line.ghost.node, line.ghost.session, self._spelt(line.ghost.messages))
        last = None if line.last is None else self._parts.messages[line.last]
        return line.node, line.session, self._spelt(line.up), self._spelt(line.down), ghost, last

    def _spelt(self, numbers: Sequence[int]) -> list[object]:
        return [self._parts.messages[number] for number in numbers]

    # What has to hold.

    def check(self, state: State) -> None:
        """Check what has to hold of all parts together; raise Violation where it does not."""
        moving = self._apart(state)
        for person in moving.people.values():
            if (person, moving.disk) not in self._agreed:
                require_durable(self._parts.people[person].peer, self._parts.disks[moving.disk])
                self._agreed.add((person, moving.disk))
        if self._settled(moving) and not any(True for _ in self._under_way(moving)):
            people = [self._parts.people[number].peer for number in moving.people.values()]
            require_letters(people, self._parts.disks[moving.disk].states[-1])
