"""What json1 says of values: which numbers are allowed, and how deep a value is."""

from __future__ import annotations

import math

from ot import json_values
from ot.document_type import Json
from ot.json_values import LARGEST_INTEGER


def value_fault(value: Json, depth: int = 0) -> str | None:
    """Return why something is no JSON value to stand `depth` keys down; None where it is one."""
    return json_values.value_fault(value, number_fault, depth)


def number_fault(number: Json) -> str | None:
    """Return why something is no number that all peers read alike."""
    if type(number) is bool:
        return "a boolean is not a number"
    if type(number) is int:
        if abs(number) <= LARGEST_INTEGER:
            return None
        return f"a whole number is at most {LARGEST_INTEGER}, as far as JavaScript counts exactly"
    if type(number) is not float:
        return f"{number!a:.40} is not a number"
    return None if math.isfinite(number) else f"{number} is not a JSON number"


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
