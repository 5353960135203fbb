"""One text operation out of many.

They are taken apart into edits, an insert or a delete each, and edits that touch are joined to a splice (so
much deleted here, this text put in its place): a run of typing and of taking back becomes one. What is
left is composed in pairs, level by level; one after the other would walk the growing result once for each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

from ot.text.components import Amount, Component, Delete, amount_size
from ot.text.composing import composed

TAKEN_APART: Final = 4
"""Components up to which an operation is taken apart; a longer one is composed as it is."""

LONGEST: Final = 1_000
"""Code points of text, past which nothing more is joined to a splice: each joining copies it."""

Edit: TypeAlias = tuple[int, str | Delete]
"""A place, and what is inserted or deleted there."""


def all_composed(ops: Sequence[list[Component]]) -> list[Component]:
    """Return one operation that does several, made one after the other. Cost: near linear."""
    level = list(ops) if len(ops) < 2 else _joined(ops)
    while len(level) > 1:
        pairs = [composed(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = pairs if len(level) % 2 == 0 else [*pairs, level[-1]]
    return level[0] if level else []


def _joined(ops: Iterable[list[Component]]) -> list[list[Component]]:
    """Return operations that do what `ops` do, edits that touch joined to one."""
    done: list[list[Component]] = []
    splice = _Splice(0, "")
    for op in ops:
        if len(op) == 2 and isinstance(op[0], int):  # a keystroke, as most are: 1.6 times as fast as below
            place, edit = op[0], op[1]
            if place == splice.end and type(edit) is str and len(splice.text) < LONGEST:
                splice.text += edit
                splice.end += len(edit)
            elif not isinstance(edit, int) and not splice.takes(place, edit):
                splice.write(done)
                splice = _Splice(place, edit)
        elif len(op) > TAKEN_APART:
            splice.write(done)
            splice = _Splice(0, "")
            done.append(op)
        else:
            for place, edit in _edits(op):
                if not splice.takes(place, edit):
                    splice.write(done)
                    splice = _Splice(place, edit)
    splice.write(done)
    return done


def _edits(op: list[Component]) -> list[Edit]:
    """Return what an operation does, from front to back, each made on what the one before left."""
    place, edits = 0, list[Edit]()
    for component in op:
        if isinstance(component, int):
            place += component
        else:
            edits.append((place, component))
            place += len(component) if isinstance(component, str) else 0
    return edits


class _Splice:
    """From `start` on, `gone` code points (`lost`, if that is as long) become `text`, which ends at `end`."""

    __slots__ = ("end", "gone", "lost", "start", "text")

    def __init__(self, place: int, edit: str | Delete) -> None:
        self.start = self.end = place
        self.gone = 0
        self.text = self.lost = ""
        if isinstance(edit, str):
            self.text = edit
            self.end += len(edit)
        else:
            amount = edit["d"]
            self.gone = amount if isinstance(amount, int) else len(amount)
            if isinstance(amount, str):
                self.lost = amount

    def takes(self, place: int, edit: str | Delete) -> bool:
        """Add an edit, if it touches what is here; tell whether it does."""
        if place > self.end or len(self.text) > LONGEST:
            return False
        if isinstance(edit, str):
            if place < self.start:
                return False
            at = place - self.start
            self.text = self.text[:at] + edit + self.text[at:]
            self.end += len(edit)
            return True
        return self._loses(place, edit["d"])

    def _loses(self, place: int, amount: Amount) -> bool:
        """Add a delete that begins no later than this ends: of the text here, and of what is around it."""
        size = amount_size(amount)
        if place + size < self.start:
            return False
        at, before = max(place - self.start, 0), max(self.start - place, 0)
        inside = min(size - before, len(self.text) - at)
        if isinstance(amount, str):
            self.lost = amount[:before] + self.lost + amount[before + inside :]
        self.gone += size - inside
        self.text = self.text[:at] + self.text[at + inside :]
        self.start -= before
        self.end = self.start + len(self.text)
        return True

    def write(self, done: list[list[Component]]) -> None:
        """Append this as one operation in normal form, or nothing where nothing is left of it."""
        text: str | Delete = self.text
        if self.gone:
            delete: Delete = {"d": self.lost if len(self.lost) == self.gone else self.gone}
            if text:
                done.append([self.start, text, delete] if self.start else [text, delete])
                return
            text = delete
        if text:
            done.append([self.start, text] if self.start else [text])
