"""One text operation out of two, by one walk over both."""

from __future__ import annotations

from ot.text.components import Component, finished


def composed(op: list[Component], later: list[Component]) -> list[Component]:
    """Return one operation that does `op`, then `later`.

    Where `later` inserts at the place of a text that `op` deleted, the insert comes first. In the walk a
    delete of ours is a negative number, and `said` the text that it says; of an insert of ours `taken`
    code points are used up. What is written last is in hand: a skip `lead`, and behind it `text` or a
    delete of `gone` code points, which are `lost` if that is as long.
    """
    out: list[Component] = []
    lead = gone = taken = step = 0
    text = lost = said = ""
    following = iter(op)
    ours = next(following, None)
    if isinstance(ours, dict):
        amount = ours["d"]
        if isinstance(amount, int):
            ours, said = -amount, ""
        else:
            ours, said = -len(amount), amount
    for theirs in later:
        if isinstance(theirs, str):
            if gone:
                if lead:
                    out.append(lead)
                    lead = 0
                out.append({"d": lost if len(lost) == gone else gone})
                gone, lost = 0, ""
            text += theirs
            continue
        kept = isinstance(theirs, int)
        removed = theirs if isinstance(theirs, int) else theirs["d"]
        size = removed if isinstance(removed, int) else len(removed)
        while size:
            if isinstance(ours, str):
                step = min(len(ours) - taken, size)
                if kept:
                    if gone:
                        if lead:
                            out.append(lead)
                            lead = 0
                        out.append({"d": lost if len(lost) == gone else gone})
                        gone, lost = 0, ""
                    text += ours[taken : taken + step]
                taken += step
                size -= step  # what we inserted and they delete never was
                if taken < len(ours):
                    break
                ours, taken = 0, 0
            elif isinstance(ours, int) and ours < 0:  # it was gone already, so it takes up nothing of theirs
                if text:
                    if lead:
                        out.append(lead)
                        lead = 0
                    out.append(text)
                    text = ""
                gone -= ours
                lost += said
                ours = 0
            else:
                step = size
                if isinstance(ours, int):  # past its end ours kept all
                    step = ours if ours < size else size
                    ours -= step
                if kept:
                    if text or gone:
                        if lead:
                            out.append(lead)
                        out.append(text or {"d": lost if len(lost) == gone else gone})
                        lead, text, gone, lost = 0, "", 0, ""
                    lead += step
                else:
                    if text:
                        if lead:
                            out.append(lead)
                            lead = 0
                        out.append(text)
                        text = ""
                    gone += step
                    if isinstance(removed, str):
                        lost += removed[len(removed) - size :][:step]
                size -= step
            if ours == 0:
                ours = next(following, None)
                if isinstance(ours, dict):
                    amount = ours["d"]
                    if isinstance(amount, int):
                        ours, said = -amount, ""
                    else:
                        ours, said = -len(amount), amount
    if taken and isinstance(ours, str):
        ours = ours[taken:]
    return finished(out, lead, text, gone, lost, ours, said, following)
