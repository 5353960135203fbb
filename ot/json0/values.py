"""JSON values as data of a document: what is allowed, when two are equal, how numbers add up.

Depth is bounded where a value comes in, and measured without recursion; everything behind may recurse.
"""

from __future__ import annotations

import math
from typing import Any, Final

from ot.document_type import Json, Side
from ot.errors import InvalidOperation
from ot.text.faults import surrogate_place

MOST_DEPTH: Final = 200
"""Lists and objects inside each other in one document: a quarter of what Python's recursion has room for in
whoever reads and writes JSON."""

LARGEST_INDEX: Final = 2**53 - 1
"""Beyond it a JavaScript peer no longer tells every whole number apart."""

PROTOTYPE: Final = "__proto__"
"""The one key that an assignment in JavaScript does not store: a peer would lose what is kept there."""


def require_side(side: Side) -> Side:
    """Refuse what is no side: two ends that read it differently would order their inserts differently."""
    if side not in ("left", "right"):
        raise ValueError(f'a side is "left" or "right", not {side!r}')
    return side


def require_value(value: Json, depth: int = 0) -> Json:
    """Return a JSON value that may stand `depth` levels deep in a document, or raise InvalidOperation."""
    fault = value_fault(value, depth)
    if fault is not None:
        raise InvalidOperation(fault)
    return value


def value_fault(value: Json, depth: int = 0) -> str | None:
    """Return why a value may not stand `depth` levels deep in a document; None where it may."""
    waiting = [(value, depth)]
    while waiting:
        inner, level = waiting.pop()
        if type(inner) is dict:
            fault = _level_fault(level) or next(filter(None, map(key_fault, inner)), None)
            waiting += [(member, level + 1) for member in inner.values()]
        elif type(inner) is list:
            fault = _level_fault(level)
            waiting += [(item, level + 1) for item in inner]
        else:
            fault = _scalar_fault(inner)
        if fault is not None:
            return fault
    return None


def key_fault(key: Json) -> str | None:
    """Return why something is no key of an object; None where it is one."""
    if type(key) is not str:
        return f"a key of an object is a string, not {key!r:.30}"
    if key == PROTOTYPE:
        return "the key __proto__ is no data in JavaScript: a peer would lose it"
    return None if surrogate_place(key) is None else "a key has a lone surrogate, which is no character"


def index_fault(index: Json, what: str) -> str | None:
    """Return why something is no index or offset; None where it is one."""
    if type(index) is int and 0 <= index <= LARGEST_INDEX:
        return None
    if type(index) is bool:
        return "a boolean is not a number"
    return f"{what} is a whole number from 0 to {LARGEST_INDEX}"


def text_fault(text: Json, what: str) -> str | None:
    """Return why something is no text to insert or delete; None where it is one."""
    if type(text) is not str:
        return f"{what} is a string"
    if not text:
        return f"{what} is not empty"
    place = surrogate_place(text)
    return None if place is None else f"{what} has a lone surrogate at {place}, which is no character"


def number_fault(number: Json, what: str) -> str | None:
    """Return why something is no number that a JavaScript peer reads as the same; None where it is one."""
    if type(number) is float:
        return None if math.isfinite(number) else f"{what} is {number}, which is no JSON number"
    if type(number) is int:
        return None if _is_double(number) else f"{what} is a number that no double holds exactly"
    return "a boolean is not a number" if type(number) is bool else f"{what} is a number"


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
            waiting += [(one[key], two[key]) for key in one]
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


def added(number: Json, amount: Json) -> Json:
    """Return the sum as JavaScript has it, in doubles; raise InvalidOperation where that is infinite.

    Sums of whole numbers up to 2**53 are exact. Others are rounded, and then the order of two additions
    can matter in the last digit, as it does in every peer.
    """
    total: Any = number + amount
    if type(total) is int:
        return total if _is_double(total) else int(_as_double(total))
    if not math.isfinite(total):
        raise InvalidOperation(f"adds {amount} to {number}, which is more than a number can be")
    return total


def _as_double(number: int) -> float:
    try:
        return float(number)
    except OverflowError:
        raise InvalidOperation("a sum that is more than a number can be") from None


def _is_double(number: int) -> bool:
    if -LARGEST_INDEX <= number <= LARGEST_INDEX:
        return True
    try:
        return int(float(number)) == number
    except OverflowError:
        return False


def _level_fault(level: int) -> str | None:
    return None if level < MOST_DEPTH else f"lists and objects are nested at most {MOST_DEPTH} deep"


def _scalar_fault(value: Json) -> str | None:
    kind = type(value)
    if kind is str:
        place = surrogate_place(value)
        return None if place is None else f"a string has a lone surrogate at {place}, which is no character"
    if kind is int or kind is float:
        return number_fault(value, "a value")
    return None if value is None or kind is bool else f"{kind.__name__} is no JSON value"
