"""The protocol in a world so small that all that can happen in it can be tried.

Two people, with real `ClientState`s, edit one text through two nodes, each a real `Room`, over one
`MemoryStore`. Whatever is under way waits in a queue until an action takes it on: a message to a node or to a
client, an append to the disk, a frame of a connection that is dead already. Every other action is a mishap,
and each kind of those may happen so many times. Time passes only where nothing else can happen.

Left out, since `world` has them: sessions, outboxes, presence, codecs, several documents.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeAlias

import attrs

from ot import (
    Acknowledged,
    Bounds,
    DocumentState,
    HandedBack,
    Json,
    Outcome,
    Repaired,
    get_type,
    state_hash,
)
from ot.log import _Mark
from storage import Append, Appended, MemoryStore
from transport.attendance import Member
from transport.client_effects import ClientEffect, DocumentChanged, DocumentRefused, Stopped, Transmit
from transport.client_state import ClientState
from transport.effects import Commit, Create, Fetch, Load, Log, Pause, RoomEffect, SaveSnapshot, Share, Tell
from transport.limits import Limits
from transport.messages import Close, Error, Hello, Identity, Open, Operations, ServerMessage, Submit, Welcome
from transport.room import Room
from transport.simulation.copying import go_into, share
from transport.simulation.virtual_store import Violation, now

DOC: Final = "doc"
TEXT: Final = get_type("text")
BEGIN: Final = "k"
"""The text as it is made. What is typed are capitals, after or in place of its first letter: there operations
carried one by one and over their composition end differently."""

TICK: Final = 100.0
"""Seconds that pass at once: more than any deadline."""

MISHAPS: Final = frozenset({"cut", "crash", "restart", "double", "lose", "repeat", "reopen"})
"""Actions that somebody would have to bring about."""

Action: TypeAlias = tuple[Any, ...]
"""What happens, by name, and to whom."""


@attrs.frozen
class Scope:
    """How much may happen."""

    name: str
    edits: tuple[int, int]
    """Of each of the two."""
    cuts: int = 0
    """Connections cut; what was on its way to the server may still arrive."""
    crashes: int = 0
    """Of nodes, with an append on its way to the disk or not."""
    restarts: int = 0
    """Of clients, which come back with what they had written down."""
    doubles: int = 0
    """Of what lands, told to a client a second time."""
    losses: int = 0
    """Of what lands, never told to a client that is told what lands next."""
    repeats: int = 0
    """Of submissions, word for word."""
    reopens: int = 0
    """Of documents: closed with what is pending, and opened again."""
    nodes: int = 2


class Fixed:
    """Stands where randomness does."""

    def random(self) -> float:
        return 0.5

    def uniform(self, least: float, most: float) -> float:
        return (least + most) / 2

    def getrandbits(self, bits: int) -> int:
        return 1


share(Fixed)
share(type(TEXT))
go_into(_Mark)


@attrs.define
class Ghost:
    """A connection that its client has given up, and the messages that still arrive over it."""

    node: int
    session: str
    messages: list[Any]


@attrs.define
class Peer:
    """One person: a client, and its connection."""

    name: str
    state: ClientState
    edits: int
    node: int = 0
    connections: int = 0
    up: list[Any] = attrs.field(factory=list)
    down: list[ServerMessage] = attrs.field(factory=list)
    ghost: Ghost | None = None
    last: Submit | None = None
    kept: Any = None
    """What it had written down when a submission last left."""

    @property
    def session(self) -> str:
        return f"{self.name}{self.connections}"

    @property
    def document(self) -> Any:
        """What it holds, None before the first opening."""
        followed = self.state.documents.get(DOC)
        return None if followed is None else followed.state


@attrs.define
class Node:
    """One life of one server."""

    room: Room
    commit: Append | None = None
    """What is on its way to the disk."""


def fresh_room() -> Room:
    """Return the room of a node that has just started, whose limits are those of a real one."""
    bounds = Bounds(carry_cost=200_000, single_entries=1_000)
    return Room(DOC, bounds, Fixed())  # type: ignore[arg-type]  # all that it asks of it is there


@attrs.define
class SmallWorld:
    """A state of it all. `do` makes the next one of it, and raises Violation where a promise is broken."""

    scope: Scope
    peers: list[Peer] = attrs.field(factory=list)
    nodes: list[Node] = attrs.field(factory=list)
    store: MemoryStore = attrs.field(factory=MemoryStore)
    left: dict[str, int] = attrs.field(factory=dict)
    """How often each mishap may still happen."""
    promised: dict[tuple[str, int], int] = attrs.field(factory=dict)
    """The revision that each submission was acknowledged at."""
    typed: dict[str, str] = attrs.field(factory=dict)
    excused: set[str] = attrs.field(factory=set)
    """Letters that may be missing: taken away, or closed with their document before they were sent."""
    time: float = 0.0

    @classmethod
    def begun(cls, scope: Scope) -> SmallWorld:
        """Return the world in which both have the document open and nothing else has happened."""
        world = cls(scope)
        for kind in ("cuts", "crashes", "restarts", "doubles", "losses", "repeats", "reopens"):
            world.left[kind] = getattr(scope, kind)
        world.nodes = [Node(fresh_room()) for _ in range(scope.nodes)]
        for name, edits in zip("ab", scope.edits, strict=True):
            peer = Peer(name, ClientState(Fixed()), edits)  # type: ignore[arg-type]
            peer.state.follow(DOC, "text", BEGIN)
            world.peers.append(peer)
            world._connect(peer, 0)
        while moves := [one for one in world.under_way() if one[0] in ("up", "down")]:
            world.do(moves[0])
        return world

    # What may happen next.

    def actions(self) -> list[Action]:
        """Return everything that may happen now."""
        going_on = [*self.under_way(), *self._edits()]
        if not going_on and not self._settled():
            going_on = [("wait", peer.name) for peer in self.peers]
        return [*going_on, *self._mishaps()]

    def under_way(self) -> Iterator[Action]:
        """Yield what is under way."""
        for number, node in enumerate(self.nodes):
            if node.commit is not None:
                yield "land", number
            log = node.room.log
            behind = log is not None and node.room.phase == "idle" and node.room.here.members
            if behind and log is not None and self._revision > log.revision:
                yield "hint", number
        for peer in self.peers:
            if peer.up:
                yield "up", peer.name
            if peer.down:
                yield "down", peer.name
            if peer.ghost is not None:
                yield "late", peer.name

    def _edits(self) -> Iterator[Action]:
        for peer in self.peers:
            if peer.edits and peer.document is not None:
                yield "edit", peer.name

    def _mishaps(self) -> Iterator[Action]:
        busy = any(True for _ in self.under_way()) or any(peer.edits for peer in self.peers)
        if not busy:
            return  # nothing is left that it could hurt
        others = range(len(self.nodes))
        if self.left["cuts"]:
            for peer in self.peers:
                for number in others:
                    yield "cut", peer.name, number, False
                    if peer.up and peer.ghost is None and number != peer.node:
                        yield "cut", peer.name, number, True
        if self.left["crashes"]:
            for number, node in enumerate(self.nodes):
                for to in others:
                    yield "crash", number, to, False
                    if node.commit is not None:
                        yield "crash", number, to, True
        for peer in self.peers:
            if self.left["restarts"] and peer.kept is not None:
                yield "restart", peer.name
            if self.left["doubles"] and peer.down and isinstance(peer.down[0], Operations):
                yield "double", peer.name
            if self.left["losses"] and [type(one) for one in peer.down[:2]] == [Operations, Operations]:
                yield "lose", peer.name
            if self.left["repeats"] and peer.last is not None:
                yield "repeat", peer.name
            if self.left["reopens"] and peer.document is not None:
                yield "reopen", peer.name

    # How it happens.

    def do(self, action: Action) -> None:
        """Have something happen, and check what has to hold at any time."""
        kind, *of = action
        step: Callable[..., None] = getattr(self, f"_do_{kind}")
        step(*of)
        self._check()

    def _do_edit(self, name: str) -> None:
        peer, letter = self._peer(name), chr(ord("A") + len(self.typed))
        peer.edits -= 1
        self.typed[letter] = name
        before: str = peer.document.snapshot
        op: list[Json] = [letter]
        if before and name == "a":
            op = [1, letter]
        elif before and peer.edits % 2:
            op, self.excused = [{"d": 1}, letter], self.excused | {before[0]}
        self._heard(peer, peer.state.edit(DOC, op, None, self.time))

    def _do_up(self, name: str) -> None:
        peer = self._peer(name)
        self._arrived(peer.node, peer.session, peer, peer.up.pop(0))

    def _do_late(self, name: str) -> None:
        peer = self._peer(name)
        assert peer.ghost is not None, "late frames come of a ghost"
        ghost = peer.ghost
        self._arrived(ghost.node, ghost.session, peer, ghost.messages.pop(0))
        if not ghost.messages:
            peer.ghost = None
            self._leave(ghost.node, ghost.session)

    def _do_down(self, name: str) -> None:
        peer = self._peer(name)
        message = peer.down.pop(0)
        if isinstance(message, Error):
            raise Violation(f"{name} was told {message}")
        self._heard(peer, peer.state.received(message, self.time))

    def _do_land(self, number: int) -> None:
        node = self.nodes[number]
        result = self._appended(node)
        self._said(node, node.room.committed(result, self.time))

    def _do_hint(self, number: int) -> None:
        node = self.nodes[number]
        self._said(node, node.room.hinted(self._revision))

    def _do_wait(self, name: str) -> None:
        peer = self._peer(name)
        self.time += TICK
        if DOC in peer.state.documents:
            self._heard(peer, peer.state._due(peer.state.documents[DOC], self.time))

    def _do_cut(self, name: str, to: int, late: bool) -> None:
        self.left["cuts"] -= 1
        peer = self._peer(name)
        if late:
            peer.ghost = Ghost(peer.node, peer.session, peer.up)
        else:
            self._leave(peer.node, peer.session)
        self._lost(peer, to)

    def _do_crash(self, number: int, to: int, landed: bool) -> None:
        self.left["crashes"] -= 1
        if landed:
            self._appended(self.nodes[number])
        self.nodes[number] = Node(fresh_room())
        for peer in self.peers:
            if peer.ghost is not None and peer.ghost.node == number:
                peer.ghost = None
            if peer.node == number:
                self._lost(peer, to)

    def _do_restart(self, name: str) -> None:
        """Kill a client; it comes back as what it had written down."""
        self.left["restarts"] -= 1
        peer = self._peer(name)
        pending, unknown = peer.kept
        self._excuse(peer)
        self._leave(peer.node, peer.session)
        peer.state = ClientState(Fixed(), None, name, "secret")  # type: ignore[arg-type]
        peer.state.unknown = dict(unknown)
        peer.up, peer.down = [], []
        kept = None if pending is None else DocumentState.restored(TEXT, name, pending)
        peer.state.follow(DOC, "text", BEGIN, kept)
        self._connect(peer, peer.node)

    def _do_double(self, name: str) -> None:
        self.left["doubles"] -= 1
        peer = self._peer(name)
        peer.down.insert(0, peer.down[0])

    def _do_lose(self, name: str) -> None:
        self.left["losses"] -= 1
        self._peer(name).down.pop(0)

    def _do_repeat(self, name: str) -> None:
        self.left["repeats"] -= 1
        peer = self._peer(name)
        peer.up.append(peer.last)

    def _do_reopen(self, name: str) -> None:
        self.left["reopens"] -= 1
        peer = self._peer(name)
        self._excuse(peer)
        self._heard(peer, peer.state.unfollow(DOC))
        self._heard(peer, peer.state.follow(DOC, "text", BEGIN))

    # Clients.

    def _peer(self, name: str) -> Peer:
        return self.peers["ab".index(name)]

    def _excuse(self, peer: Peer) -> None:
        if peer.document is not None:
            self.excused |= {letter for letter, who in self.typed.items() if who == peer.name}

    def _lost(self, peer: Peer, to: int) -> None:
        peer.up, peer.down = [], []
        peer.state.lost(self.time)
        self._connect(peer, to)

    def _connect(self, peer: Peer, to: int) -> None:
        if peer.ghost is not None and peer.ghost.node == to:  # the hub ends the older of two connections
            self._leave(to, peer.ghost.session)
            peer.ghost = None
        peer.node, peer.last = to, None
        peer.connections += 1
        identity = Identity(peer.name, peer.name)
        self._heard(peer, peer.state.connected(self.time))
        welcome = Welcome(peer.name, identity, "secret", 20.0, Limits().sent())
        self._heard(peer, peer.state.received(welcome, self.time))

    def _heard(self, peer: Peer, effects: Sequence[ClientEffect]) -> None:
        """Carry out what a client wants done."""
        if any(isinstance(effect, Transmit) for effect in effects):
            document = peer.document
            peer.kept = (None if document is None else document.pending(), dict(peer.state.unknown))
        for effect in effects:
            match effect:
                case Transmit(Hello()):
                    pass
                case Transmit(message):
                    peer.up.append(message)
                    if isinstance(message, Submit):
                        peer.last = message
                case DocumentChanged(_, Acknowledged(seq, revision)):
                    self._acknowledged(peer.name, seq, revision)
                case DocumentChanged(_, HandedBack() | Repaired() as change):
                    raise Violation(f"{peer.name} of {peer.document!r}: {change}")
                case Stopped() | DocumentRefused():
                    raise Violation(f"{peer.name} was refused: {effect}")
                case _:
                    pass

    # Nodes.

    @property
    def _revision(self) -> int:
        document = self.store._documents.get(DOC)
        return 0 if document is None else document.revision

    def _arrived(self, number: int, session: str, peer: Peer, message: Open | Submit | Close) -> None:
        room = self.nodes[number].room
        if isinstance(message, Close):
            self._said(self.nodes[number], room.leave(session, self.time))
        else:
            member = Member(session, peer.name, Identity(peer.name, peer.name))
            self._said(self.nodes[number], room.ask(member, message, self.time))

    def _leave(self, number: int, session: str) -> None:
        node = self.nodes[number]
        self._said(node, node.room.leave(session, self.time))

    def _appended(self, node: Node) -> Any:
        step, node.commit = node.commit, None
        assert step is not None, "something was on its way"
        document = self.store._documents[DOC]
        before = len(document.entries)
        result = self.store.append_now(step)
        if isinstance(result, Appended):
            keys = [(entry.client, entry.seq) for entry in document.entries]
            for entry in document.entries[before:]:
                if keys.count((entry.client, entry.seq)) > 1:
                    raise Violation(f"{entry!r} has landed twice")
        return result

    def _said(self, node: Node, effects: Sequence[RoomEffect]) -> None:
        """Carry out what a room wants done; only an append takes its time."""
        waiting = list(effects)
        while waiting or node.room.ready:
            if not waiting:
                waiting += node.room.turn(self.time)
                continue
            match waiting.pop(0):
                case Tell(session, message):
                    self._told((session,), message)
                case Share(sessions, message):
                    self._told(sessions, message)
                case Load():
                    waiting += node.room.loaded(now(self.store.load(DOC)), self.time)
                case Create(doc_type, epoch, snapshot, tag):
                    made = now(self.store.create(DOC, doc_type, epoch, snapshot, tag))
                    waiting += node.room.loaded(made, self.time)
                case Fetch() as fetch:
                    waiting += self._fetched(node.room, fetch)
                case Commit(step):
                    node.commit = step
                case Pause():
                    waiting += node.room.go_on(self.time)
                case Log("error", event, facts):
                    raise Violation(f"{event}: {facts}")
                case SaveSnapshot(epoch, kept):
                    now(self.store.save_snapshot(DOC, epoch, kept))

    def _fetched(self, room: Room, fetch: Fetch) -> list[RoomEffect]:
        outcomes = now(self.store.outcomes(DOC, fetch.clients))
        older = fetch.older and now(self.store.entries(DOC, after=fetch.older[0], until=fetch.older[1]))
        newer = [] if fetch.newer is None else now(self.store.entries(DOC, after=fetch.newer))
        return room.fetched(outcomes, fetch.clients, older or [], newer, self.time)

    def _told(self, sessions: Sequence[str], message: ServerMessage) -> None:
        for peer in self.peers:
            if peer.session in sessions:
                peer.down.append(message)

    # What has to hold.

    def _acknowledged(self, client: str, seq: int, revision: int) -> None:
        first = self.promised.setdefault((client, seq), revision)
        if first != revision:
            raise Violation(f"submission {seq} of {client} was acknowledged at {first}, then at {revision}")

    def _check(self) -> None:
        """Check what has to hold at any time."""
        entries = self.store._documents[DOC].entries if DOC in self.store._documents else []
        for (client, seq), revision in self.promised.items():
            there = entries[revision - 1] if revision <= len(entries) else None
            if there is None or (there.client, there.seq) != (client, seq):
                raise Violation(f"submission {seq} of {client} was acknowledged at {revision}: {there!r}")
        states = self._states()
        for peer in self.peers:
            document = peer.document
            if document is None:
                continue
            document._check()
            if document.revision >= len(states):
                raise Violation(f"{peer.name} has seen {document.revision}, which is not on the disk")
            if state_hash(document.base) != state_hash(states[document.revision]):
                raise Violation(f"{peer.name} holds {document.base!r}, not {states[document.revision]!r}")
        for node in self.nodes:
            node.room._check()
        if not any(True for _ in self.under_way()) and self._settled():
            self._check_letters(states[-1])

    def _states(self) -> list[str]:
        states = [BEGIN]
        for entry in self.store._documents[DOC].entries if DOC in self.store._documents else []:
            states.append(TEXT.apply(states[-1], entry.op))
        return states

    def _settled(self) -> bool:
        """Whether both hold all that has landed, and have nothing pending."""
        documents = [peer.document for peer in self.peers]
        return all(
            one is not None
            and one.synchronized
            and one.subscription == "open"
            and one.revision == self._revision
            for one in documents
        )

    def _check_letters(self, text: str) -> None:
        counted = Counter(text)
        for letter in self.typed:
            if counted[letter] > 1 or (not counted[letter] and letter not in self.excused):
                raise Violation(f"{letter!r} is in {text!r} {counted[letter]} times")

    # Which state this is.

    def key(self) -> str:
        """Return what tells this state from every other: all but times, and what follows from the rest."""
        document = self.store._documents.get(DOC)
        stored: object = None
        if document is not None:
            stored = document.entries, sorted(map(_outcome, document.outcomes.values()))
        return repr(
            (
                stored,
                [self._key_of_node(node) for node in self.nodes],
                [self._key_of_peer(peer) for peer in self.peers],
                sorted(self.left.items()),
                sorted(self.promised.items()),
                sorted(self.excused),
            )
        )

    def _key_of_node(self, node: Node) -> object:
        room, log = node.room, node.room.log
        known = None
        if log is not None:
            outcomes = sorted(_outcome(one) for one in log.outcomes.values())
            known = (log.revision, log.horizon, log.entries, outcomes, log.tag)
        asked = [(one.member.session, one.message) for one in (*room._turn, *room.waiting)]
        here = sorted(room.here.members), sorted(room._known)
        return (room.phase, room.told, room._hinted, asked, here, known, node.commit, room._races)

    def _key_of_peer(self, peer: Peer) -> object:
        state, document = peer.state, peer.document
        followed = state.documents.get(DOC)
        held = document and (
            document.revision,
            document.base,
            document.tag,
            document.seq,
            document.inflight,
            document.buffer,
            document.subscription,
        )
        due = followed and (followed.answers_due, followed.reopen_at is None, followed.told)
        wires = (peer.node, peer.session, peer.up, peer.down, peer.ghost, peer.last)
        return (held, due, wires, peer.edits, peer.kept, sorted(state.unknown.items()), state._orphans)


def _outcome(outcome: Outcome) -> tuple[str, int, str, int]:
    return (outcome.client, outcome.seq, outcome.code or "", outcome.revision or 0)
