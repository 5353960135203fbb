"""JSON values: what is none, which are equal, and what stands in them. No recursion, however deep."""

from __future__ import annotations

import math
from typing import Any, Final

from ot.document_type import Json
from ot.text.faults import LARGEST_COUNT, surrogate_place

MOST_DEPTH: Final = 200
"""Keys from the document to its deepest value: JSON parsers give up soon after, at 254 or 512."""

LARGEST_NUMBER: Final = LARGEST_COUNT
"""Beyond it a JavaScript peer no longer tells whole numbers apart."""

FORBIDDEN_KEY: Final = "__proto__"
"""The one key that is no data to a JavaScript peer: setting it changes the object's class."""

_SCALARS: Final = frozenset({bool, type(None)})


def value_fault(value: Json, depth: int = 0) -> str | None:
    """Return why something is no JSON value to stand `depth` keys down; None where it is one."""
    waiting: list[tuple[Any, int]] = [(value, depth)]
    while waiting:
        value, depth = waiting.pop()
        kind = type(value)
        if kind is dict or kind is list:
            if depth > MOST_DEPTH:
                return f"it is nested deeper than {MOST_DEPTH}"
            if kind is dict:
                for key in value:
                    fault = key_fault(key)
                    if fault is not None:
                        return fault
                value = value.values()
            waiting += [(inner, depth + 1) for inner in value]
        elif kind not in _SCALARS:
            fault = _scalar_fault(value)
            if fault is not None:
                return fault
    return None


def key_fault(key: Json) -> str | None:
    """Return why something is no key of an object."""
    if type(key) is not str:
        return f"the key {key!a:.40} is not a string"
    if key == FORBIDDEN_KEY:
        return "the key '__proto__' is not data to JavaScript peers"
    place = surrogate_place(key)
    return None if place is None else f"the key {key!a:.40} has a lone surrogate, which is no character"


def number_fault(number: Json) -> str | None:
    """Return why something is no number that all peers read alike."""
    if type(number) is bool:
        return "a boolean is not a number"
    if type(number) is int:
        if abs(number) <= LARGEST_NUMBER:
            return None
        return f"a whole number is at most {LARGEST_NUMBER}, as far as JavaScript counts exactly"
    if type(number) is not float:
        return f"{number!a:.40} is not a number"
    return None if math.isfinite(number) else f"{number} is not a JSON number"


def is_number(value: Json) -> bool:
    """Tell whether a value is a number; booleans are none."""
    return type(value) is int or type(value) is float


def same_value(value: Json, other: Json) -> bool:
    """Tell whether two JSON values are equal: numbers by value, booleans never equal to numbers."""
    waiting = [(value, other)]
    while waiting:
        value, other = waiting.pop()
        if value is other:
            continue
        if type(value) is list and type(other) is list:
            if len(value) != len(other):
                return False
            waiting += zip(value, other, strict=True)
        elif type(value) is dict and type(other) is dict:
            if value.keys() != other.keys():
                return False
            waiting += [(inner, other[key]) for key, inner in value.items()]
        elif is_number(value) != is_number(other) or value != other:
            return False
        elif type(value) is bool or type(other) is bool:
            return False  # both are singletons: equal ones were identical
    return True


def depth_of(value: Json, most: int) -> int:
    """Return how many keys down the deepest value stands; past `most`, any number above it."""
    deepest = 0
    level = [value]
    while level and deepest <= most:
        below: list[Json] = []
        for inner in level:
            if type(inner) is dict:
                below += inner.values()
            elif type(inner) is list:
                below += inner
        if not below:
            return deepest
        deepest += 1
        level = below
    return deepest


def kind_of(value: Json) -> str:
    """Return what a message calls a value."""
    match value:
        case dict():
            return "an object"
        case list():
            return f"a list of {len(value)}"
        case str():
            return "a string"
        case bool():
            return "a boolean"
        case None:
            return "null"
        case int() | float():
            return "a number"
        case _:
            return "no value"


def _scalar_fault(value: Json) -> str | None:
    if type(value) is str:
        place = surrogate_place(value)
        return None if place is None else f"a string has a lone surrogate at {place}, which is no character"
    if type(value) is int or type(value) is float:
        return number_fault(value)
    return f"a {type(value).__name__} is no JSON value"
