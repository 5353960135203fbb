"""What is wrong with an operation of json0, in words that name the component, its index and why."""

from __future__ import annotations

from typing import Final

from ot.document_type import Json
from ot.errors import InvalidOperation
from ot.json0.components import READERS, TEXT0, Written
from ot.json0.subtypes import Subtypes
from ot.json0.values import data_fault, index_fault, number_fault, text_fault
from ot.json_values import MOST_DEPTH, key_fault

ACTIONS: Final = ("na", "t", "o", "si", "sd", "li", "ld", "lm", "oi", "od")

LONGEST_SUBTYPE: Final = 60  # characters of its name that a message shows


def require_operation(op: Json, subtypes: Subtypes) -> list[Written]:
    """Return an operation that is well-formed, or raise InvalidOperation."""
    if type(op) is not list:
        raise InvalidOperation("a json0 operation is a list of components")
    for index, component in enumerate(op):
        reason = _component_fault(component, subtypes)
        if reason is not None:
            raise InvalidOperation(reason, component=component, index=index)
    return op


def _component_fault(component: Json, subtypes: Subtypes) -> str | None:
    if type(component) is not dict:
        return "a component is an object"
    if frozenset(component) not in READERS:
        return _members_fault(component)
    path = component["p"]
    if type(path) is not list:
        return '"p" is a list'
    if len(path) > MOST_DEPTH:
        return f'"p" has {len(path)} keys, but lists and objects go at most {MOST_DEPTH} deep'
    for key in path:
        fault = _key_fault(key)
        if fault is not None:
            return fault
    return _action_fault(component, path, subtypes)


def _members_fault(component: Written) -> str:
    """Return what is missing from a component or too much."""
    if "p" not in component:
        return '"p", the path, is missing'
    unknown = [key for key in component if key not in ("p", *ACTIONS)]
    if unknown:
        return f"unknown member {unknown[0]!a:.60}"
    if ("t" in component) != ("o" in component):
        return 'a subtype\'s operation needs both "t" and "o"'
    actions = [key for key in component if key != "p"]
    return f"{' and '.join(actions)} do not go together" if actions else "nothing to do: an action is missing"


def _key_fault(key: Json) -> str | None:
    if type(key) is str:
        return key_fault(key)
    return index_fault(key, "a key of a path is a string, or in a list it")


def _action_fault(component: Written, path: list[Json], subtypes: Subtypes) -> str | None:
    """Return what is wrong with what a component does, its path being one."""
    if "na" in component:
        return number_fault(component["na"], '"na"')
    if "t" in component:
        return _subtype_fault(component["t"], component["o"], subtypes)
    if "oi" in component or "od" in component:
        return _member_fault(component, path)
    if not path or type(path[-1]) is not int:
        what = "offset in a string" if "si" in component or "sd" in component else "index in a list"
        return f"the path ends in a whole number, the {what}"
    if "lm" in component:
        return index_fault(component["lm"], '"lm"')
    if "si" in component:
        return text_fault(component["si"], '"si"')
    if "sd" in component:
        return text_fault(component["sd"], '"sd"')
    return _values_fault(component, ("ld", "li"), len(path))


def _member_fault(component: Written, path: list[Json]) -> str | None:
    if path and type(path[-1]) is not str:
        return "the path ends in a string, the key in an object"
    if not path and not ("oi" in component and "od" in component):
        return 'the document can be replaced, by "od" and "oi" together, but not inserted or deleted'
    return _values_fault(component, ("od", "oi"), len(path))


def _values_fault(component: Written, members: tuple[str, str], depth: int) -> str | None:
    for member in members:
        fault = data_fault(component[member], depth) if member in component else None
        if fault is not None:
            return f'in "{member}": {fault}'
    return None


def _subtype_fault(name: Json, op: Json, subtypes: Subtypes) -> str | None:
    subtype = subtypes.get(name) if type(name) is str else None
    if subtype is None:
        return f"the subtype {name!a:.{LONGEST_SUBTYPE}} is not registered; there are {', '.join(subtypes)}"
    if name == TEXT0 and type(op) is not list:
        return '"o" is a list'
    try:
        subtype.check(op)
    except InvalidOperation as refusal:
        return f'in "o": {refusal}'
    return None
