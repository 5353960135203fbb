"""A person of a small world, with a real `ClientState`; what it sends waits to be put on the wire.

Each method is one event, and returns the messages that leave. Time passes for each person alone, and only in
`wait`.
"""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_uppercase
from typing import Any, Final

import attrs

from ot import Acknowledged, DocumentState, HandedBack, Json, Repaired, get_type
from transport.client_effects import ClientEffect, DocumentChanged, DocumentRefused, Stopped, Transmit
from transport.client_state import ClientState
from transport.limits import Limits
from transport.messages import ClientMessage, Error, Hello, Identity, Operations, ServerMessage, Welcome
from transport.simulation.copying import share
from transport.simulation.virtual_store import Violation

DOC: Final = "doc"
TEXT: Final = get_type("text")
BEGIN: Final = "k"
"""The text as it is made. What is typed are capitals, after or in place of its first letter: there operations
carried one by one and over their composition end differently."""

NAMES: Final = "abc"
LETTERS: Final = {name: ascii_uppercase[number :: len(NAMES)] for number, name in enumerate(NAMES)}
"""What each types, in this order."""

TICK: Final = 100.0
"""Seconds that pass at once: more than any deadline."""

WELCOMES: Final = {
    name: Welcome(name, Identity(name, name), "secret", 20.0, Limits().sent()) for name in NAMES
}


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


@attrs.define
class Peer:
    """One person: what they still have to type, their client, and what that was told."""

    name: str
    edits: int
    told_all: bool = True
    """Whether nothing that it is told is lost."""
    state: ClientState = attrs.field(factory=lambda: ClientState(Fixed()))  # type: ignore[arg-type]
    typed: str = ""
    excused: frozenset[str] = frozenset()
    """Letters that may be missing: taken away, or closed with their document before they were sent."""
    promised: dict[int, int] = attrs.field(factory=dict)
    """The revision that each submission was acknowledged at."""
    kept: Any = None
    """What it had written down when a message last left."""
    clock: float = 0.0

    @property
    def document(self) -> DocumentState | None:
        """What it holds, None before the first opening."""
        followed = self.state.documents.get(DOC)
        return None if followed is None else followed.state

    @property
    def settled_at(self) -> int | None:
        """The revision that it holds with nothing pending; None where something is."""
        document = self.document
        if document is None or not document.synchronized or document.subscription != "open":
            return None
        return document.revision

    # What happens.

    def begin(self) -> list[ClientMessage]:
        """Want the document, and connect."""
        self.state.follow(DOC, "text", BEGIN)
        return self._connect()

    def edit(self) -> list[ClientMessage]:
        """Type the next letter."""
        document = self.document
        assert document is not None, "only what is open is edited"
        letter = LETTERS[self.name][len(self.typed)]
        self.typed, self.edits = self.typed + letter, self.edits - 1
        before: str = document.snapshot
        op: list[Json] = [letter]
        if before and self.name == "a":
            op = [1, letter]
        elif before and self.edits % 2:
            op, self.excused = [{"d": 1}, letter], self.excused | {before[0]}
        return self._carried_out(self.state.edit(DOC, op, None, self.clock))

    def hear(self, message: ServerMessage) -> list[ClientMessage]:
        """Take in a message."""
        if isinstance(message, Error):
            raise Violation(f"{self.name} was told {message}")
        if isinstance(message, Operations) and self.told_all:
            self._require_no_gap(message)
        return self._carried_out(self.state.received(message, self.clock))

    def wait(self) -> list[ClientMessage]:
        """Let every deadline pass."""
        self.clock += TICK
        followed = self.state.documents.get(DOC)
        return [] if followed is None else self._carried_out(self.state._due(followed, self.clock))

    def come_back(self) -> list[ClientMessage]:
        """Lose the connection, and make another."""
        self.state.lost(self.clock)
        return self._connect()

    def restart(self) -> list[ClientMessage]:
        """Die, and begin with what was written down."""
        pending, unknown = self.kept
        self._excuse()
        self.state = ClientState(Fixed(), None, self.name, "secret")  # type: ignore[arg-type]
        self.state.unknown = dict(unknown)
        kept = None if pending is None else DocumentState.restored(TEXT, self.name, pending)
        self.state.follow(DOC, "text", BEGIN, kept)
        return self._connect()

    def reopen(self) -> list[ClientMessage]:
        """Close the document with what is pending, and open it again."""
        self._excuse()
        closed = self._carried_out(self.state.unfollow(DOC))
        return closed + self._carried_out(self.state.follow(DOC, "text", BEGIN))

    def _excuse(self) -> None:
        if self.document is not None:
            self.excused |= set(self.typed)

    def _connect(self) -> list[ClientMessage]:
        hello = self._carried_out(self.state.connected(self.clock))
        return hello + self._carried_out(self.state.received(WELCOMES[self.name], self.clock))

    def _carried_out(self, effects: Sequence[ClientEffect]) -> list[ClientMessage]:
        """Take in what the client wants done; return what it sends."""
        sent = [effect.message for effect in effects if isinstance(effect, Transmit)]
        if sent:
            document = self.document
            self.kept = (None if document is None else document.pending(), dict(self.state.unknown))
        for effect in effects:
            match effect:
                case DocumentChanged(_, Acknowledged(seq, revision)):
                    self._acknowledged(seq, revision)
                case DocumentChanged(_, HandedBack() | Repaired() as change):
                    raise Violation(f"{self.name} of {self.document!r}: {change}")
                case Stopped() | DocumentRefused():
                    raise Violation(f"{self.name} was refused: {effect}")
                case _:
                    pass
        return [message for message in sent if not isinstance(message, Hello)]

    def _acknowledged(self, seq: int, revision: int) -> None:
        first = self.promised.setdefault(seq, revision)
        if first != revision:
            raise Violation(
                f"submission {seq} of {self.name} was acknowledged at {first}, then at {revision}"
            )

    def _require_no_gap(self, message: Operations) -> None:
        document = self.document
        if document is None or document.subscription != "open" or self.state._orphans.get(DOC, 0):
            return
        new = [entry for entry in message.entries if entry.revision > document.revision]
        if new and new[0].revision - new[0].span != document.revision:
            raise Violation(f"{self.name} was told {new[0]!r}, and has {document!r}")

    # What it is.

    def _check(self) -> None:
        """Assert what has to hold of it, whatever the others do."""
        if self.document is not None:
            self.document._check()

    def told(self) -> str:
        """Return what tells this person from every other: all but times, and what follows from the rest."""
        state, document = self.state, self.document
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
        due = followed and (
            followed.answers_due,
            followed.reopen_at is None,
            followed.sent_at is None,
            followed.overdue(self.clock),
            followed.hold_until > self.clock,
            followed.told,
        )
        beside = sorted(state.unknown.items()), sorted(state._orphans.items())
        mine = self.edits, self.typed, sorted(self.excused), sorted(self.promised.items())
        return repr((self.name, held, due, beside, mine, self.kept))
