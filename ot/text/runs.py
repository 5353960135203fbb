"""One text operation out of many.

They are taken apart into edits, an insert or a delete each, and edits that touch are joined to a splice (so
much deleted here, this text put in its place): a run of typing and of taking back becomes one. What is
left is composed in pairs, and pairs of pairs; one after the other would walk the growing result once for
each.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    parts = _Parts()
    splice = _Splice(0, "")
    for op in ops:
        if len(op) == 2 and isinstance(op[0], int):  # a keystroke, as most are: 1.6 times as fast as below
            place, edit = op[0], op[1]
            if place == splice.end and type(edit) is str and len(splice.text) < LONGEST:
                splice.text += edit
                splice.end += len(edit)
            elif not isinstance(edit, int) and not splice.takes(place, edit):
                parts.add(splice.operation())
                splice = _Splice(place, edit)
        elif len(op) > TAKEN_APART:
            parts.add(splice.operation())
            splice = _Splice(0, "")
            parts.add(op)
        else:
            for place, edit in _edits(op):
                if not splice.takes(place, edit):
                    parts.add(splice.operation())
                    splice = _Splice(place, edit)
    parts.add(splice.operation())
    return parts.composed()


class _Parts:
    """Operations, composed in pairs as they come, so that few are there at a time.

    Level by level, all of a level were there at once, and half of the time went to the garbage collector,
    which looks at all that is there.
    """

    __slots__ = ("_count", "_parts")

    def __init__(self) -> None:
        self._parts: list[list[Component]] = []
        self._count = 0
        """Operations added; of so many as each of its bits stands for there is one part."""

    def add(self, op: list[Component]) -> None:
        """Compose an operation with those before it."""
        if not op:
            return
        count, parts = self._count, self._parts
        self._count += 1
        while count & 1:
            op = composed(parts.pop(), op)
            count >>= 1
        parts.append(op)

    def composed(self) -> list[Component]:
        """Return the composition of all."""
        parts = self._parts
        if not parts:
            return []
        op = parts.pop()
        while parts:
            op = composed(parts.pop(), op)
        return op


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

    def operation(self) -> list[Component]:
        """Return this as an operation in normal form."""
        text: str | Delete = self.text
        if self.gone:
            delete: Delete = {"d": self.lost if len(self.lost) == self.gone else self.gone}
            if text:
                return [self.start, text, delete] if self.start else [text, delete]
            text = delete
        if text:
            return [self.start, text] if self.start else [text]
        return []
