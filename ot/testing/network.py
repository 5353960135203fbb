"""A log and several clients over a network that delays, cuts, and delivers late what was sent before.

Real `RevisionLog`, real `DocumentState`; only the network between them is made up. What happens, happens by
verbs; connections overtake each other freely, and on one connection frames stay in order. The network keeps
the script of the verbs, and a story of what came of each.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import attrs

from ot.bounds import Bounds
from ot.catch_up import Held, Resumed
from ot.decision import Landed, Rejected, Repeated
from ot.document_effects import Effect, HandedBack, OpenAgain
from ot.document_state import DocumentState
from ot.document_type import DocumentType, Operation, Snapshot
from ot.entry import Entry
from ot.errors import RefusedSubmission
from ot.log import RevisionLog
from ot.submission import Position
from ot.testing.frames import Down, Entries, Lagging, NotTaken, Opened, Up, effects_of, in_words
from ot.testing.json_equality import same_json

BOUNDS: Final = Bounds(single_entries=4, carry_cost=60)
"""So narrow that submissions are given up now and then."""

MOST_ROUNDS: Final = 500  # of delivering everything, one frame of each link a round


@attrs.define(eq=False)
class Link:
    """One connection of one client: frames in order, both ways, until it is cut."""

    number: int
    up: deque[Up] = attrs.field(factory=deque)
    down: deque[Down] = attrs.field(factory=deque)
    subscribed: bool = False
    alive: bool = True


@attrs.define(eq=False)
class Network:
    """One document, its log, and clients numbered from 0 that begin with it open."""

    doc_type: DocumentType
    document: Snapshot
    count: int = attrs.field(alias="clients", default=3)
    bounds: Bounds = BOUNDS
    log: RevisionLog = attrs.field(init=False)
    stored: list[Entry] = attrs.field(factory=list, init=False)
    """Every entry that landed, as a store would keep it."""
    clients: list[DocumentState] = attrs.field(factory=list, init=False)
    links: list[Link] = attrs.field(factory=list, init=False)
    dead: list[Link] = attrs.field(factory=list, init=False)
    """Cut connections, whose frames to the log may come late."""
    superseded: int = attrs.field(default=0, init=False)
    script: list[str] = attrs.field(factory=list, init=False)
    story: list[str] = attrs.field(factory=list, init=False)

    def __attrs_post_init__(self) -> None:
        self.log = RevisionLog(self.doc_type, "epoch", self.document, bounds=self.bounds)
        for number in range(self.count):
            state = DocumentState.opened(
                self.doc_type,
                _name(number),
                epoch=self.log.epoch,
                revision=0,
                tag=self.log.tag,
                seq=0,
                snapshot=self.document,
            )
            self.clients.append(state)
            self.links.append(Link(number, subscribed=True))

    # What clients do.

    def edit(self, client: int, op: Operation) -> None:
        """Have a client apply an operation, made on what it shows."""
        self._begins(f"edit({client}, {op!r})", f"{_name(client)} makes {op!r}")
        self._did(client, self.clients[client].edit(op))

    def undo(self, client: int) -> None:
        """Have a client take back its own last edit, if there is one."""
        self._begins(f"undo({client})", f"{_name(client)} takes back its last edit")
        self._did(client, self.clients[client].undo())

    def redo(self, client: int) -> None:
        """Have a client do again what it took back, if there is something."""
        self._begins(f"redo({client})", f"{_name(client)} does again what it took back")
        self._did(client, self.clients[client].redo())

    # What the network does.

    def deliverable(self) -> list[Callable[[], None]]:
        """Return the verbs that would deliver a frame now."""
        late = dict.fromkeys(link.number for link in self.dead if link.up)
        return [
            *(partial(self.deliver_up, link.number) for link in self.links if link.up),
            *(partial(self.deliver_down, link.number) for link in self.links if link.down),
            *(partial(self.deliver_late, client) for client in late),
        ]

    def deliver_up(self, client: int) -> None:
        """Bring the next frame of a client to the log."""
        self._begins(f"deliver_up({client})")
        self._to_log(self.links[client])

    def deliver_down(self, client: int) -> None:
        """Bring the next frame from the log to a client."""
        self._begins(f"deliver_down({client})")
        self._to_client(client)

    def deliver_all(self, client: int) -> None:
        """Bring everything to the log and to a client that is on its way on the client's connection."""
        self._begins(f"deliver_all({client})")
        link = self.links[client]
        while link.up or link.down:
            if link.up:
                self._to_log(link)
            else:
                self._to_client(client)

    def deliver_late(self, client: int) -> None:
        """Bring the oldest frame of a client's dead connections to the log."""
        self._begins(f"deliver_late({client})")
        self._to_log(next(link for link in self.dead if link.number == client and link.up))

    def cut(self, client: int) -> None:
        """Break a connection: what was on its way to the client is gone, the rest may come late."""
        self._begins(f"cut({client})", f"the connection of {_name(client)} breaks, and it connects again")
        self._cut(client)

    def let_lag(self, client: int) -> None:
        """Have the server let go of what a slow reader has not read."""
        link = self.links[client]
        if link.subscribed:
            self._begins(f"let_lag({client})", f"{_name(client)} reads too slowly, and is told so")
            link.subscribed = False
            kept = [frame for frame in link.down if not isinstance(frame, Entries)]
            link.down = deque([*kept, Lagging()])

    def crash(self, client: int) -> None:
        """Kill a client that writes down what is pending before it sends, and start it again."""
        self._begins(f"crash({client})", f"{_name(client)} is killed, and starts with what it had written")
        pending = self.clients[client].pending()
        self._cut(client, opens=False)
        self.clients[client] = DocumentState.restored(self.doc_type, _name(client), pending)
        self._open(client)
        self.clients[client]._check()

    def restart(self) -> None:
        """Kill the server: it starts with its newest snapshot, reading older entries as they are needed."""
        self._begins("restart()", "the server is killed, and starts with what its store holds")
        old = self.log
        self.log = RevisionLog(
            self.doc_type, old.epoch, old.snapshot, old.revision, old.tag, bounds=self.bounds
        )
        for name, outcome in old.outcomes.items():
            self.log.know(name, outcome)
        for link in self.links:
            link.up.clear()  # what a dead process had not read
            self._cut(link.number)

    def settle(self) -> None:
        """Deliver everything until nothing moves."""
        self._begins("settle()", "everything is delivered")
        for _ in range(MOST_ROUNDS):
            late = [link for link in self.dead if link.up]
            if not late and not any(link.up or link.down for link in self.links):
                return
            for link in [*late, *self.links]:
                if link.up:
                    self._to_log(link)
            for number, link in enumerate(self.links):
                if link.down:
                    self._to_client(number)
        raise AssertionError(f"after {MOST_ROUNDS} rounds of delivering something is still on its way")

    # What must hold.

    def check(self) -> None:
        """Assert what has to hold when nothing is on its way."""
        self._begins("check()")
        self._check_log()
        for number, state in enumerate(self.clients):
            shown = f"{_name(number)} shows {state.snapshot!r}, and the log has {self.log.snapshot!r}"
            assert same_json(state.snapshot, self.log.snapshot), shown
            assert state.synchronized, f"{_name(number)} still waits: {state!r}"
            assert state.repairs == 0, f"{_name(number)} had carried its operation to another form"

    def _check_log(self) -> None:
        replayed, last = self.document, dict[str, int]()
        for revision, entry in enumerate(self.stored, 1):
            assert entry.revision == revision, f"revision {entry.revision} comes where {revision} belongs"
            assert entry.seq > last.get(entry.client, 0), f"{entry.client}'s {entry.seq} landed twice"
            last[entry.client] = entry.seq
            replayed = self.doc_type.apply(replayed, entry.op)
        replays = f"the entries of the log lead to {replayed!r}, and its snapshot is {self.log.snapshot!r}"
        assert same_json(replayed, self.log.snapshot), replays

    # The two ends.

    def _begins(self, code: str, words: str | None = None) -> None:
        self.script.append(code)
        if words is not None:
            self.story.append(words)

    def _cut(self, client: int, *, opens: bool = True) -> None:
        link = self.links[client]
        link.alive = link.subscribed = False
        link.down.clear()
        self.dead.append(link)
        self.clients[client].lost()
        self.links[client] = Link(client)
        if opens:
            self._open(client)

    def _open(self, client: int) -> None:
        state = self.clients[client]
        if state.subscription != "opening":
            state.lost()
            self.links[client].up.append(state.opening())

    def _did(self, client: int, effects: Sequence[Effect]) -> None:
        """Carry out what a client's state wants done, and look whether it still holds together."""
        state = self.clients[client]
        for effect in effects:
            assert not isinstance(effect, HandedBack), f"{_name(client)} can't keep its edits: {effect}"
            if isinstance(effect, OpenAgain):
                self._open(client)
        submission = state.to_send()
        if submission is not None:
            self.links[client].up.append(submission)
        self.story[-1] += f"; it shows {state.snapshot!r}"
        state._check()

    def _to_log(self, link: Link) -> None:
        frame, name = link.up.popleft(), _name(link.number)
        if isinstance(frame, Position):
            self.story.append(f"the log hears that {name} opens, with revision {frame.revision}")
            self._answer(link, frame)
            return
        self.story.append(f"the log hears {name}'s {frame.seq}, {frame.op!r} on revision {frame.base}")
        try:
            decision = self.log.submit(frame.base, name, frame.seq, frame.op)
        except RefusedSubmission as refusal:
            self.story[-1] += f": {refusal}"
            link.down.append(NotTaken())
            return
        self.log._check()
        match decision:
            case Landed(entry):
                self.story[-1] += f": it lands as {entry.op!r} at revision {entry.revision}"
                self.stored.append(entry)
                for other in self.links:
                    if other.subscribed:
                        other.down.append(Entries((entry,), self.log.tag))
            case Rejected(outcome) | Repeated(outcome):
                self.story[-1] += f": {outcome.code or 'it has landed before'}"
                self.superseded += outcome.code == "superseded"
                link.down.append(outcome)

    def _answer(self, link: Link, at: Position) -> None:
        name = _name(link.number)
        held = Held(at.epoch, at.revision, at.tag, at.inflight, at.diverged is not None)
        after = self.log.missing_for(at.revision)
        older = () if after is None else self.stored[after : self.log.horizon]
        caught_up = self.log.catch_up(name, held, older)
        if isinstance(caught_up, Resumed) and caught_up.superseded is not None:
            self.superseded += 1
            link.down.append(caught_up.superseded)
        last = self.log.outcomes.get(name)
        seq = 0 if last is None else last.seq
        log = self.log
        link.down.append(Opened(caught_up, log.revision, log.tag, seq, log.epoch, log.snapshot))
        link.subscribed = link.alive

    def _to_client(self, client: int) -> None:
        frame = self.links[client].down.popleft()
        self.story.append(f"{_name(client)} hears {in_words(frame)}")
        self._did(client, effects_of(self.clients[client], frame))


def _name(client: int) -> str:
    return f"c{client}"
