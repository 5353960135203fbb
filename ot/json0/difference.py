"""What turns one JSON document into another: `diff` of json0.

Lists are compared as sequences and objects key by key; what stands in both at one place and differs is
compared in turn, so that little is replaced. What is inside comes after what is around it, and so its path
is that of the document `after`.
"""

from __future__ import annotations

from collections.abc import Iterator

from ot.canonical_json import canonical_json
from ot.difference import differences
from ot.document_type import Json
from ot.json0.components import DOCUMENT, TEXT0, Component, Edit, Item, Member, Number, Path
from ot.json0.text0 import Text0
from ot.json0.values import added, number_fault
from ot.json_values import is_number, same_value

_TEXT0 = Text0()

Compared = tuple[Path, Json, Json]
"""A place, and what is there before and after."""


def difference(before: Json, after: Json) -> Iterator[Component]:
    """Yield the components that turn `before` into `after`."""
    waiting: list[Compared] = [((DOCUMENT,), before, after)]
    while waiting:
        place, one, two = waiting.pop()
        if type(one) is dict and type(two) is dict:
            yield from _members(place, one, two, waiting)
        elif type(one) is list and type(two) is list:
            yield from _items(place, one, two, waiting)
        elif type(one) is str and type(two) is str:
            for change in _TEXT0.diff(one, two):
                yield Edit(place, TEXT0, [change], bare=True)
        elif not same_value(one, two):
            yield _other_value(place, one, two)


def _members(place: Path, before: Json, after: Json, waiting: list[Compared]) -> Iterator[Component]:
    for key, value in before.items():
        if key not in after:
            yield Member(place, key, removed=value)
        elif not same_value(value, after[key]):
            waiting.append(((*place, key), value, after[key]))
    for key, value in after.items():
        if key not in before:
            yield Member(place, key, inserted=value)


def _items(place: Path, before: Json, after: Json, waiting: list[Compared]) -> Iterator[Component]:
    """Yield what items are deleted and inserted, from front to back: so places are those of `after`."""
    spans = differences([canonical_json(item) for item in before], [canonical_json(item) for item in after])
    for start, end, after_start, after_end in spans:
        changed = min(end - start, after_end - after_start)
        for step in range(changed):
            waiting.append(((*place, after_start + step), before[start + step], after[after_start + step]))
        for gone in before[start + changed : end]:
            yield Item(place, after_start + changed, removed=gone)
        for index in range(after_start + changed, after_end):
            yield Item(place, index, inserted=after[index])


def _other_value(place: Path, before: Json, after: Json) -> Component:
    """Return what puts one value in place of another; a number is added to, which loses nobody's change."""
    if is_number(before) and is_number(after):
        amount = after - before
        if number_fault(amount, "a difference") is None and added(before, amount) == after:
            return Number(place, amount)
    key = place[-1]
    if type(key) is int:
        return Item(place[:-1], key, removed=before, inserted=after)
    return Member(place[:-1], key, removed=before, inserted=after)
