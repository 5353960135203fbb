"""What undoes components of json0: each one's opposite, the last first."""

from __future__ import annotations

import attrs

from ot.document_type import Json
from ot.json0.applying import Draft
from ot.json0.components import TEXT0, Component, Edit, Item, Member, Move, Number
from ot.json0.subtypes import Subtypes


def inverse(components: list[Component], document: Json, subtypes: Subtypes) -> list[Component]:
    """Return what undoes `components`, which were made on `document`.

    Nearly all of them hold what undoing needs. Only a subtype other than text0 is shown the value that it
    changes, and for that alone the components are applied.
    """
    needs_values = any(isinstance(one, Edit) and one.subtype != TEXT0 for one in components)
    draft = Draft(document, subtypes)
    undone = []
    for component in components:
        undone.append(_opposite(component, draft, subtypes))
        if needs_values:
            draft.apply(component)
    return undone[::-1]


def _opposite(component: Component, draft: Draft, subtypes: Subtypes) -> Component:
    match component:
        case Number():
            return Number(component.place, -component.amount)
        case Edit():
            value = None if component.subtype == TEXT0 else draft.value(component.place)
            return attrs.evolve(component, op=subtypes[component.subtype].invert(component.op, value))
        case Move():
            return Move(component.place, component.to, component.index)
        case Item() | Member():
            return attrs.evolve(component, removed=component.inserted, inserted=component.removed)
