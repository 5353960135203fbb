"""What is wrong with a text operation or a document, in words that name the component, its index and why."""

from __future__ import annotations

from typing import Final

from ot.document_type import Json
from ot.errors import InvalidOperation
from ot.text.components import Amount, amount_size

LARGEST_COUNT: Final = 2**53 - 1
"""Beyond it a JavaScript peer no longer tells every whole number apart."""

EXCERPT: Final = 30  # code points of a document that a message shows

_JSON_NAMES: Final = {
    dict: "an object",
    str: "a string",
    bool: "a boolean",
    type(None): "null",
    list: "a list",
}


def require_text(snapshot: Json) -> str:
    """Return a document of this type, or raise InvalidOperation where it is none."""
    if not isinstance(snapshot, str):
        raise InvalidOperation(f"a text document is a string, not {_json_name(snapshot)}")
    return snapshot


def require_unicode(text: str) -> str:
    """Return a text that can be written as UTF-8, or raise InvalidOperation."""
    place = surrogate_place(text)
    if place is not None:
        raise InvalidOperation(f"the text has a lone surrogate at {place}, which is no character")
    return text


def require_components(op: Json) -> list[Json]:
    """Return the components of an operation, not checked yet, or raise InvalidOperation."""
    if type(op) is not list:
        raise InvalidOperation(f"a text operation is a list of components, not {_json_name(op)}")
    return op


def deleted_amount(component: Json, index: int) -> Amount:
    """Return what a delete takes away, or raise InvalidOperation where the component is none."""
    if type(component) is dict and len(component) == 1:
        amount = component.get("d")
        if type(amount) is int or type(amount) is str:
            return amount
    raise InvalidOperation(str(component_fault(component)), component=component, index=index)


def is_empty(component: Json) -> bool:
    """Tell whether a component does nothing, which the normal form leaves out."""
    if type(component) is dict and len(component) == 1:
        component = component.get("d")
    return (type(component) is int or type(component) is str) and not component


def component_fault(component: Json) -> str | None:
    """Return why a component is malformed; None where it is well-formed."""
    if type(component) is int and 0 < component <= LARGEST_COUNT:
        return None
    if type(component) is str:
        return _string_fault(component, "an insert")
    if type(component) is not dict:
        return _count_fault(component, "a skip", 'a component is a number, a string or {"d": …}')
    if "d" not in component:
        return f'an object is a delete and needs "d"; it has {_keys(component)}'
    if len(component) > 1:
        return f'a delete has nothing beside "d"; it has {_keys(component)}'
    amount = component["d"]
    if type(amount) is str:
        return _string_fault(amount, "a delete")
    return _count_fault(amount, "a delete", '"d" is a number or a string')


def misfit(text: str, position: int, component: Json) -> str:
    """Return why a skip or delete at `position` does not fit a document."""
    fault = component_fault(component)
    if fault is not None:
        return fault
    verb, amount = ("skips", component) if type(component) is int else ("deletes", component["d"])
    end = position + amount_size(amount)
    if end > len(text):
        return f"{verb} code points {position} to {end}, but the document has {len(text)}"
    there = text[position : min(end, position + EXCERPT)]
    more = "…" if end > position + EXCERPT else ""
    return f"deletes another text at {position} than the document has there: {there!a}{more}"


def surrogate_place(text: str) -> int | None:
    """Return where a text has half of a surrogate pair; None where it is Unicode text."""
    if text.isascii():
        return None
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return error.start
    return None


def _string_fault(text: str, what: str) -> str | None:
    if not text:
        return f"{what} is not empty"
    place = surrogate_place(text)
    return None if place is None else f"{what} has a lone surrogate at {place}, which is no character"


def _count_fault(count: Json, what: str, otherwise: str) -> str | None:
    if type(count) is int:
        if count < 1:
            return f"{what} is at least 1 code point"
        return None if count <= LARGEST_COUNT else f"{what} is at most {LARGEST_COUNT} code points"
    if type(count) is bool:
        return "a boolean is not a number"
    return f"{what} is a whole number" if type(count) is float else otherwise


def _keys(component: dict[Json, Json]) -> str:
    shown = ", ".join(ascii(key)[:EXCERPT] for key in list(component)[:5])
    return shown if len(component) <= 5 else f"{shown} and {len(component) - 5} more"


def _json_name(value: Json) -> str:
    return _JSON_NAMES.get(type(value), "a number" if isinstance(value, (int, float)) else "no JSON")
