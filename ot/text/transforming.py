"""A text operation as it is after another: one walk over both, whatever the two are.

Keystrokes have a shorter way, in `keystrokes`.
"""

from __future__ import annotations

from ot.document_type import Side
from ot.text.components import Component, amount_size, finished


def transformed(op: list[Component], other: list[Component], side: Side) -> list[Component]:
    """Return `op` as it is after `other`.

    In the walk a delete is a negative number, and `said` the text that ours says. What is written last is
    in hand: a skip `lead`, and behind it `text` or a delete of `gone` code points, which are `lost` if
    that is as long.
    """
    out: list[Component] = []
    lead = gone = step = 0
    text = lost = said = ""
    left = side == "left"
    following = iter(op)
    ours = next(following, None)
    if isinstance(ours, dict):
        amount = ours["d"]
        if isinstance(amount, int):
            ours, said = -amount, ""
        else:
            ours, said = -len(amount), amount
    for component in other:
        if isinstance(component, str):  # they inserted: at one place, left goes first
            if left and isinstance(ours, str):
                if gone:
                    if lead:
                        out.append(lead)
                        lead = 0
                    out.append({"d": lost if len(lost) == gone else gone})
                    gone, lost = 0, ""
                text += ours
                ours = next(following, None)
                if isinstance(ours, dict):
                    amount = ours["d"]
                    if isinstance(amount, int):
                        ours, said = -amount, ""
                    else:
                        ours, said = -len(amount), amount
            step = len(component)
            if text or gone:
                if lead:
                    out.append(lead)
                out.append(text or {"d": lost if len(lost) == gone else gone})
                lead, text, gone, lost = 0, "", 0, ""
            lead += step
            continue
        theirs = component if isinstance(component, int) else -amount_size(component["d"])
        while theirs:
            if isinstance(ours, str):  # it takes up nothing of theirs, and stays whatever they do around it
                if gone:
                    if lead:
                        out.append(lead)
                        lead = 0
                    out.append({"d": lost if len(lost) == gone else gone})
                    gone, lost = 0, ""
                text += ours
                ours = 0
            elif not isinstance(ours, int):
                return finished(out, lead, text, gone, lost, None, said, following)
            elif theirs < 0:  # they deleted it: of ours that is not an insert nothing is left
                step = ours if ours > 0 else -ours
                if step > -theirs:
                    ours += theirs if ours > 0 else -theirs
                    break
                theirs += step
                ours = 0
            elif ours > 0:
                step = ours if ours < theirs else theirs
                if text or gone:
                    if lead:
                        out.append(lead)
                    out.append(text or {"d": lost if len(lost) == gone else gone})
                    lead, text, gone, lost = 0, "", 0, ""
                lead += step
                ours -= step
                theirs -= step
            else:
                step = -ours if -ours < theirs else theirs
                if text:
                    if lead:
                        out.append(lead)
                        lead = 0
                    out.append(text)
                    text = ""
                gone += step
                if said:
                    lost += said[len(said) + ours :][:step]
                ours += step
                theirs -= step
            if ours:
                break
            ours = next(following, None)
            if isinstance(ours, dict):
                amount = ours["d"]
                if isinstance(amount, int):
                    ours, said = -amount, ""
                else:
                    ours, said = -len(amount), amount
    return finished(out, lead, text, gone, lost, ours, said, following)
