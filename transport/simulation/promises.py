"""What has to hold in a simulated world, whatever goes wrong.

Told once, a promise stays: an acknowledgement names a revision, and the entry there is the client's own then
and for ever. Whatever a client says that it holds, it holds. What nobody took away is there, once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Final

import attrs

from ot import Acknowledged, DocumentState, Entry, Operation, Snapshot, state_hash
from transport import room as room_module
from transport.messages import Ack, Error, Operations, Reject, ServerMessage
from transport.simulation.node import Node
from transport.simulation.simulated_client import SimulatedClient
from transport.simulation.virtual_store import Disk, Truth, Violation
from transport.simulation.workload import Token, tokens

CLIENT_BUGS: Final = ("seq-reused", "negative-revision", "bad-message")
"""Errors that no client of ours ever gets, whatever befalls it.

`already-open` is none: a `closed` that crosses a close and an open looks like the answer to that open.
"""


@attrs.define(eq=False)
class Promises:
    """What has been told to anybody, and what was typed."""

    disk: Disk
    documents: tuple[str, ...]
    acknowledged: dict[tuple[str, str, int], int] = attrs.field(factory=dict)
    """The revision that each submission was acknowledged at, by document, client and `seq`."""
    typed: dict[str, dict[Token, str]] = attrs.field(factory=dict)
    """Who typed each token, by document."""
    removed: dict[str, set[Token]] = attrs.field(factory=dict)
    """Tokens that somebody took away, or took back: they may be there, or not, or (undone twice) twice."""
    excused: dict[str, set[Token]] = attrs.field(factory=dict)
    """Tokens handed back to their author, or lost in a crash of it: they may be gone."""
    hidden: Collection[tuple[str, str]] = ()
    """Who could not be shown at some time, and in which document: they are again when they move."""
    rewound: bool = False
    """Whether a backup was ever restored: what landed after it may be gone."""

    def __attrs_post_init__(self) -> None:
        for doc in self.documents:
            self.typed[doc], self.removed[doc], self.excused[doc] = {}, set(), set()

    # What is told.

    def acknowledges(self, doc: str, client: str, told: Acknowledged) -> None:
        """Take in an acknowledgement that a client has shown."""
        key = (doc, client, told.seq)
        first = self.acknowledged.setdefault(key, told.revision)
        if first != told.revision:
            raise Violation(f"{key} was acknowledged at revision {first}, now at {told.revision}")
        self._is_there(key, told.revision)

    def answered(self, hearer: SimulatedClient, message: ServerMessage) -> None:
        """Check what a server says: what has landed or was rejected is so for good, nothing is left out."""
        client = hearer.state.client or ""
        match message:
            case Operations(doc, entries):
                self._leads_on(hearer, doc, entries)
            case Ack(doc, seq, revision):
                self._is_there((doc, client, seq), revision)
            case Reject(doc, seq):
                outcome = self.disk.outcome(doc, client)
                if (outcome is None or outcome.seq < seq) and not self.rewound:
                    raise Violation(f"submission {seq} of {client} was rejected, and the disk has {outcome}")
            case Error(code) if code in CLIENT_BUGS and not self.rewound:
                raise Violation(f"{client} was told of a bug of its own: {message}")
            case _:
                pass

    def _leads_on(self, hearer: SimulatedClient, doc: str, entries: Sequence[Entry]) -> None:
        state = hearer.opened(doc)
        if state is None or state.subscription != "open" or self.rewound:
            return
        new = [entry for entry in entries if entry.revision > state.revision]
        if new and new[0].revision - new[0].span != state.revision:
            raise Violation(f"{hearer!r} was told {new[0]!r} of {doc}, and has {state!r}")

    def hold(self) -> None:
        """Check that all that was ever acknowledged is in the log."""
        for key, revision in self.acknowledged.items():
            self._is_there(key, revision)

    def _is_there(self, key: tuple[str, str, int], revision: int) -> None:
        doc, client, seq = key
        truth = self.disk.truth.get(doc)
        entries = [] if truth is None else truth.entries
        if revision > len(entries):
            raise Violation(f"{key} was acknowledged at revision {revision}; the disk is at {len(entries)}")
        entry = entries[revision - 1]
        if (entry.client, entry.seq) != (client, seq):
            raise Violation(f"{key} was acknowledged at revision {revision}, which is {entry!r}")

    def restored(self) -> None:
        """Take in that the disk went back to a backup: what it has not is nobody's promise any more."""
        self.rewound = True
        for key, revision in list(self.acknowledged.items()):
            truth = self.disk.truth.get(key[0])
            entries = [] if truth is None else truth.entries
            if revision > len(entries):
                del self.acknowledged[key]
        for doc, typed in self.typed.items():
            self.excused[doc] |= set(typed) - self._there(doc)

    # What is typed.

    def edited(self, doc: str, author: str, before: Snapshot, after: Snapshot) -> None:
        """Take in what an edit of one's own did to a screen."""
        was, now = set(tokens(before)), set(tokens(after))
        for token in now - was:
            self.typed[doc].setdefault(token, author)
        self.removed[doc] |= was - now

    def handed_back(self, doc: str, ops: Sequence[Operation], view: Snapshot | None, *, kept: bool) -> None:
        """Take in what an author was given back: it may be gone, and nothing else may.

        `kept`: the document is of a type whose edits stand by themselves, so that only the first of them
        may be gone from the author's view.
        """
        there = set(tokens(view))
        for op in ops[1:] if kept else ():
            gone = set(tokens(op)) - there - self.removed[doc]
            if gone:
                raise Violation(f"{sorted(gone)} could have been kept in {doc}: {op!r}")
        for op in ops:
            self.excused[doc] |= set(tokens(op))

    def forgotten(self, doc: str, author: str, view: Snapshot | None) -> None:
        """Excuse what an author may have lost in a crash: what it typed, not in its view or in the log."""
        mine = {token for token, who in self.typed[doc].items() if who == author}
        self.excused[doc] |= mine - (self._there(doc) if view is None else set(tokens(view)))

    def _there(self, doc: str) -> set[Token]:
        truth = self.disk.truth.get(doc)
        return set() if truth is None else set(tokens(truth.states[-1]))

    # What is held.

    def holds(self, doc: str, state: DocumentState) -> None:
        """Check that a client holds what it says that it holds."""
        truth = self.disk.truth.get(doc)
        state._check()
        if truth is None:
            if not self.rewound:
                raise Violation(f"{state!r} of {doc}, which does not exist")
            return
        if not self._same_past(truth, state.epoch, state.revision, state.tag):
            if not self.rewound:
                raise Violation(f"{state!r} of {doc} is of another past than the log")
        elif state_hash(state.base) != state_hash(truth.states[state.revision]):
            raise Violation(
                f"{state!r} of {doc} holds {state.base!r} where the log has {truth.states[state.revision]!r}"
            )

    def _same_past(self, truth: Truth, epoch: str, revision: int, tag: str) -> bool:
        if epoch != truth.epoch or revision > len(truth.entries):
            return False
        return revision == 0 or truth.entries[revision - 1].tag == tag

    def of_node(self, node: Node) -> None:
        """Check that a node is at a past of the disk, and keeps no more than it may."""
        for doc, room in node.hub.rooms.items():
            room._check()
            truth = self.disk.truth.get(doc)
            gone = set(room.here.presences) - {member.client for member in room.here.members.values()}
            if gone:
                raise Violation(f"{room!r} of {node.name} shows {gone}, who are not here")
            if room.log is None or room.phase != "idle":
                continue
            if truth is None or not self._same_past(truth, room.log.epoch, room.log.revision, room.log.tag):
                raise Violation(f"{room!r} of {node.name} is not at a past of the disk")
            if len(room.log.entries) > room_module.WINDOW:
                raise Violation(f"{room!r} of {node.name} keeps {len(room.log.entries)} entries")

    def of_outboxes(self, node: Node, most: int) -> None:
        """Check that no connection which goes on has more waiting than it may."""
        for connection in node.hub.connections.values():
            waiting = connection.outbox._waiting
            if waiting and connection._phase == "open":
                size = sum(len(one.frame) for one in waiting if not one.exempt)
                if size > most:
                    raise Violation(f"{connection.outbox!r} holds {size} bytes, more than {most}")

    # In the end.

    def at_rest(self, clients: Iterable[SimulatedClient]) -> None:
        """Check everything, when nothing is under way any more."""
        self.hold()
        online = list(clients)
        for doc, truth in self.disk.truth.items():
            for client in online:
                state = client.opened(doc)
                if state is None or state.revision != len(truth.entries):
                    raise Violation(f"{client!r} never got to the end of {doc}: {state!r}")
                self.holds(doc, state)
            self._snapshots(doc, truth)
            self._tokens(doc, truth)
            self._people(doc, online)

    def _snapshots(self, doc: str, truth: Truth) -> None:
        for revision, stored in self.disk.memory._documents[doc].snapshots.items():
            if state_hash(stored.snapshot) != state_hash(truth.states[revision]):
                raise Violation(f"the snapshot of {doc} at {revision} is {stored.snapshot!r}")

    def _tokens(self, doc: str, truth: Truth) -> None:
        counted = Counter(tokens(truth.states[-1]))
        for token, author in self.typed[doc].items():
            if token in self.removed[doc]:
                continue
            count = counted[token]
            if count > 1:
                raise Violation(f"token {token} of {author} is in {doc} {count} times")
            if count == 0 and token not in self.excused[doc]:
                raise Violation(f"token {token} of {author} is not in {doc}")

    def _people(self, doc: str, clients: list[SimulatedClient]) -> None:
        """Who shows where they are is seen by everybody on the same node, and nobody else is."""
        for client in clients:
            seen = set(client.state.people(doc))
            others = [
                other
                for other in clients
                if other is not client and other.node == client.node and other.state.documents[doc].shown
            ]
            there = {other.state.client for other in others}
            sure = {other.state.client for other in others if (other.name, doc) not in self.hidden}
            if not sure <= seen <= there:
                raise Violation(f"{client!r} sees {seen} in {doc}, where {there} are")
