"""What the client asks the I/O around it, and the application above it, to do."""

from __future__ import annotations

from typing import TypeAlias

import attrs

from ot import Effect
from transport.messages import ClientMessage, Error, HistoryRead, SnapshotRead


@attrs.frozen
class Transmit:
    """Send a message."""

    message: ClientMessage


@attrs.frozen
class Drop:
    """Give the connection up; `lost` follows."""

    reason: str


@attrs.frozen
class Retry:
    """Connect again after so many seconds."""

    seconds: float


@attrs.frozen
class Stopped:
    """The server has refused this client for good."""

    code: str
    message: str


@attrs.frozen
class DocumentOpened:
    """A document is there for the first time in this run."""

    doc: str


@attrs.frozen
class DocumentRefused:
    """A document's subscription was refused or ended for good."""

    doc: str
    code: str
    message: str


@attrs.frozen
class DocumentChanged:
    """Something happened to a document."""

    doc: str
    effect: Effect


@attrs.frozen
class Answered:
    """A request was answered."""

    answer: HistoryRead | SnapshotRead | Error
    request: int


ClientEffect: TypeAlias = (
    Transmit | Drop | Retry | Stopped | DocumentOpened | DocumentRefused | DocumentChanged | Answered
)
