"""Two text operations as they are after each other: both sides of a diamond by one walk.

Nearly half of a transform is to find out which component is next on either side; here that is done once for
both. What comes out is what `transforming` makes of each.
"""

from __future__ import annotations

from typing import TypeAlias

from ot.text.components import Component, finished

Both: TypeAlias = tuple[list[Component], list[Component]]


def crossed(own: list[Component], other: list[Component]) -> Both | None:
    """Return each of two operations as it is after the other, own left and other right.

    None where a delete says its text, which this walk does not keep.

    In the walk either side has a `size`, a delete as a negative number, or a `word` to insert, or neither
    where its next component is due. What is written last is in hand, in the same way: `own_size` or
    `own_text`, never both; and so for the other.
    """
    own_out: list[Component] = []
    other_out: list[Component] = []
    own_size = other_size = size = theirs = at = there = 0
    own_text = other_text = ""
    count, many = len(own), len(other)
    while True:
        if not size:
            if at == count:
                break
            component = own[at]
            at += 1
            if isinstance(component, int):
                size = component
            elif isinstance(component, str):  # at one place left goes first
                if own_size:
                    own_out.append(own_size if own_size > 0 else {"d": -own_size})
                    own_size = 0
                own_text += component
                if other_text:
                    other_out.append(other_text)
                    other_text = ""
                elif other_size < 0:
                    other_out.append({"d": -other_size})
                    other_size = 0
                other_size += len(component)
                continue
            else:
                amount = component["d"]
                if not isinstance(amount, int):
                    return None
                size = -amount
        if not theirs:
            if there == many:
                break
            component = other[there]
            there += 1
            if isinstance(component, int):
                theirs = component
            elif isinstance(component, str):
                if other_size:
                    other_out.append(other_size if other_size > 0 else {"d": -other_size})
                    other_size = 0
                other_text += component
                if own_text:
                    own_out.append(own_text)
                    own_text = ""
                elif own_size < 0:
                    own_out.append({"d": -own_size})
                    own_size = 0
                own_size += len(component)
                continue
            else:
                amount = component["d"]
                if not isinstance(amount, int):
                    return None
                theirs = -amount
        if size > 0:
            if theirs > 0:  # both keep it
                step = size if size < theirs else theirs
                size -= step
                theirs -= step
                if own_text:
                    own_out.append(own_text)
                    own_text = ""
                elif own_size < 0:
                    own_out.append({"d": -own_size})
                    own_size = 0
                own_size += step
                if other_text:
                    other_out.append(other_text)
                    other_text = ""
                elif other_size < 0:
                    other_out.append({"d": -other_size})
                    other_size = 0
                other_size += step
            else:
                step = size if size < -theirs else -theirs
                size -= step
                theirs += step
                if other_text:
                    other_out.append(other_text)
                    other_text = ""
                elif other_size > 0:
                    other_out.append(other_size)
                    other_size = 0
                other_size -= step
        elif theirs > 0:
            step = -size if -size < theirs else theirs
            size += step
            theirs -= step
            if own_text:
                own_out.append(own_text)
                own_text = ""
            elif own_size > 0:
                own_out.append(own_size)
                own_size = 0
            own_size -= step
        elif size > theirs:  # both delete it
            theirs -= size
            size = 0
        else:
            size -= theirs
            theirs = 0
    return (
        _rest(own_out, own_size, own_text, size, own, at),
        _rest(other_out, other_size, other_text, theirs, other, there),
    )


def _rest(
    out: list[Component], in_hand: int, text: str, size: int, op: list[Component], at: int
) -> list[Component]:
    """Return `out` with what is in hand and what is left of its operation."""
    lead, gone = (in_hand, 0) if in_hand > 0 else (0, -in_hand)
    word = said = ""
    if not size and at < len(op):
        component = op[at]
        at += 1
        if isinstance(component, int):
            size = component
        elif isinstance(component, str):
            word = component
        else:
            amount = component["d"]
            if isinstance(amount, int):
                size = -amount
            else:
                size, said = -len(amount), amount
    return finished(out, lead, text, gone, "", size, word, said, op, at)
