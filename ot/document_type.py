"""What every document type promises, and the words for its parts.

A document type is a pure set of functions over plain JSON values: what `transform`, `compose` and the
others take and give is what stands on the wire. Nothing here or in any type mutates an argument.

The law that carries everything, for `a` and `b` made on one snapshot:

    apply(apply(s, a), transform(b, a, "right")) == apply(apply(s, b), transform(a, b, "left"))

The law that need not hold: `transform(a, compose(b1, b2), side)` may differ from
`transform(transform(a, b1, side), b2, side)`. Whoever carries one operation on two machines must
carry it over the same sequence on both.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Any, Final, Literal, Protocol, TypeAlias

Side: TypeAlias = Literal["left", "right"]
"""Whose insert goes first at the same place. What lands later is "left" of what landed before."""

Json: TypeAlias = Any
"""A JSON value as `json.loads` gives it: the one place where `Any` is meant."""

Operation: TypeAlias = Json
Snapshot: TypeAlias = Json


class Absent(enum.Enum):
    """The type of `ABSENT`."""

    ABSENT = "absent"

    def __repr__(self) -> str:
        return "ot.ABSENT"


ABSENT: Final = Absent.ABSENT
"""No value at all, where JSON's `null` would be a value: a document that does not exist."""


class DocumentType(Protocol):
    """The functions of one kind of document.

    `apply` is total on operations that were valid for a snapshot and have then been carried by
    `transform` over whatever led to another one.
    """

    @property
    def name(self) -> str:
        """What clients call the type: `doc_type` on the wire."""

    @property
    def joins(self) -> bool:
        """Whether neighbouring operations of one client may be sent as one composed operation.

        False for commands and feed items, each of which has to be decided on its own.
        """

    def create(self, data: Json = None) -> Snapshot:
        """Make the snapshot of a new document; raise InvalidOperation where `data` is none."""

    def apply(self, snapshot: Snapshot, op: Operation) -> Snapshot:
        """Return the snapshot after `op`; raise InvalidOperation if `op` does not fit it."""

    def check(self, op: Operation) -> None:
        """Raise InvalidOperation unless `op` is well-formed and in normal form."""

    def normalize(self, op: Operation) -> Operation:
        """Return the same operation in normal form."""

    def transform(self, op: Operation, other: Operation, side: Side) -> Operation:
        """Return `op` as it is after `other`, both made on one snapshot; `side` is that of `op`."""

    def carry(self, op: Operation, entries: Iterable[Operation], side: Side) -> Operation:
        """Return `op` transformed over a run of operations, one by one."""

    def compose(self, op: Operation, later: Operation) -> Operation:
        """Return one operation that does `op`, then `later`."""

    def invert(self, op: Operation, snapshot: Snapshot) -> Operation:
        """Return what undoes `op`; `snapshot` is the one before `op`."""

    def transform_position(self, position: Json, op: Operation, side: Side = "left") -> Json:
        """Return where `op` moves a position; left: stays before an insert made at it."""

    def diff(self, before: Snapshot, after: Snapshot) -> Operation:
        """Return an operation that turns `before` into `after`."""

    def split(self, op: Operation, size: int) -> list[Operation]:
        """Return parts of at most about `size` characters or components each, made one after the
        other, that compose to `op`."""
