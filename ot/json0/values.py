"""What json0 says of values: which numbers, indexes and texts are allowed, and how numbers add up."""

from __future__ import annotations

import math
from typing import Any

from ot.document_type import Json
from ot.errors import InvalidOperation
from ot.json_values import LARGEST_INTEGER, value_fault
from ot.text.faults import surrogate_place


def require_value(value: Json, depth: int = 0) -> Json:
    """Return a JSON value that may stand `depth` levels deep in a document, or raise InvalidOperation."""
    fault = data_fault(value, depth)
    if fault is not None:
        raise InvalidOperation(fault)
    return value


def data_fault(value: Json, depth: int = 0) -> str | None:
    """Return why a value may not stand `depth` levels deep in a document; None where it may.

    The document counts as a level: as many lists and objects as `MOST_DEPTH` stand inside each other.
    """
    return value_fault(value, lambda number: number_fault(number, "a value"), depth + 1)


def index_fault(index: Json, what: str) -> str | None:
    """Return why something is no index or offset; None where it is one."""
    if type(index) is int and 0 <= index <= LARGEST_INTEGER:
        return None
    if type(index) is bool:
        return "a boolean is not a number"
    return f"{what} is a whole number from 0 to {LARGEST_INTEGER}"


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
    if -LARGEST_INTEGER <= number <= LARGEST_INTEGER:
        return True
    try:
        return int(float(number)) == number
    except OverflowError:
        return False
