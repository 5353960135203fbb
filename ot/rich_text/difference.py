"""What turns one document into another: the text first, then the attributes of what stays.

For the comparison a document is one string, in which an embed is half of a surrogate pair: nothing that
stands in a valid text, and the same one for equal embeds.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from typing import Final

from ot.canonical_json import canonical_json
from ot.difference import text_differences
from ot.document_type import Json, Operation
from ot.rich_text.attributes import difference
from ot.rich_text.components import Builder, Component, with_attributes
from ot.utf16 import units

FIRST_STAND_IN: Final = 0xD800
STAND_INS: Final = 0x800  # halves of surrogate pairs; of more embeds than that, some share one


def document_difference(before: list[Component], after: list[Component]) -> Operation:
    """Return an operation that turns `before` into `after`, both valid documents."""
    stand_ins: dict[str, str] = {}
    text, after_text = _as_text(before, stand_ins), _as_text(after, stand_ins)
    old, new, result = _Slices(before), _Slices(after), Builder()
    place = after_place = 0
    for start, end, after_start, after_end in text_differences(text, after_text):
        _keep(result, old.take(start - place), new.take(after_start - after_place))
        _replace(result, old.take(end - start), new.take(after_end - after_start))
        place, after_place = end, after_end
    _keep(result, old.take(len(text) - place), new.take(len(after_text) - after_place))
    return result.finished()


def _as_text(document: list[Component], stand_ins: dict[str, str]) -> str:
    """Return a document as one string, and remember what stands for which embed."""
    return "".join(
        component["insert"]
        if type(component["insert"]) is str
        else stand_ins.setdefault(
            canonical_json(component["insert"]), chr(FIRST_STAND_IN + len(stand_ins) % STAND_INS)
        )
        for component in document
    )


class _Slices:
    """Takes a document apart, counted in code points and embeds."""

    def __init__(self, document: list[Component]) -> None:
        self.following = iter(document)
        self.component: Component = {"insert": ""}
        self.start = 0

    def take(self, length: int) -> list[Component]:
        """Return the components of the next `length` code points and embeds."""
        pieces = []
        while length:
            insert = self.component["insert"]
            size = len(insert) if type(insert) is str else 1
            if self.start == size:
                self.component, self.start = next(self.following), 0
                continue
            step = min(size - self.start, length)
            if type(insert) is str:
                insert = insert[self.start : self.start + step]
            pieces.append(with_attributes({"insert": insert}, self.component.get("attributes")))
            self.start += step
            length -= step
        return pieces


def _keep(result: Builder, old: list[Component], new: list[Component]) -> None:
    """Retain content that both have, with the attributes that it has afterwards."""
    for content, other, before, after in _side_by_side(old, new):
        if type(content) is dict and canonical_json(content) != canonical_json(other):
            _replace(result, [{"insert": content}], [with_attributes({"insert": other}, after)])
            continue
        length = units(content) if type(content) is str else 1
        change = difference(before, after)
        if change is None:
            result.retain(length)
        else:
            result.format({"retain": length, "attributes": change})


def _replace(result: Builder, old: list[Component], new: list[Component]) -> None:
    for component in new:
        result.insert(component)
    length = sum(units(one["insert"]) if type(one["insert"]) is str else 1 for one in old)
    if length:
        result.delete(length)


def _side_by_side(
    old: list[Component], new: list[Component]
) -> Iterator[tuple[Json, Json, dict[str, Json] | None, dict[str, Json] | None]]:
    """Yield runs of equal content that have one set of attributes before, and one afterwards."""
    ours, theirs = _Slices(old), _Slices(new)
    lengths = [
        [len(one["insert"]) if type(one["insert"]) is str else 1 for one in side] for side in (old, new)
    ]
    cuts = sorted({*accumulate(lengths[0]), *accumulate(lengths[1])})
    place = 0
    for cut in cuts:
        (before,), (after,) = ours.take(cut - place), theirs.take(cut - place)
        yield before["insert"], after["insert"], before.get("attributes"), after.get("attributes")
        place = cut
