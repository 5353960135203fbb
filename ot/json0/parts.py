"""An operation of json0 cut into parts that follow each other: long strings in pieces, the rest whole."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from ot.canonical_json import canonical_json
from ot.json0.components import Component, Edit, written
from ot.json0.subtypes import Subtypes


def parts(components: list[Component], size: int, subtypes: Subtypes) -> list[list[Component]]:
    """Return parts of at most about `size` characters each, measured as JSON where it is no text.

    One component that is larger makes a part of its own.
    """
    found: list[list[Component]] = [[]]
    room = size
    for component in components:
        for piece in _pieces(component, size, subtypes):
            weight = _weight(piece)
            if weight > room and found[-1]:
                found.append([])
                room = size
            found[-1].append(piece)
            room -= weight
    return found


def _pieces(component: Component, size: int, subtypes: Subtypes) -> Iterator[Component]:
    if not isinstance(component, Edit):
        yield component
        return
    for part in subtypes[component.subtype].split(component.op, size):
        for op in [[piece] for piece in part] if component.bare else [part]:
            yield attrs.evolve(component, op=op)


def _weight(component: Component) -> int:
    if isinstance(component, Edit) and component.bare:
        return sum(len(text) for text in component.op[0].values() if isinstance(text, str))
    return len(canonical_json(written(component)))
