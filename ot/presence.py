"""Where the others are, kept right while the document changes.

A presence is any JSON that its author chose, said at a revision. In an object, the members `cursor` and
`anchor` are positions of the document's type and move with it; everything else is left alone. A cursor
is moved over its author's own operations with side "right" (one types in front of one's cursor) and over
those of others with side "left".

A presence from a later revision than one's own is held back until that revision is there. One from
before the window of recent entries can't be placed any more, and is shown without its positions.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Final

import attrs

from ot.document_type import DocumentType, Json, Operation, Side
from ot.entry import Entry
from ot.errors import InvalidOperation

POSITIONS: Final = ("cursor", "anchor")

WINDOW: Final = 500
"""Entries kept to move late presences over: more than a connection is ever behind without being told
that it lags."""


@attrs.define
class Presences:
    """Everybody else's presence, in positions of the log at `revision`."""

    doc_type: DocumentType
    revision: int
    states: dict[str, Json] = attrs.field(factory=dict)
    _held: dict[str, tuple[int, Json]] = attrs.field(factory=dict)
    _recent: deque[Entry] = attrs.field(factory=lambda: deque(maxlen=WINDOW))

    def heard(self, client: str, revision: int, state: Json) -> None:
        """Take in what somebody said of themselves at `revision`; None: they are gone."""
        self._held.pop(client, None)
        if state is None:
            self.states.pop(client, None)
        elif revision > self.revision:
            self._held[client] = (revision, state)
        elif revision == self.revision or self._reaches_back_to(revision):
            since = (entry for entry in self._recent if entry.revision > revision)
            self.states[client] = moved(self.doc_type, state, client, since)
        else:
            self.states[client] = unplaced(state)

    def replaced(self, presences: Iterable[tuple[str, int, Json]]) -> None:
        """Take in everybody who is there now; whoever is not among them is gone."""
        self.states.clear()
        self._held.clear()
        for client, revision, state in presences:
            self.heard(client, revision, state)

    def landed(self, entry: Entry) -> None:
        """Move everybody over an entry, and let those in who were waiting for its revision."""
        for client, state in self.states.items():
            self.states[client] = moved(self.doc_type, state, client, (entry,))
        self._recent.append(entry)
        self.revision = entry.revision
        for client, (revision, state) in list(self._held.items()):
            if revision <= self.revision:
                self.heard(client, revision, state)

    def restart(self, revision: int) -> None:
        """Forget everybody: the document was opened anew from a snapshot."""
        self.states.clear()
        self._held.clear()
        self._recent.clear()
        self.revision = revision

    def shown(self, pending: Sequence[Operation]) -> dict[str, Json]:
        """Return everybody's presence as it is after one's own pending operations."""
        return {
            client: moved_by(self.doc_type, state, pending, "left") for client, state in self.states.items()
        }

    def _reaches_back_to(self, revision: int) -> bool:
        return bool(self._recent) and self._recent[0].revision - self._recent[0].span <= revision


def moved(doc_type: DocumentType, state: Json, author: str, entries: Iterable[Entry]) -> Json:
    """Return a presence of `author` as it is after `entries`."""
    for entry in entries:
        side: Side = "right" if entry.client == author else "left"
        state = moved_by(doc_type, state, (entry.op,), side)
    return state


def moved_by(doc_type: DocumentType, state: Json, ops: Iterable[Operation], side: Side) -> Json:
    """Return a presence as it is after `ops`; side "right" if they are its author's own."""
    if not isinstance(state, dict) or state.keys().isdisjoint(POSITIONS):
        return state
    changed = dict(state)
    for member in POSITIONS:
        if changed.get(member) is None:
            continue
        try:
            for op in ops:
                changed[member] = doc_type.transform_position(changed[member], op, side)
        except InvalidOperation:
            changed[member] = None  # no position of this type: its author's mistake, and only theirs
    return changed


def unplaced(state: Json) -> Json:
    """Return a presence without positions, for a document that is not the one they were made in."""
    if not isinstance(state, dict):
        return state
    return {member: value for member, value in state.items() if member not in POSITIONS}
