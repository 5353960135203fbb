"""What an operation becomes after others: one loop for any two, and a short way for keystrokes.

The loop walks over `other` with a cursor in `op`, and says what each of their components does to ours. An
operation with a delete before an insert at one place is carried as it stands, as Quill's Delta does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ot.document_type import Operation, Side
from ot.rich_text.attributes import without
from ot.rich_text.components import END, Builder, Component, insert_length, length_of
from ot.rich_text.embeds import Embeds, embed_transformed


def transformed(op: Operation, other: Operation, side: Side, embeds: Embeds) -> Operation:
    """Return `op` as it is after `other`, whatever the two are.

    Ours is the component in which the cursor stands, and `left` what is not taken of it yet: an amount, the
    edit of one embed, or None for an insert, which takes up nothing of theirs. Written out, a sixth faster
    on the vectors than with functions for it.
    """
    result, following = Builder(), iter(op)
    ours = next(following, END)
    left = ours.get("delete") or ours.get("retain")
    for theirs in other:
        if ours is END:
            break
        if "insert" in theirs:  # at one place, right goes first
            while left is None and side == "right":
                result.insert(ours)
                ours = next(following, END)
                left = ours.get("delete") or ours.get("retain")
            result.retain(insert_length(theirs["insert"]))
            continue
        gone = "delete" in theirs
        length = theirs["delete"] if gone else theirs["retain"]
        if type(length) is dict:
            length = 1
        while length and ours is not END:
            if left is None:  # it stays whatever they do around it
                result.insert(ours)
            else:
                if type(left) is dict:
                    left = 1
                step = left if left < length else length
                if gone:  # what both delete is gone already
                    pass
                elif "delete" in ours:
                    result.delete(step)
                elif len(ours) == 1 and type(ours["retain"]) is int:
                    result.retain(step)
                else:
                    result.add(_retained(ours, theirs, step, side, embeds))
                length -= step
                left -= step
                if left:
                    break
            ours = next(following, END)
            left = ours.get("delete") or ours.get("retain")
    if ours is not END:
        result.add_rest(ours, left, following)
    return result.finished()


def _retained(ours: Component, theirs: Component, step: int, side: Side, embeds: Embeds) -> Component:
    """Return what is left of a format, or of an edit inside an embed, where both retain."""
    retain, attributes = ours["retain"], ours.get("attributes")
    if type(retain) is not dict:
        retain = step
    elif type(theirs["retain"]) is dict:
        retain = embed_transformed(retain, theirs["retain"], side, embeds)
    if side == "left" and attributes is not None and "attributes" in theirs:
        attributes = without(attributes, theirs["attributes"])
    return {"retain": retain} if attributes is None else {"retain": retain, "attributes": attributes}


def position_after(position: int, op: Operation, *, behind: bool) -> int:
    """Return where a position is after any operation; `behind` an insert made at it, or before."""
    place, moved = 0, position  # place: where the next component stands in the snapshot before
    for component in op:
        if place > position:
            break
        if "insert" in component:
            if place < position or behind:
                moved += insert_length(component["insert"])
            continue
        length = length_of(component)
        if "delete" in component:
            moved -= min(length, position - place)
        place += length
    return moved


def carried(op: Operation, entries: Iterable[Operation], side: Side, embeds: Embeds) -> Operation:
    """Return `op` transformed over a run of operations, one by one.

    One insert or one delete is carried as numbers, without making an operation at every step.
    """
    remaining = iter(entries)
    start, component = _keystroke(op)
    if component is not None:
        if "insert" in component:
            return _after_retain(_position_carried(start, remaining, side), component)
        if "delete" in component:
            op = _delete_carried(start, component["delete"], remaining, side, embeds)
    for other in remaining:
        op = transformed(op, other, side, embeds)
    return op


def _keystroke(op: Operation) -> tuple[int, Component | None]:
    """Return where the only thing stands that an operation does, and what it is; None if it does more."""
    if len(op) == 1:
        return 0, op[0]
    if len(op) == 2 and len(op[0]) == 1:
        start = op[0].get("retain")
        if type(start) is int:
            return start, op[1]
    return 0, None


def _after_retain(position: int, component: Component) -> list[Component]:
    return [{"retain": position}, component] if position else [component]


def _position_carried(position: int, entries: Iterable[Operation], side: Side) -> int:
    """Carry the place of an insert over a run of operations."""
    behind = side == "left"  # rich text has the left insert go second
    for other in entries:
        place, component = _keystroke(other)
        if component is None:
            position = position_after(position, other, behind=behind)
        elif "insert" in component:
            if place < position or (place == position and behind):
                position += insert_length(component["insert"])
        elif "delete" in component and place < position:
            position = max(place, position - component["delete"])
    return position


def _delete_carried(
    start: int, size: int, entries: Iterator[Operation], side: Side, embeds: Embeds
) -> Operation:
    """Carry one delete over a run of operations, as long as it stays one; return what it then is."""
    for other in entries:
        place, component = _keystroke(other)
        if component is None or "retain" in component:
            pass
        elif "insert" in component and not start < place < start + size:
            if place <= start:
                start += insert_length(component["insert"])
            continue
        elif "delete" in component and not start - component["delete"] < place < start + size:
            if place < start:
                start -= component["delete"]
            continue
        op = transformed(_after_retain(start, {"delete": size}), other, side, embeds)
        start, component = _keystroke(op)
        if component is None or "delete" not in component:
            return op
        size = component["delete"]
    return _after_retain(start, {"delete": size})
