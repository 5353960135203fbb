"""What goes over the wires of the kit's network, and what a client makes of it."""

from __future__ import annotations

from typing import TypeAlias

import attrs

from ot.catch_up import CatchUp, Restarted, Resumed
from ot.document_effects import Effect, OpenAgain
from ot.document_state import DocumentState
from ot.document_type import Snapshot
from ot.entry import Entry, Outcome
from ot.submission import Position, Submission


@attrs.frozen
class Opened:
    """The answer to an `open`."""

    caught_up: CatchUp
    revision: int
    tag: str
    seq: int
    epoch: str
    snapshot: Snapshot


@attrs.frozen
class Entries:
    """What landed, for all who have the document open."""

    entries: tuple[Entry, ...]
    tag: str


@attrs.frozen
class Lagging:
    """The client has not read for too long."""


@attrs.frozen
class NotTaken:
    """The log cannot decide the submission: the client has to open again."""


Up: TypeAlias = Position | Submission
Down: TypeAlias = Opened | Entries | Outcome | Lagging | NotTaken


def effects_of(state: DocumentState, frame: Down) -> list[Effect]:
    """Give a frame to a client's state, as whoever reads a socket does."""
    match frame:
        case Opened(Resumed(entries, fate), revision, tag, seq):
            return state.resumed(revision=revision, tag=tag, seq=seq, entries=entries, fate=fate)
        case Opened(Restarted(_, fate), revision, tag, seq, epoch, snapshot):
            return state.restarted(
                epoch=epoch, revision=revision, tag=tag, seq=seq, snapshot=snapshot, fate=fate
            )
        case Entries(entries, tag):
            return state.received(entries, tag)
        case Outcome(seq=seq, code=str(code), message=message):
            return state.rejected(seq, code, message)
        case Outcome(seq=seq):
            return state.acknowledged(seq)
        case Lagging():
            return state.lagging()
        case _:
            return [OpenAgain("not taken")]


def in_words(frame: Down) -> str:
    """Say what a client hears."""
    match frame:
        case Entries((entry, *_)):
            return f"of revision {entry.revision}"
        case Outcome(seq=seq, code=code):
            return f"of its {seq}: {code or 'it has landed before'}"
        case Opened(caught_up, revision):
            how = "a snapshot" if isinstance(caught_up, Restarted) else f"{len(caught_up.entries)} entries"
            return f"that the log is at {revision}, and gets {how}"
        case _:
            return "that it has to open again"
