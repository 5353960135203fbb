"""Components applied to a document, which is copied where it changes and shared where it does not.

Everything that a component says about the document is held against it: what is deleted must be what is
there, a key is free or taken as the component has it, and no index lies beyond the end.

A string that text0 changes is kept open where it stands, an `OpenString` in its place, until it is asked for
or deleted, or the document is: thousands of keystrokes in a long string copy it once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ot.document_type import ABSENT, Json
from ot.errors import InvalidOperation
from ot.json0.components import DOCUMENT, Component, Edit, Item, Key, Member, Move, Number, Path
from ot.json0.open_string import OpenString
from ot.json0.subtypes import Subtypes
from ot.json0.text0 import Text0, edit, open_string
from ot.json0.values import added, number_fault
from ot.json_values import is_number, kind_of, same_value

EXCERPT: Final = 40  # characters of a value that a message shows


class Draft:
    """A document that components are applied to one after the other."""

    __slots__ = ("_around", "_open", "_own", "_subtypes")

    def __init__(self, document: Json, subtypes: Subtypes) -> None:
        self._around: dict[Key, Json] = {DOCUMENT: document}
        self._own: dict[int, Json] = {}
        """The lists and objects that were copied for this draft, by `id`: these alone may be changed."""
        self._open = False
        """Whether a string has been opened: they stand in what was copied, and nowhere else."""
        self._subtypes = subtypes

    @property
    def document(self) -> Json:
        """The document as it is now. It must not be changed, nor must the draft be used any more."""
        if self._open:
            for container in (self._around, *self._own.values()):
                _close_in(container)
        return self._around[DOCUMENT]

    def apply(self, component: Component) -> None:
        """Apply a component; raise InvalidOperation where it does not fit."""
        match component:
            case Member():
                self._change_member(component)
            case Item():
                self._change_item(component)
            case Move():
                self._move(component)
            case Number():
                self._add(component)
            case Edit():
                self._edit(component)

    def _change_member(self, change: Member) -> None:
        members = self._container(change.place)
        if type(members) is not dict:
            raise InvalidOperation(f"changes an object, but there is {_kind_of(members)}")
        if type(change.key) is not str and change.place:
            raise InvalidOperation(f"a key of an object is a string, not {change.key!r}")
        there = self._closed(members[change.key]) if change.key in members else ABSENT
        if change.removed is ABSENT and there is not ABSENT:
            raise InvalidOperation(f'the key is in use and holds {shown(there)}: "od" is needed')
        _require_removed(change, there)
        if change.inserted is ABSENT:
            del members[change.key]
        else:
            members[change.key] = change.inserted

    def _change_item(self, change: Item) -> None:
        items = self._list(change.place)
        index = _index(change.index)
        if change.removed is ABSENT:
            if index > len(items):
                raise InvalidOperation(f"inserts at {index}, but the list has {len(items)} items")
            items.insert(index, change.inserted)
            return
        _require_removed(change, self._closed(_item(items, index)))
        if change.inserted is ABSENT:
            del items[index]
        else:
            items[index] = change.inserted

    def _move(self, move: Move) -> None:
        items = self._list(move.place)
        _item(items, _index(move.index))
        if _index(move.to) >= len(items):
            raise InvalidOperation(f"moves to {move.to}, but the list has {len(items)} items")
        items.insert(move.to, items.pop(move.index))

    def _add(self, number: Number) -> None:
        there = self.value(number.place)
        if not is_number(there):
            raise InvalidOperation(f"adds to a number, but there is {_kind_of(there)}")
        fault = number_fault(number.amount, '"na"')
        if fault is not None:
            raise InvalidOperation(fault)
        self._set(number.place, added(there, number.amount))

    def _edit(self, edit: Edit) -> None:
        subtype = self._subtypes.get(edit.subtype)
        if subtype is None:
            raise InvalidOperation(f"the subtype {edit.subtype!r:.60} is not registered")
        if type(subtype) is Text0:
            self._edit_string(edit)
        else:
            self._set(edit.place, subtype.apply(self.value(edit.place), edit.op))

    def _edit_string(self, edit_of_string: Edit) -> None:
        container, key = self._container(edit_of_string.place[:-1]), edit_of_string.place[-1]
        there = child(container, key)
        if type(there) is not OpenString:
            there = container[key] = open_string(there)
            self._open = True
        edit(there, edit_of_string.op)

    def _list(self, place: Path) -> list[Json]:
        items = self._container(place)
        if type(items) is not list:
            raise InvalidOperation(f"changes a list, but there is {_kind_of(items)}")
        return items

    def value(self, place: Path) -> Json:
        """Return what is at a place; raise InvalidOperation where there is nothing."""
        return self._closed(child(self._container(place[:-1]), place[-1]))

    def _closed(self, value: Json) -> Json:
        """Return a value of the document with no string in it open. Cost: its size, if any string is."""
        if type(value) is OpenString:
            return value.text()
        if self._open:
            for container in self._own_in(value):
                _close_in(container)
        return value

    def _own_in(self, value: Json) -> Iterator[Json]:
        """Yield a value and what is inside it, as far as it was copied for this draft."""
        waiting = [value]
        while waiting:
            container = waiting.pop()
            if id(container) in self._own:
                yield container
                waiting += container.values() if type(container) is dict else container

    def _set(self, place: Path, value: Json) -> None:
        self._container(place[:-1])[place[-1]] = value

    def _container(self, place: Path) -> Json:
        """Return what is at a place; if it is a list or an object, one that may be changed."""
        container: Json = self._around
        for key in place:
            inner = child(container, key)
            if type(inner) in (list, dict) and id(inner) not in self._own:
                inner = inner.copy()
                self._own[id(inner)] = inner
                container[key] = inner
            container = inner
        return container


def _close_in(container: Json) -> None:
    """Close the strings that stand in a list or an object, but not those further inside."""
    for key, value in container.items() if type(container) is dict else enumerate(container):
        if type(value) is OpenString:
            container[key] = value.text()


def child(container: Json, key: Key) -> Json:
    """Return what a list or an object has at a key; raise InvalidOperation where there is nothing."""
    if type(container) is dict:
        if key in container:
            return container[key]
        raise InvalidOperation(f"nothing at the key {key!a:.60}")
    if type(container) is list:
        return _item(container, _index(key))
    raise InvalidOperation(f"the path goes on at {key!a:.60}, but there is {_kind_of(container)}")


def _kind_of(value: Json) -> str:
    return "a string" if type(value) is OpenString else kind_of(value)


def shown(value: Json) -> str:
    """Return a value as a message shows it."""
    if type(value) is list:
        return kind_of(value)
    if type(value) is dict:
        return f"{kind_of(value)} of {len(value)}"
    return f"{value!a:.{EXCERPT}}"


def _require_removed(change: Item | Member, there: Json) -> None:
    if change.removed is ABSENT:
        return
    if there is ABSENT:
        raise InvalidOperation("deletes what is not there")
    if not same_value(change.removed, there):
        raise InvalidOperation(f"deletes another value than is there, which is {shown(there)}")


def _item(items: list[Json], index: int) -> Json:
    if index >= len(items):
        raise InvalidOperation(f"nothing at {index}: the list has {len(items)} items")
    return items[index]


def _index(key: Key) -> int:
    if type(key) is not int or key < 0:
        raise InvalidOperation(f"an index of a list is a whole number from 0 on, not {key!a:.60}")
    return key
