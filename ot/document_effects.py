"""What an event did to a client's document, for whoever shows it."""

from __future__ import annotations

from typing import Literal, TypeAlias

import attrs

from ot.document_type import Operation, Snapshot

Author: TypeAlias = Literal["local", "foreign"]


@attrs.frozen
class Changed:
    """The screen is to change by `op`; by an edit or undo made here it has done so already."""

    op: Operation
    author: Author


@attrs.frozen
class Replaced:
    """The screen is to show another snapshot: the document was opened anew."""

    snapshot: Snapshot


@attrs.frozen
class Acknowledged:
    """A submission is in the log, at `revision`."""

    seq: int
    revision: int


@attrs.frozen
class Repaired:
    """What landed differed from what was carried here; the screen has followed the log."""

    seq: int
    touched_buffer: bool


@attrs.frozen
class HandedBack:
    """Edits that could not be kept, for the application to show or offer again.

    `ops` are as they were before anything was taken back, each made on what the one before leaves.
    """

    code: str
    message: str
    ops: tuple[Operation, ...]


@attrs.frozen
class OpenAgain:
    """The stream has a gap, or the state here is not the server's: open the document again."""

    reason: str


Effect: TypeAlias = Changed | Replaced | Acknowledged | Repaired | HandedBack | OpenAgain
