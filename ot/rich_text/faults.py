"""What is wrong with a rich-text operation, in words that name the component, its index and why."""

from __future__ import annotations

import math
from typing import Final

from ot.document_type import Json
from ot.errors import InvalidOperation
from ot.rich_text.components import Component
from ot.rich_text.embeds import Embeds, edit_of

LARGEST_NUMBER: Final = 2**53 - 1
"""Beyond it a JavaScript peer no longer tells every whole number apart."""

DEEPEST: Final = 64  # lists and objects inside one another in an attribute or an embed, as in a message

_JSON_NAMES: Final = {
    dict: "an object",
    str: "a string",
    bool: "a boolean",
    type(None): "null",
    list: "a list",
}


def require_components(op: Json) -> list[Json]:
    """Return the components of an operation, not checked yet, or raise InvalidOperation."""
    if type(op) is not list:
        raise InvalidOperation(f"a rich-text operation is a list of components, not {json_name(op)}")
    return op


def require_component(component: Json, index: int) -> Component:
    """Return a component whose kind, length and attributes are of the right types; look no deeper."""
    if type(component) is dict and len(component) <= 2:
        size = len(component) - ("attributes" in component)
        if size == 1 and type(component.get("attributes", {})) is dict:
            insert = component.get("insert")
            if (type(insert) is str and insert) or type(insert) is dict:
                return component
            amount = component.get("retain") or component.get("delete")
            if (type(amount) is int and amount > 0) or type(component.get("retain")) is dict:
                return component
    raise InvalidOperation(str(_shape_fault(component)), component=component, index=index)


def component_fault(component: Json, embeds: Embeds) -> str | None:
    """Return why a component is malformed; None where it is well-formed."""
    fault = _shape_fault(component)
    if fault is not None:
        return fault
    if "insert" in component:
        fault = json_fault(component["insert"])
        fault = None if fault is None else f"the insert has {fault}"
    elif type(component.get("retain")) is dict:
        fault = _edit_fault(component["retain"], embeds)
    if fault is None and "attributes" in component:
        fault = _attributes_fault(component["attributes"], inserted="insert" in component)
    return fault


def json_fault(value: Json, deepest: int = DEEPEST) -> str | None:
    """Return what no JSON peer could read, or read back as it was; None where all is well."""
    kind = type(value)
    if kind is str:
        place = _surrogate_place(value)
        return None if place is None else f"a lone surrogate at {place}, which is no character"
    if kind is bool or value is None:
        return None
    if kind is int:
        return None if -LARGEST_NUMBER <= value <= LARGEST_NUMBER else f"a number beyond {LARGEST_NUMBER}"
    if kind is float:
        return None if math.isfinite(value) else f"{value}, which is no JSON number"
    if kind is not list and kind is not dict:
        return f"a Python {kind.__name__}, which is no JSON"
    if deepest == 0:
        return f"more than {DEEPEST} lists and objects inside one another"
    if kind is list:
        return _first_fault(value, deepest)
    for key in value:
        if type(key) is not str or _surrogate_place(key) is not None:
            return f"a key that is no Unicode text: {key!a:.40}"
    return _first_fault(value.values(), deepest)


def json_name(value: Json) -> str:
    """Return what kind of JSON a value is, for a message."""
    return _JSON_NAMES.get(type(value), "a number" if isinstance(value, (int, float)) else "no JSON")


def _first_fault(values: Json, deepest: int) -> str | None:
    for value in values:
        fault = json_fault(value, deepest - 1)
        if fault is not None:
            return fault
    return None


def _shape_fault(component: Json) -> str | None:
    """Return why a component is none, without a look into its content."""
    if type(component) is not dict:
        return f"a component is an object with insert, retain or delete, not {json_name(component)}"
    kinds = [kind for kind in ("insert", "retain", "delete") if kind in component]
    unknown = [key for key in component if key not in ("insert", "retain", "delete", "attributes")]
    if unknown:
        return f"a component has no {unknown[0]!a:.40}, only insert, retain or delete, and attributes"
    if len(kinds) != 1:
        return (
            f"a component has one of insert, retain and delete; this one has {' and '.join(kinds) or 'none'}"
        )
    kind, value = kinds[0], component[kinds[0]]
    if kind == "insert":
        if type(value) is not str and type(value) is not dict:
            return f"an insert is a string or an object, not {json_name(value)}"
        if not value:
            return "an insert is not empty"
    elif kind == "delete" or type(value) is not dict:
        fault = _length_fault(value, kind)
        if fault is not None:
            return fault
    elif len(value) != 1:
        return f"a retain edits one embed, by one key; this one has {len(value)}"
    if "attributes" not in component:
        return None
    if kind == "delete":
        return "a delete has no attributes"
    attributes = component["attributes"]
    return None if type(attributes) is dict else f"attributes are an object, not {json_name(attributes)}"


def _length_fault(length: Json, kind: str) -> str | None:
    if type(length) is int:
        if length < 1:
            return f"a {kind} is at least 1 code unit"
        return None if length <= LARGEST_NUMBER else f"a {kind} is at most {LARGEST_NUMBER} code units"
    return f"a {kind} is a whole number of code units, not {_number_name(length)}"


def _number_name(value: Json) -> str:
    if type(value) is float:
        return f"{value}" if not math.isfinite(value) else f"the fraction {value}"
    return json_name(value)


def _edit_fault(edit: dict[str, Json], embeds: Embeds) -> str | None:
    fault = json_fault(edit)  # first: it bounds the depth for whatever checks the change
    if fault is not None:
        return f"the edit of an embed has {fault}"
    try:
        _, change, embed = edit_of(edit, embeds)
        embed.check(change)
    except InvalidOperation as refusal:
        return str(refusal)
    return None


def _attributes_fault(attributes: dict[str, Json], *, inserted: bool) -> str | None:
    if not attributes:
        return "empty attributes have to be left out"
    if "__proto__" in attributes:
        return "an attribute is not called __proto__, which a JavaScript peer would not keep"
    if inserted and None in attributes.values():
        return "null clears an attribute, and an insert has none to clear"
    fault = json_fault(attributes)
    return None if fault is None else f"an attribute has {fault}"


def _surrogate_place(text: str) -> int | None:
    """Return where a text has half of a surrogate pair; None where it is Unicode text."""
    if text.isascii():
        return None
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return error.start
    return None
