"""Equality of JSON values: numbers by value, but a boolean is no number (in Python `True == 1`)."""

from __future__ import annotations

from ot.document_type import Json


def same_json(value: Json, other: Json) -> bool:
    """Tell whether two JSON values are equal. What is no JSON (`ot.ABSENT`) is compared by `==`."""
    if type(value) is str:
        return type(other) is str and value == other
    if isinstance(value, bool) or isinstance(other, bool):
        return value is other
    if isinstance(value, list) and isinstance(other, list):
        return len(value) == len(other) and all(map(same_json, value, other))
    if isinstance(value, dict) and isinstance(other, dict):
        return value.keys() == other.keys() and all(same_json(value[key], other[key]) for key in value)
    return bool(value == other)
