"""One insert or one delete after one skip, as nearly all real traffic is, over operations like it.

What is written out here is what the walk of `transforming` does; where one of the two is something else, or
a delete would be cut, the walk does it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ot.document_type import Side
from ot.text.components import Amount, Component, amount_size
from ot.text.positions import position_after
from ot.text.transforming import transformed


def keystroke_after(op: list[Component], other: list[Component], side: Side) -> list[Component] | None:
    """Return `op` as it is after `other`; None where that takes a walk."""
    if len(op) == 2:
        start, ours = op
    elif len(op) == 1:
        start, ours = 0, op[0]
    else:
        return None
    if len(other) == 2:
        place, theirs = other
    elif len(other) == 1:
        place, theirs = 0, other[0]
    else:
        return None
    if type(start) is not int or type(place) is not int:
        return None
    size = gone = 0
    if type(ours) is dict:
        amount = ours["d"]
        size = amount if isinstance(amount, int) else len(amount)
    if type(theirs) is dict:
        amount = theirs["d"]
        gone = amount if isinstance(amount, int) else len(amount)
    if place + gone <= start and (place < start or size or side == "right"):  # theirs is before ours
        start += len(theirs) if type(theirs) is str else -gone
    elif start + size <= place:
        return op
    elif size:
        return None
    else:
        start = place  # ours inserts in the middle of what they delete
    return [start, ours] if start else [ours]


def keystrokes_crossed(
    own: list[Component], other: list[Component]
) -> tuple[list[Component], list[Component]] | None:
    """Return two keystrokes as they are after each other, the first one left; None where they overlap."""
    if len(own) == 2:
        start, ours = own
    elif len(own) == 1:
        start, ours = 0, own[0]
    else:
        return None
    if len(other) == 2:
        place, theirs = other
    elif len(other) == 1:
        place, theirs = 0, other[0]
    else:
        return None
    if type(start) is not int or type(place) is not int:
        return None
    size = gone = 0
    if type(ours) is dict:
        amount = ours["d"]
        size = amount if isinstance(amount, int) else len(amount)
    if type(theirs) is dict:
        amount = theirs["d"]
        gone = amount if isinstance(amount, int) else len(amount)
    if start + size <= place:
        place += len(ours) if type(ours) is str else -size
        return own, [place, theirs] if place else [theirs]
    if place + gone <= start:
        start += len(theirs) if type(theirs) is str else -gone
        return [start, ours] if start else [ours], other
    return None


def carried(op: list[Component], entries: Iterable[list[Component]], side: Side) -> list[Component]:
    """Return `op` transformed over a run of operations, one by one.

    One insert or one delete is carried as numbers, without making an operation at every step.
    """
    remaining = iter(entries)
    if 0 < len(op) <= 2:
        component = op[-1]
        start = op[0] if len(op) == 2 else 0
        if isinstance(start, int) and isinstance(component, str):
            return _after_skip(_position_carried(start, remaining, side), component)
        if isinstance(start, int) and isinstance(component, dict):
            op = _delete_carried(start, component["d"], remaining, side)
    for other in remaining:
        op = transformed(op, other, side)
    return op


def _after_skip(position: int, component: Component) -> list[Component]:
    return [position, component] if position else [component]


def _position_carried(position: int, entries: Iterable[list[Component]], side: Side) -> int:
    """Carry a position over a run of operations: what becomes of an insert's place, too.

    Written out for entries of one insert or delete, as nearly all of a trace are: over the first 1,000
    of sveltecomponent 4.8 times as fast as `transformed` for each, and 1.7 times faster again since two
    components are taken for a skip and something without asking. What is behind the position, as half of
    them are, is left at the first look.
    """
    goes_before = side == "right"
    place: Any
    component: Any
    for other in entries:
        try:
            place, component = other
            if place > position:
                continue
        except (ValueError, TypeError):  # not two components, or the first one is no skip
            position = position_after(position, other, side)
            continue
        if type(component) is str:
            if place < position or goes_before:
                position += len(component)
        elif type(component) is dict and place < position:
            amount = component["d"]
            position = max(place, position - (amount if isinstance(amount, int) else len(amount)))
    return position


def _delete_carried(
    start: int, amount: Amount, entries: Iterator[list[Component]], side: Side
) -> list[Component]:
    """Carry one delete over a run of operations, as long as it stays one; return what it then is.

    Written out for entries of one insert or delete that the deleted text does not touch: over the first
    1,000 of sveltecomponent 3.4 times as fast as `transformed` for each.
    """
    size = amount_size(amount)
    for other in entries:
        place, component = 0, None if len(other) != 1 else other[0]
        if len(other) == 2 and isinstance(other[0], int):
            place, component = other[0], other[1]
        if type(component) is str and not start < place < start + size:
            if place <= start:
                start += len(component)
        elif type(component) is dict and not start - amount_size(component["d"]) < place < start + size:
            if place < start:
                start -= amount_size(component["d"])
        else:
            op = transformed(_after_skip(start, {"d": amount}), other, side)
            match op:
                case [{"d": amount}]:
                    start = 0
                case [int(start), {"d": amount}]:
                    pass
                case _:
                    return op
            size = amount_size(amount)
    return _after_skip(start, {"d": amount})
