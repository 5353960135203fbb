"""One text operation out of two, by one walk over both."""

from __future__ import annotations

from ot.text.components import Component, finished


def composed(op: list[Component], later: list[Component]) -> list[Component]:
    """Return one operation that does `op`, then `later`.

    Where `later` inserts at the place of a text that `op` deleted, the insert comes first. In the walk
    ours is a `size`, a delete as a negative number (`said` is the text that it says), or a `word` to
    insert, of which `taken` code points are used up; neither behind the end. What is written last is in
    hand: a skip `lead`, and behind it `text` or a delete of `gone` code points, which are `lost` if that
    is as long.
    """
    out: list[Component] = []
    lead = gone = taken = step = size = at = 0
    text = lost = said = word = ""
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
    for component in later:
        if isinstance(component, str):
            if gone:
                if lead:
                    out.append(lead)
                    lead = 0
                out.append({"d": lost if len(lost) == gone else gone})
                gone, lost = 0, ""
            text += component
            continue
        theirs, says, kept = 0, "", False
        if isinstance(component, int):
            theirs, kept = component, True
        else:
            amount = component["d"]
            if isinstance(amount, int):
                theirs = amount
            else:
                theirs, says = len(amount), amount
        while theirs:
            if size < 0:  # it was gone already, so it takes up nothing of theirs
                if text:
                    if lead:
                        out.append(lead)
                        lead = 0
                    out.append(text)
                    text = ""
                gone -= size
                if said:
                    lost += said
                size = 0
            elif word:
                step = len(word) - taken
                if step > theirs:
                    step = theirs
                if kept:
                    if gone:
                        if lead:
                            out.append(lead)
                            lead = 0
                        out.append({"d": lost if len(lost) == gone else gone})
                        gone, lost = 0, ""
                    text += word[taken : taken + step]
                taken += step
                theirs -= step  # what we inserted and they delete never was
                if taken < len(word):
                    break
                word, taken = "", 0
            else:
                step = theirs
                if size:  # past its end ours kept all
                    step = size if size < theirs else theirs
                    size -= step
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
                    if says:
                        lost += says[len(says) - theirs :][:step]
                theirs -= step
                if size:
                    break
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
    return finished(out, lead, text, gone, lost, size, word[taken:] if taken else word, said, op, at)
