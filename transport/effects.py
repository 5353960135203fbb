"""What sessions and rooms ask the I/O around them to do.

Values only: the same ones are carried out by the hub under aiohttp and by a simulation.
"""

from __future__ import annotations

from typing import TypeAlias

import attrs

from ot import Snapshot
from ot.values import value
from storage import Append, StoredSnapshot
from transport.messages import DocumentMessage, Identity, ServerMessage

# Of rooms.


@value
class Tell:
    """Send one message to one session."""

    session: str
    message: ServerMessage


@value
class Share:
    """Send one message, encoded once a codec, to several sessions."""

    sessions: tuple[str, ...]
    message: ServerMessage


@attrs.frozen
class Load:
    """Read the document; answer with `loaded` or `failed`."""


@attrs.frozen
class Create:
    """Make the document; answer with `loaded` or `failed`."""

    doc_type: str
    epoch: str
    snapshot: Snapshot
    tag: str


@attrs.frozen
class Fetch:
    """Read what a turn needs beyond what is in memory; answer with `fetched` or `failed`."""

    clients: tuple[str, ...]
    """Whose last outcomes to read."""
    older: tuple[int, int] | None
    """Entries above the first revision, up to the second."""
    newer: int | None
    """Entries above this revision, that another node may have put there."""


@attrs.frozen
class Pause:
    """Let others have their turn; answer with `go_on`."""


@value
class Commit:
    """Put a step into the log; answer with `committed` or `failed`."""

    step: Append


@attrs.frozen
class SaveSnapshot:
    """Keep a snapshot. Nothing waits for it, and where it fails the next one is as good."""

    epoch: str
    snapshot: StoredSnapshot


@attrs.frozen
class Log:
    """Tell the operator something."""

    level: str
    event: str
    facts: dict[str, object]


@value
class Counted:
    """A step is in the store: how long its submissions waited (seconds), and what became of them."""

    landed: int
    rejected: tuple[str, ...]
    waited: tuple[float, ...]


RoomEffect: TypeAlias = Tell | Share | Load | Create | Fetch | Pause | Commit | SaveSnapshot | Log | Counted

# Of sessions.


@attrs.frozen
class Send:
    """Send one message on this connection."""

    message: ServerMessage


@attrs.frozen
class Greeted:
    """The connection has a client id and an identity: a live one of the same client ends first."""

    client: str
    identity: Identity


@attrs.frozen
class AskWho:
    """Ask who is behind a token; answer with `authenticated`, `refused` or `unanswered`."""

    token: str | None = attrs.field(repr=False)


@attrs.frozen
class Became:
    """The same identity, as a renewed token has it: its name, and what it may do, may have changed."""

    identity: Identity


@value
class Ask:
    """Hand a message to what answers it: the document's room, or a reader of its history."""

    message: DocumentMessage


@attrs.frozen
class End:
    """Close the connection, after a fatal error with this code."""

    code: str
    message: str
    retry_after: float | None = None


SessionEffect: TypeAlias = Send | AskWho | Greeted | Became | Ask | End
