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
    if type(component) is dict and len(component) - (type(component.get("attributes")) is dict) == 1:
        insert = component.get("insert")
        amount = component.get("retain") or component.get("delete")
        if (type(insert) is str and insert) or (type(amount) is int and amount > 0):
            return component  # nearly all: the rest takes four times as long
    fault = shape_fault(component)
    if fault is not None:
        raise InvalidOperation(fault, component=component, index=index)
    checked: Component = component
    return checked


def component_fault(component: Json, embeds: Embeds) -> str | None:
    """Return why a component is malformed; None where it is well-formed."""
    if _is_bare(component):
        return None
    fault = shape_fault(component)
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


def _is_bare(component: Json) -> bool:
    """Tell whether a component is one of those that most are: ASCII or a length, without attributes."""
    if type(component) is not dict or len(component) != 1:
        return False
    ((kind, value),) = component.items()
    if type(value) is int:
        return 0 < value <= LARGEST_NUMBER and (kind == "retain" or kind == "delete")
    return type(value) is str and kind == "insert" and value.isascii() and value != ""


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


def shape_fault(component: Json) -> str | None:
    """Return why a component is none, without a look into its content."""
    if type(component) is not dict:
        return f"a component is an object with insert, retain or delete, not {json_name(component)}"
    if len(component) - ("attributes" in component) != 1 or component.keys().isdisjoint(_CONTENT_FAULTS):
        return _keys_fault(component)
    kind, fault_of = next(item for item in _CONTENT_FAULTS.items() if item[0] in component)
    fault = fault_of(component[kind])
    if fault is not None or "attributes" not in component:
        return fault
    if kind == "delete":
        return "a delete has no attributes"
    attributes = component["attributes"]
    return None if type(attributes) is dict else f"attributes are an object, not {json_name(attributes)}"


def _keys_fault(component: dict[str, Json]) -> str:
    for key in component:
        if key not in _CONTENT_FAULTS and key != "attributes":
            return f"a component has no {key!a:.40}, only insert, retain or delete, and attributes"
    kinds = " and ".join(kind for kind in _CONTENT_FAULTS if kind in component)
    return f"a component has one of insert, retain and delete; this one has {kinds or 'none'}"


def _insert_fault(insert: Json) -> str | None:
    if type(insert) is not str and type(insert) is not dict:
        return f"an insert is a string or an object, not {json_name(insert)}"
    return None if insert else "an insert is not empty"


def _retain_fault(retain: Json) -> str | None:
    if type(retain) is not dict:
        return _length_fault(retain, "retain")
    if len(retain) == 1:
        return None
    return f"a retain that edits an embed names it with one key; this one has {len(retain)}"


def _delete_fault(delete: Json) -> str | None:
    return _length_fault(delete, "delete")


_CONTENT_FAULTS: Final = {"insert": _insert_fault, "retain": _retain_fault, "delete": _delete_fault}


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
