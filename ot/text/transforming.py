"""A text operation as it is after another: one walk over both, whatever the two are.

Keystrokes have a shorter way, in `keystrokes`.
"""

from __future__ import annotations

from ot.document_type import Side
from ot.text.components import Component, amount_size, finished


def transformed(op: list[Component], other: list[Component], side: Side) -> list[Component]:
    """Return `op` as it is after `other`.

    In the walk ours is a `size`, a delete as a negative number (`said` is the text that it says), or a
    `word` to insert; neither behind the end. What is written last is in hand: a skip `lead`, and behind it
    `text` or a delete of `gone` code points, which are `lost` if that is as long.
    """
    out: list[Component] = []
    lead = gone = step = size = at = 0
    text = lost = said = word = ""
    left = side == "left"
    count = len(op)
    if count:
        ours, at = op[0], 1
        if isinstance(ours, int):
            size = ours
        elif isinstance(ours, str):
            word = ours
        else:
            amount = ours["d"]
            if isinstance(amount, int):
                size = -amount
            else:
                size, said = -len(amount), amount
    for component in other:
        if isinstance(component, str):  # they inserted: at one place, left goes first
            if left and word:
                if gone:
                    if lead:
                        out.append(lead)
                        lead = 0
                    out.append({"d": lost if len(lost) == gone else gone})
                    gone, lost = 0, ""
                text += word
                word = ""
                if at < count:
                    ours = op[at]
                    at += 1
                    assert not isinstance(ours, str), "no two inserts stand in a row"
                    if isinstance(ours, int):
                        size = ours
                    else:
                        amount = ours["d"]
                        if isinstance(amount, int):
                            size, said = -amount, ""
                        else:
                            size, said = -len(amount), amount
            if text or gone:
                if lead:
                    out.append(lead)
                out.append(text or {"d": lost if len(lost) == gone else gone})
                lead, text, gone, lost = 0, "", 0, ""
            lead += len(component)
            continue
        theirs = component if isinstance(component, int) else -amount_size(component["d"])
        while theirs:
            if size:
                if theirs < 0:  # they deleted it: of ours that is not an insert nothing is left
                    step = size if size > 0 else -size
                    if step > -theirs:
                        size += theirs if size > 0 else -theirs
                        break
                    theirs += step
                    size = 0
                elif size > 0:
                    step = size if size < theirs else theirs
                    if text or gone:
                        if lead:
                            out.append(lead)
                        out.append(text or {"d": lost if len(lost) == gone else gone})
                        lead, text, gone, lost = 0, "", 0, ""
                    lead += step
                    size -= step
                    theirs -= step
                else:
                    step = -size if -size < theirs else theirs
                    if text:
                        if lead:
                            out.append(lead)
                            lead = 0
                        out.append(text)
                        text = ""
                    gone += step
                    if said:
                        lost += said[len(said) + size :][:step]
                    size += step
                    theirs -= step
                if size:
                    break
            elif word:  # it takes up nothing of theirs, and stays whatever they do around it
                if gone:
                    if lead:
                        out.append(lead)
                        lead = 0
                    out.append({"d": lost if len(lost) == gone else gone})
                    gone, lost = 0, ""
                text += word
                word = ""
            else:
                return finished(out, lead, text, gone, lost, 0, "", "", op, at)
            if at < count:
                ours = op[at]
                at += 1
                if isinstance(ours, int):
                    size = ours
                elif isinstance(ours, str):
                    word = ours
                else:
                    amount = ours["d"]
                    if isinstance(amount, int):
                        size, said = -amount, ""
                    else:
                        size, said = -len(amount), amount
    return finished(out, lead, text, gone, lost, size, word, said, op, at)
