"""Attributes: what a run of text or an embed carries beside its content, and what operations do to it.

Attributes are a JSON object or None, never `{}`. In an operation null clears an attribute; in a document
there is none. Values are replaced as a whole and compared as JSON, where a boolean is no number.

Law: for attributes `a` and `b` set on one run at once, a then b and b then `a without b` leave the same.
"""

from __future__ import annotations

from typing import TypeAlias

from ot.document_type import Json

Attributes: TypeAlias = dict[str, Json]


def same_attributes(attributes: Attributes | None, other: Attributes | None) -> bool:
    """Tell whether two runs carry the same, in whatever order."""
    if attributes is None or other is None:
        return attributes is other
    return attributes == other and same_value(attributes, other)  # the first is quick to say no


def same_value(value: Json, other: Json) -> bool:
    """Tell whether two JSON values are equal. In Python alone `True == 1`, at any depth."""
    kind, other_kind = type(value), type(other)
    if kind is dict and other_kind is dict:
        return value.keys() == other.keys() and all(same_value(value[key], other[key]) for key in value)
    if kind is list and other_kind is list:
        return len(value) == len(other) and all(map(same_value, value, other))
    if kind is bool or other_kind is bool:
        return value is other
    return bool(value == other)


def composed(first: Attributes | None, later: Attributes | None, *, keep_null: bool) -> Attributes | None:
    """Return what setting `first` and then `later` sets.

    A null is kept over text that the operation retains, where it has to clear what is there. Text that it
    inserts (or that stands in a document) has nothing to clear, and loses the attribute.
    """
    if later is None:
        return first
    result = later if first is None else first | later
    if not keep_null and None in later.values():
        result = {name: value for name, value in result.items() if value is not None}
    return result or None


def without(attributes: Attributes, stronger: Attributes) -> Attributes | None:
    """Return what is left of `attributes` beside those that win: they decide all that they set or clear."""
    if stronger.keys().isdisjoint(attributes):
        return attributes
    return {name: value for name, value in attributes.items() if name not in stronger} or None


def inverted(attributes: Attributes, before: Attributes | None) -> Attributes | None:
    """Return what undoes setting `attributes` on text that had `before`.

    Objects and lists are set back even where they are equal: Delta compares them by identity.
    """
    if before is None:
        before = {}
    result = {
        name: old
        for name, old in before.items()
        if name in attributes and (type(old) in (dict, list) or not same_value(old, attributes[name]))
    }
    result |= {name: None for name, new in attributes.items() if name not in before}
    return result or None


def difference(before: Attributes | None, after: Attributes | None) -> Attributes | None:
    """Return what turns the attributes `before` into those `after`."""
    before, after = before or {}, after or {}
    result: Attributes = {name: None for name in before if name not in after}
    result |= {
        name: value
        for name, value in after.items()
        if name not in before or not same_value(value, before[name])
    }
    return result or None
