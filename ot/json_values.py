"""JSON values as data of a document: which are none, when two are equal. No recursion, however deep.

What number a document may hold is for its type to say; all else is the same for all that hold JSON.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from ot.document_type import Json
from ot.text.faults import LARGEST_COUNT, surrogate_place

MOST_DEPTH: Final = 200
"""Keys from a document to its deepest value: JSON parsers give up soon after, at 254 or 512, and it is a
quarter of what Python's recursion has room for in whoever reads and writes JSON."""

LARGEST_INTEGER: Final = LARGEST_COUNT
"""Beyond it a JavaScript peer no longer tells every whole number apart."""

PROTOTYPE: Final = "__proto__"
"""The one key that an assignment in JavaScript does not store: a peer would lose what is kept there."""

NumberFault: TypeAlias = Callable[[Json], str | None]
"""Says why something is no number to stand in a document; None where it is one."""

_KIND_NAMES: Final[dict[type, str]] = {
    dict: "an object",
    str: "a string",
    bool: "a boolean",
    type(None): "null",
    int: "a number",
    float: "a number",
}


def value_fault(value: Json, number_fault: NumberFault, depth: int = 0) -> str | None:
    """Return why something is no JSON value to stand `depth` keys down; None where it is one.

    Lists and objects stand at most `MOST_DEPTH` keys down.
    """
    if type(value) is not dict and type(value) is not list:
        return None if value is None or type(value) is bool else _scalar_fault(value, number_fault)
    waiting: list[tuple[Any, int]] = [(value, depth)]
    while waiting:
        inner, level = waiting.pop()
        fault: str | None = None
        if type(inner) is dict:
            fault = _level_fault(level) or next(filter(None, map(key_fault, inner)), None)
            waiting += [(member, level + 1) for member in inner.values()]
        elif type(inner) is list:
            fault = _level_fault(level)
            waiting += [(item, level + 1) for item in inner]
        elif inner is not None and type(inner) is not bool:
            fault = _scalar_fault(inner, number_fault)
        if fault is not None:
            return fault
    return None


def key_fault(key: Json) -> str | None:
    """Return why something is no key of an object; None where it is one."""
    if type(key) is not str:
        return f"a key of an object is a string, not {key!a:.40}"
    if key == PROTOTYPE:
        return f"the key {PROTOTYPE} is no data in JavaScript: a peer would lose it"
    place = surrogate_place(key)
    return None if place is None else f"the key {key!a:.40} has a lone surrogate, which is no character"


def same_value(value: Json, other: Json) -> bool:
    """Tell whether two JSON values are equal: numbers by value, and no boolean is a number."""
    waiting = [(value, other)]
    while waiting:
        one, two = waiting.pop()
        if one is two:
            continue
        if type(one) is dict and type(two) is dict:
            if one.keys() != two.keys():
                return False
            waiting += [(inner, two[key]) for key, inner in one.items()]
        elif type(one) is list and type(two) is list:
            if len(one) != len(two):
                return False
            waiting += zip(one, two, strict=True)
        elif not same_scalar(one, two):
            return False
    return True


def same_scalar(value: Json, other: Json) -> bool:
    """Tell whether two values are equal and neither list nor object."""
    if type(value) is bool or type(other) is bool or value is None or other is None:
        return value is other
    return type(value) not in (list, dict) and type(other) not in (list, dict) and bool(value == other)


def is_number(value: Json) -> bool:
    """Tell whether a value is a number; booleans are none."""
    return type(value) is int or type(value) is float


def kind_of(value: Json) -> str:
    """Return what a message calls a value."""
    return f"a list of {len(value)}" if type(value) is list else _KIND_NAMES.get(type(value), "no value")


def _level_fault(level: int) -> str | None:
    if level <= MOST_DEPTH:
        return None
    return f"it is nested deeper than {MOST_DEPTH}: lists and objects go at most {MOST_DEPTH} deep"


def _scalar_fault(value: Json, number_fault: NumberFault) -> str | None:
    if type(value) is str:
        place = surrogate_place(value)
        return None if place is None else f"a string has a lone surrogate at {place}, which is no character"
    return number_fault(value) if is_number(value) else f"a {type(value).__name__} is no JSON value"
