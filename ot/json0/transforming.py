"""One component of json0 as it is after another, both made on one document.

Three questions, in this order:

1. Do they change something inside what ours deletes? Then ours deletes it as it is now.
2. Do they change a container that ours stands in or changes? If not, nothing else is to do.
3. Does ours change that very container, or something below it? Below, the path of ours follows the item
   or member that it goes through, and where that is gone, so is ours. In the very same container the
   two changes meet, and the side decides who wins.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import attrs

from ot.document_type import ABSENT, Side
from ot.json0.applying import Draft
from ot.json0.components import DOCUMENT, Component, Edit, Item, Key, Member, Move, Path
from ot.json0.list_order import index_after, insert_after, move_after
from ot.json0.subtypes import Subtypes


def over(subtypes: Subtypes) -> Callable[[Component, Component, Side], Sequence[Component]]:
    """Return the function that transforms one component over another, with these subtypes."""

    def one_over_one(ours: Component, theirs: Component, side: Side) -> Sequence[Component]:
        if isinstance(ours, (Item, Member)) and ours.removed is not ABSENT and _is_inside(ours, theirs):
            return (_deleting_what_is_there(ours, theirs, subtypes),)
        depth = len(theirs.place)
        if ours.place[:depth] != theirs.place:
            return (ours,)
        if len(ours.place) > depth:
            return _below(ours, theirs)
        return _in_one_container(ours, theirs, side, subtypes)

    return one_over_one


def path_after(path: Path, theirs: Component) -> Path | None:
    """Return where a path through their container leads after their change; None where that is gone."""
    depth = len(theirs.place)
    through = path[depth]
    match theirs:
        case Member(key=key) if key == through and theirs.removed is not ABSENT:
            return None
        case Item() | Move() if isinstance(through, int):
            index = index_after(through, theirs)
            return None if index is None else (*path[:depth], index, *path[depth + 1 :])
    return path


def _is_inside(ours: Item | Member, theirs: Component) -> bool:
    """Tell whether they change something in the value that ours deletes, or that value itself."""
    depth = len(ours.place)
    return (
        len(theirs.place) > depth and theirs.place[depth] == _key(ours) and theirs.place[:depth] == ours.place
    )


def _deleting_what_is_there(ours: Item | Member, theirs: Component, subtypes: Subtypes) -> Component:
    """Return a deletion, its content brought up to date; raise InvalidOperation where that never fitted."""
    content = Draft(ours.removed, subtypes)
    content.apply(attrs.evolve(theirs, place=(DOCUMENT, *theirs.place[len(ours.place) + 1 :])))
    return attrs.evolve(ours, removed=content.document)


def _below(ours: Component, theirs: Component) -> Sequence[Component]:
    place = path_after(ours.place, theirs)
    if place is None:
        return ()
    return (ours,) if place is ours.place else (attrs.evolve(ours, place=place),)


def _in_one_container(
    ours: Component, theirs: Component, side: Side, subtypes: Subtypes
) -> Sequence[Component]:
    match ours, theirs:
        case Edit(), Edit() if ours.subtype == theirs.subtype:
            return _edit_over_edit(ours, theirs, side, subtypes)
        case Item(), (Item() | Move()):
            after = _item_after(ours, theirs, side)
        case Move(), (Item() | Move()):
            after = move_after(ours, theirs, side)
        case Member(), Member() if ours.key == theirs.key:
            after = _member_after(ours, theirs, side)
        case _:
            after = ours
    return () if after is None else (after,)


def _edit_over_edit(ours: Edit, theirs: Edit, side: Side, subtypes: Subtypes) -> Sequence[Component]:
    """Return what the subtype makes of it. What is written as `si` or `sd` stays so, each part alone."""
    op = subtypes[ours.subtype].transform(ours.op, theirs.op, side)
    if ours.bare:
        return [Edit(ours.place, ours.subtype, [part], bare=True) for part in op]
    return () if op == [] else (Edit(ours.place, ours.subtype, op),)


def _item_after(ours: Item, theirs: Item | Move, side: Side) -> Component | None:
    if ours.removed is ABSENT:
        return insert_after(ours, theirs, side)
    index = index_after(ours.index, theirs)
    if index is not None:
        return ours if index == ours.index else attrs.evolve(ours, index=index)
    assert isinstance(theirs, Item), "a move leaves every item somewhere"
    if ours.inserted is ABSENT:
        return None
    if theirs.inserted is ABSENT:
        return attrs.evolve(ours, removed=ABSENT)
    return attrs.evolve(ours, removed=theirs.inserted) if side == "left" else None


def _member_after(ours: Member, theirs: Member, side: Side) -> Component | None:
    """Return a change of the same member: of two that put something in, left's stays."""
    if ours.inserted is ABSENT:
        return None if theirs.removed is not ABSENT else ours
    if theirs.inserted is ABSENT:
        return attrs.evolve(ours, removed=ABSENT)
    return attrs.evolve(ours, removed=theirs.inserted) if side == "left" else None


def _key(ours: Item | Member) -> Key:
    return ours.index if isinstance(ours, Item) else ours.key
