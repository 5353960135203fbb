"""JSON: objects, lists, strings and numbers, in the format of ot-json0.

An operation lists components that apply one after the other. `"p"` is the path; with `si` and `sd` it ends
in the offset. Offsets count UTF-16 code units.

    {"p": [..., key], "oi": v}, "od", both     insert, delete, replace in an object
    {"p": [..., i], "li": v}, "ld", both       insert, delete, replace in a list
    {"p": [..., i], "lm": j}                   move; j is the index after the item was taken out
    {"p": [...], "na": n}                      add to a number
    {"p": [..., offset], "si": s}, "sd": s     insert, delete in a string
    {"p": [...], "t": "text0", "o": [...]}     an operation of a subtype

What is deleted is part of the operation and must be what is there; transform brings it up to date.
`normalize` joins neighbours at one place until none are left; what the other functions return need not be
so, since peers in JavaScript join each but once. Nothing to do is `[]`.

Laws, for `a` and `b` made on one snapshot `s`, and `c` made after `a`:

    apply(apply(s, a), transform(b, a, "right")) == apply(apply(s, b), transform(a, b, "left"))
    apply(s, compose(a, c)) == apply(apply(s, a), c)
    apply(apply(s, a), invert(a, s)) == s

They hold for numbers whose sums are exact. Left wins a key, a replacement and a move, and goes first where
both insert at one place; a deletion wins over what is changed inside it, a replacement over a deletion.

Keys are data: `toString` and `constructor` too. Only `__proto__` is refused, as a key on which peers in
JavaScript lose what is stored.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from ot.carry_cost import CarryCost
from ot.document_type import DocumentType, Json, Operation, Side, Snapshot
from ot.errors import InvalidOperation
from ot.json0.applying import Draft
from ot.json0.carrying import operation_cost
from ot.json0.components import TEXT0, Component, component_of, components_of, written
from ot.json0.difference import difference
from ot.json0.faults import require_operation
from ot.json0.glances import glance_with, shifted
from ot.json0.growing import document_growth
from ot.json0.inverse import inverse
from ot.json0.joined import Joined, joined_throughout
from ot.json0.joining import together
from ot.json0.meeting import both_transformed
from ot.json0.one_string import edits_of_one_string_after
from ot.json0.parts import parts
from ot.json0.positions import position_after
from ot.json0.rows import Rules
from ot.json0.subtypes import Subtypes
from ot.json0.text0 import Text0
from ot.json0.transforming import over
from ot.json0.values import require_value
from ot.sides import require_side


class Json0:
    """The document type `json0`. Snapshots are JSON values.

    `subtypes` are document types that edit values inside a document, each by its name; text0 is always
    there. All peers must know the same ones.
    """

    name: Final = "json0"
    joins: Final = True

    def __init__(self, subtypes: Iterable[DocumentType] = ()) -> None:
        self._subtypes: Subtypes = {TEXT0: Text0()} | {subtype.name: subtype for subtype in subtypes}
        self._rules = Rules(
            over(self._subtypes), together(self._subtypes), glance_with(self._subtypes), shifted
        )

    def create(self, data: Json = None) -> Snapshot:
        """Return a new document: `data`, or null."""
        return require_value(data)

    def apply(self, snapshot: Snapshot, op: Operation) -> Snapshot:
        """Return the document after `op`. Cost: a copy of each list and object on the paths."""
        return self._applied(snapshot, op).document

    def growth(self, op: Operation, snapshot: Snapshot, most: int) -> int:
        """Return the most bytes that `op` adds to a document beyond its own; see `ot.growth`."""
        return document_growth(op, snapshot, most, self._subtypes)

    def carry_cost(self, op: Operation) -> CarryCost:
        """Return what carrying `op` costs: each of its components meets each of the others."""
        return operation_cost(op, self._subtypes)

    def check(self, op: Operation) -> None:
        """Raise InvalidOperation unless `op` is well-formed. Any list of good components is."""
        require_operation(op, self._subtypes)

    def checked(self, op: Operation) -> Operation:
        """Return `op` in normal form; raise InvalidOperation where `check` does."""
        return self.normalize(op)

    def normalize(self, op: Operation) -> Operation:
        """Return `op` with all neighbours joined that can be; raise InvalidOperation if it is malformed."""
        components = components_of(require_operation(op, self._subtypes))
        joined = joined_throughout(self._rules.together, components)
        return op if len(joined) == len(components) else list(map(written, joined))

    def transform(self, op: Operation, other: Operation, side: Side) -> Operation:
        """Return `op` as it is after `other`.

        Raises InvalidOperation where the two cannot be made on one document, by what they delete. Cost:
        near the power of 1.5 of their lengths in components where each goes from front to back or they
        change different things; the product of the lengths where they jump to and fro in one list or string.
        """
        return self.carry(op, (other,), side)

    def carry(self, op: Operation, entries: Iterable[Operation], side: Side) -> Operation:
        """Return `op` transformed over a run of operations, one by one."""
        require_side(side)
        ours = components_of(op)
        changed = False
        for other in entries:
            if other:
                ours, changed = self._after(ours, components_of(other), side), True
        return list(map(written, ours)) if changed else op

    def compose(self, op: Operation, later: Operation) -> Operation:
        """Return one operation that does `op`, then `later`."""
        joined = Joined(self._rules.together, components_of(op))
        for component in components_of(later):
            joined.add(component)
        return list(map(written, joined.components))

    def invert(self, op: Operation, snapshot: Snapshot) -> Operation:
        """Return what undoes `op`; `snapshot`, the one before it, is only asked for subtypes' sake."""
        return list(map(written, inverse(components_of(op), snapshot, self._subtypes)))

    def transform_position(self, position: Json, op: Operation, side: Side = "left") -> Json:
        """Return where `op` moves a position, and None once what it names is gone.

        A position is an offset, in a document that is a string; or a path, that names an item or a member
        and follows it, as the path of an edit inside would; or a path into a string that ends in an offset.
        An offset stays before an insert made at it with side left, and goes behind with side right.
        """
        return position_after(position, components_of(op), require_side(side), self._subtypes)

    def diff(self, before: Snapshot, after: Snapshot) -> Operation:
        """Return an operation that turns `before` into `after`."""
        return list(map(written, difference(require_value(before), require_value(after))))

    def split(self, op: Operation, size: int) -> list[Operation]:
        """Return parts of at most about `size` characters each; a value is never split, only strings are."""
        return [list(map(written, part)) for part in parts(components_of(op), size, self._subtypes)]

    def _after(self, ours: list[Component], theirs: list[Component], side: Side) -> list[Component]:
        if not ours:
            return ours
        edits = edits_of_one_string_after(ours, theirs, side, self._subtypes)
        if edits is not None:
            return edits
        if side == "left":
            return both_transformed(ours, theirs, self._rules)[0]
        return both_transformed(theirs, ours, self._rules)[1]

    def _applied(self, snapshot: Snapshot, op: Operation) -> Draft:
        if type(op) is not list:
            raise InvalidOperation("a json0 operation is a list of components")
        draft = Draft(snapshot, self._subtypes)
        for index, component in enumerate(op):
            try:
                draft.apply(component_of(component))
            except InvalidOperation as refusal:
                raise InvalidOperation(_reason(refusal), component=component, index=index) from None
        return draft


def _reason(refusal: InvalidOperation) -> Any:
    """Return a refusal's words; those of a subtype name a component of its own."""
    return refusal.reason if refusal.index is None else str(refusal)
