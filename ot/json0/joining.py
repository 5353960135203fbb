"""The list of components in the making: what can be said with the last component is joined to it.

Only neighbours are joined, and only where the two name the same place: numbers that are added, operations
of one subtype, strings that touch, what is put in and taken out again. It is how compositions and the
results of transform become short; a longer list would do the same.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from ot.document_type import ABSENT
from ot.json0.components import Component, Edit, Item, Member, Move, Number
from ot.json0.joined import Together
from ot.json0.subtypes import Subtypes
from ot.json0.values import added
from ot.json_values import same_scalar


def together(subtypes: Subtypes) -> Together[Component]:
    """Return the function that joins two neighbours, with these subtypes."""

    def made_of(last: Component, component: Component) -> Sequence[Component]:
        if last.place != component.place:
            return (last,) if _moves_nothing_at(component, last) else (last, component)
        match last, component:
            case Edit(), Edit():
                return _edits(last, component, subtypes)
            case Number(), Number():
                return (Number(last.place, added(last.amount, component.amount)),)
            case Item(), Item() if last.index == component.index:
                return _items(last, component)
            case Member(), Member() if last.key == component.key:
                return _members(last, component)
            case ((Item() | Move()), Move()) if last.index == component.index == component.to:
                return (last,)
        return (last, component)

    return made_of


def _edits(last: Edit, component: Edit, subtypes: Subtypes) -> Sequence[Component]:
    if last.subtype != component.subtype or last.bare != component.bare:
        return (last, component)
    op = subtypes[last.subtype].compose(last.op, component.op)
    if last.bare and len(op) > 1:
        return (last, component)
    return (Edit(last.place, last.subtype, op, last.bare),)


def _moves_nothing_at(component: Component, last: Component) -> bool:
    """Tell whether it moves the item that the last component edited onto itself.

    Such a move is left out behind another component of the same written path alone, since peers do so.
    """
    if not isinstance(component, Move) or component.index != component.to:
        return False
    edits = isinstance(last, Number) or (isinstance(last, Edit) and not last.bare)
    return edits and last.place == (*component.place, component.index)


def _items(last: Item, component: Item) -> Sequence[Component]:
    """Take away what was put in just now, if it is no list and no object."""
    takes_out = component.inserted is ABSENT and last.inserted is not ABSENT
    if not takes_out or not same_scalar(last.inserted, component.removed):
        return (last, component)
    return () if last.removed is ABSENT else (attrs.evolve(last, inserted=ABSENT),)


def _members(last: Member, component: Member) -> Sequence[Component]:
    """Replace what was put in just now, take it away, or put something in place of what was taken away."""
    puts_back = last.inserted is ABSENT and component.removed is ABSENT
    if not puts_back and (last.inserted is ABSENT or component.removed is ABSENT):
        return (last, component)
    if last.removed is ABSENT and component.inserted is ABSENT:
        return ()
    return (attrs.evolve(last, inserted=component.inserted),)
