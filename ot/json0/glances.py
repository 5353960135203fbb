"""What components of json0 do to another one, seen for many of them at once.

A component has a path to what it changes, and a path to all that it may do something to: for one that
shifts the items of a list, that is the list. Two have nothing to do with each other unless the latter path
of one leads to the former of the other, or on the way to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeAlias

import attrs

from ot.document_type import ABSENT
from ot.json0.components import TEXT0, Component, Edit, Item, Member, Move, Path
from ot.json0.lines import Extent, Line, line_of
from ot.json0.rows import Glance
from ot.json0.subtypes import Subtypes
from ot.json0.text0 import Text0, extent_of, shifted_by

ExtentOf: TypeAlias = Callable[[Component], Extent | None]
"""How a change of a string or a list shifts others; None for any other component."""


@attrs.frozen
class Paths:
    """The paths of components of any kinds."""

    changed: frozenset[Path]
    """To what they change, and to everything on the way there."""
    reaching: frozenset[Path]
    """To all that they may do something to."""

    def passed_by(self, component: Component, shift: int) -> tuple[Component, int] | None:
        """Return the component where they have nothing to do with each other."""
        if _reach(component) in self.changed or not self.reaching.isdisjoint(_beginnings(_target(component))):
            return None
        return component, 0


@attrs.frozen
class AlongOne:
    """Changes of one string, or of one list without moves."""

    place: Path
    line: Line
    extent_of: ExtentOf

    def passed_by(self, component: Component, shift: int) -> tuple[Component, int] | None:
        """Return the component, shifted where it changes the same and is apart from all of these."""
        if component.place == self.place:
            extent = self.extent_of(component)
            passing = None if extent is None else self.line.passed_by(extent, shift)
            return None if passing is None else (shifted(component, passing[0]), passing[1])
        reach, target = _reach(component), _target(component)
        if self.place[: len(reach)] == reach or target[: len(self.place)] == self.place:
            return None
        return component, 0


def glance_with(subtypes: Subtypes) -> Callable[[Sequence[Component]], Glance[Component]]:
    """Return the function that looks at components, with these subtypes."""
    kinds: Final = (_list_extent, _string_extent) if type(subtypes[TEXT0]) is Text0 else (_list_extent,)

    def glance(components: Sequence[Component]) -> Glance[Component]:
        place = components[0].place
        if all(component.place == place for component in components):
            for extent_of_one in kinds:
                extents = [extent_of_one(component) for component in components]
                if None not in extents:
                    return AlongOne(place, line_of(filter(None, extents)), extent_of_one)
        changed = {start for component in components for start in _beginnings(_target(component))}
        return Paths(frozenset(changed), frozenset(map(_reach, components)))

    return glance


def shifted(component: Component, shift: int) -> Component:
    """Return a change of a string or a list, so much further on in it."""
    if not shift:
        return component
    if isinstance(component, Edit):
        return Edit(component.place, component.subtype, [shifted_by(component.op[0], shift)], component.bare)
    assert isinstance(component, Item), "nothing else is shifted as a whole"
    return Item(component.place, component.index + shift, component.removed, component.inserted)


def _list_extent(component: Component) -> Extent | None:
    if not isinstance(component, Item):
        return None
    index = component.index
    if component.removed is ABSENT:
        return index, index, 1
    return index, index + 1, -1 if component.inserted is ABSENT else 0


def _string_extent(component: Component) -> Extent | None:
    return extent_of(component.op[0]) if isinstance(component, Edit) and component.bare else None


def _target(component: Component) -> Path:
    """Return the path to what a component changes."""
    match component:
        case Item() | Move():
            return (*component.place, component.index)
        case Member():
            return (*component.place, component.key)
    return component.place


def _reach(component: Component) -> Path:
    """Return the path to all that a component may do something to."""
    if isinstance(component, Item):
        shifts = (component.removed is ABSENT) != (component.inserted is ABSENT)
        return component.place if shifts else _target(component)
    return component.place if isinstance(component, Move) else _target(component)


def _beginnings(path: Path) -> Iterator[Path]:
    return (path[:length] for length in range(1, len(path) + 1))
