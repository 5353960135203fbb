"""The tables of the protocol page: written into it between markers, around prose that people write.

A table stands between `<!-- generated: NAME -->` and `<!-- end -->`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final, get_args, get_type_hints

import attrs

from transport.codes import CODES, COMES_BACK, Kind
from transport.fields import PARTS, RULES, ExactlyOne, Field, Needs, Rule, Together, fields_of
from transport.limits import Limits
from transport.messages import CLIENT_MESSAGES, LARGEST_INTEGER, SERVER_MESSAGES, TYPE_OF, SentLimits

_MARKED: Final = re.compile(r"(<!-- generated: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)

_KIND_SHOWN: Final = {
    "string": "string",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "json": "any JSON",
}
_RETURN_SHOWN: Final = {
    "never": "does not connect again by itself",
    "later": "connects again after `retry_after`, or with backoff",
    "now": "connects again at once",
}


def renewed(page: str) -> str:
    """Return the page with its tables written anew."""
    return _MARKED.sub(lambda found: f"{found[1]}\n{TABLES[found[2]]()}\n{found[3]}", page)


def _messages(classes: tuple[type, ...]) -> str:
    return "\n".join(_message(cls, f"### `{TYPE_OF[cls]}`") for cls in classes)


def _parts() -> str:
    return "\n".join(_message(cls, f"### Part: {cls.__name__}") for cls in PARTS)


def _message(cls: type, heading: str) -> str:
    about = " ".join((cls.__doc__ or "").split())
    fields = fields_of(cls)
    rows = [(_name(field), _type(field), _bounds(field), _cell(field.about.text)) for field in fields]
    table = _table(("field", "type", "bounds", "meaning"), rows) if rows else "No fields.\n"
    rules = "".join(f"\n{_rule(rule)}\n" for rule in RULES.get(cls, ()))
    return f"{heading}\n\n{about}\n\n{table}{rules}"


def _name(field: Field) -> str:
    return f"`{field.name}`" + ("?" if field.optional else "")


def _type(field: Field) -> str:
    if field.of is None:
        return _KIND_SHOWN[field.kind]
    link = f"[{field.of.__name__}](#part-{field.of.__name__.lower()})"
    return f"list of {link}" if field.kind == "list" else link


def _bounds(field: Field) -> str:
    about = field.about
    if field.name == "doc" and about.most is not None:
        return "[a document's name](#names-of-documents)"
    if about.one_of:
        return " or ".join(f"`{value}`" for value in about.one_of)
    if field.kind == "string" and about.most is not None:
        return f"{about.least or 0} to {about.most} characters"
    if field.kind == "integer":
        most = "" if about.most in (None, LARGEST_INTEGER) else f" to {about.most:,}"
        return f"from {about.least or 0}{most}"
    return ""


def _rule(rule: Rule) -> str:
    match rule:
        case Together(names):
            return f"{_listed(names)} are given together, or none of them."
        case Needs(name, other):
            return f"Who gives `{name}` gives `{other}` too."
        case ExactlyOne(names):
            return f"Exactly one of {_listed(names)} is given."


def _codes() -> str:
    return "\n".join(_codes_of(kind) for kind in get_args(Kind))


def _codes_of(kind: Kind) -> str:
    closing = kind == "fatal"
    head = ("code", *(("close code",) if closing else ()), "meaning", "what a client does")
    rows = [
        (f"`{code.word}`", *((str(code.close),) if closing else ()), _cell(code.meaning), _cell(code.client))
        for code in CODES
        if code.kind == kind
    ]
    return f"### Kind `{kind}`\n\n{_table(head, rows)}"


def _close_codes() -> str:
    closes = sorted({code.close for code in CODES if code.close is not None})
    rows = [
        (
            str(close),
            ", ".join(f"`{code.word}`" for code in CODES if code.close == close),
            _RETURN_SHOWN[COMES_BACK[close // 100]],
        )
        for close in closes
    ]
    return _table(("close code", "codes", "the client"), rows)


def _limits() -> str:
    hints = get_type_hints(Limits, include_extras=True)
    told = {field.name for field in attrs.fields(SentLimits)}
    rows = []
    for field in attrs.fields(Limits):
        _, reason = get_args(hints[field.name])
        sent = "yes" if field.name in told else ""
        rows.append((f"`{field.name}`", f"{field.default:,}", reason.unit, sent, _cell(reason.text)))
    return _table(("limit", "default", "unit", "told in `welcome`", "why"), rows)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _listed(names: tuple[str, ...]) -> str:
    quoted = [f"`{name}`" for name in names]
    return f"{', '.join(quoted[:-1])} and {quoted[-1]}"


TABLES: Final[dict[str, Callable[[], str]]] = {
    "client-messages": lambda: _messages(CLIENT_MESSAGES),
    "server-messages": lambda: _messages(SERVER_MESSAGES),
    "parts": _parts,
    "codes": _codes,
    "close-codes": _close_codes,
    "limits": _limits,
}
