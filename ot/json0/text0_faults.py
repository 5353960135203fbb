"""What is wrong with a component of `text0`, in words."""

from __future__ import annotations

from typing import Final

from ot.document_type import Json
from ot.json0.values import index_fault, text_fault

_INSERT: Final = {"p", "i"}
_DELETE: Final = {"p", "d"}


def component_fault(component: Json) -> str | None:
    """Return why a component is malformed; None where it is well-formed."""
    if type(component) is not dict:
        return 'a component is an object, {"p": …, "i": …} or {"p": …, "d": …}'
    keys = component.keys()
    if keys == _INSERT:
        return index_fault(component["p"], "an offset") or text_fault(component["i"], '"i"')
    if keys == _DELETE:
        return index_fault(component["p"], "an offset") or text_fault(component["d"], '"d"')
    return f'a component has "p" and one of "i" and "d"; this one has {", ".join(map(ascii, keys)):.60}'
