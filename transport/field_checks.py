"""What a value has to be to stand in a field of a message."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from transport.document_name import BadDocumentName, check_document_name
from transport.fields import Field
from transport.messages import LARGEST_INTEGER

Check: TypeAlias = Callable[[Any, Any], Any]
"""A hook of cattrs: takes a value (and the field's type, not needed here), returns what the class holds."""

REVISIONS: Final = frozenset({"revision", "after", "before"})
"""Fields that hold a revision: below zero they have a code of their own."""


class Wrong(Exception):
    """What is wrong with one value; cattrs notes where it stands."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason


def scalar_check(field: Field) -> Check:
    """Return what checks a value that is no part of a message with fields of its own."""
    match field.kind:
        case "string":
            return _document_name if field.name == "doc" and field.about.most else _string(field)
        case "integer":
            return _integer(field)
        case "number":
            return _number
        case "boolean":
            return _boolean
        case _:
            return lambda value, _: value


def _document_name(value: Any, _: Any) -> str:
    if type(value) is not str:
        raise wrong("has to be a string", value)
    try:
        check_document_name(value)
    except BadDocumentName as error:
        raise Wrong(error.code, error.reason) from None
    return value


def _string(field: Field) -> Check:
    least, most, one_of = field.about.least or 0, field.about.most, field.about.one_of

    def check(value: Any, _: Any) -> str:
        if type(value) is not str:
            raise wrong("has to be a string", value)
        if one_of and value not in one_of:
            raise wrong(f"has to be one of {', '.join(one_of)}", value)
        if most is not None and not least <= len(value) <= most:
            raise Wrong("bad-message", f"has to have {least} to {most} characters, not {len(value)}")
        return value

    return check


def _integer(field: Field) -> Check:
    least = field.about.least or 0
    most = LARGEST_INTEGER if field.about.most is None else field.about.most
    below = "negative-revision" if field.name in REVISIONS else "bad-message"

    def check(value: Any, _: Any) -> int:
        if type(value) is not int:
            raise wrong("has to be a whole number", value)
        if not least <= value <= most:
            raise Wrong(below if value < 0 else "bad-message", f"has to be from {least} to {most}")
        return value

    return check


def _number(value: Any, _: Any) -> float:
    if type(value) is not float and type(value) is not int:
        raise wrong("has to be a number", value)
    return float(value)


def _boolean(value: Any, _: Any) -> bool:
    if type(value) is not bool:
        raise wrong("has to be true or false", value)
    return value


def wrong(reason: str, value: Any) -> Wrong:
    """Return that a value is of the wrong type."""
    if value is None:
        return Wrong("bad-message", f"{reason}, not null; leave out what is not given")
    return Wrong("bad-message", f"{reason}, not {shortened(value)}")


def shortened(value: Any, limit: int = 60) -> str:
    """Show a scalar, or name the kind of anything larger: a peer's text stays short in the logs."""
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "an object"
    text = repr(value[:limit] if isinstance(value, str) else value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
