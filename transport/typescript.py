"""The TypeScript of the protocol: Zod schemas, the types that follow from them, codes and close codes.

What a client sends is a strict object; what it receives strips the keys that it does not know, so that
a newer server can say more. Optional fields are left out or given, never `undefined`: MessagePack
would send that as nil. Lengths of strings are counted in code points, as the server counts them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from transport.codes import CODES, COMES_BACK
from transport.fields import PARTS, Field, fields_of, message_name
from transport.messages import CLIENT_MESSAGES, LARGEST_INTEGER, SERVER_MESSAGES, TYPE_OF
from transport.subprotocols import SUBPROTOCOLS

_HEAD: Final = """\
// Generated from the server's message classes by `python -m transport.schema write`. Do not edit.

/** The messages of protocol version 1: validators, and the types that follow from them. */

import * as z from "zod"

/** A JSON value: what an operation, a snapshot or a presence is made of. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** Anything that was given: the frame's decoder has already seen to it that it is JSON. */
const json = z.custom<Json>((value) => value !== undefined, "is missing")

/** A string with so many code points, not UTF-16 units. */
const text = (least: number, most: number) =>
  z.string().refine((value) => {
    const length = value.length <= most ? value.length : [...value].length
    return least <= length && length <= most
  }, `has to have ${least} to ${most} characters`)
"""


def typescript() -> str:
    """Return the whole module."""
    return "\n".join(
        [
            _HEAD,
            *(_schema(cls, cls.__name__, strict=False) for cls in PARTS),
            *(_schema(cls, message_name(cls), strict=True) for cls in CLIENT_MESSAGES),
            *(_schema(cls, message_name(cls), strict=False) for cls in SERVER_MESSAGES),
            _union("ClientMessage", CLIENT_MESSAGES, "What a client sends."),
            _union("ServerMessage", SERVER_MESSAGES, "What a server sends."),
            _subprotocols(),
            _codes(),
            _close_codes(),
        ]
    )


def _schema(cls: type, name: str, *, strict: bool) -> str:
    lines = [*_comment(cls.__doc__ or "", ""), f"export const {name} = z.{_object(strict=strict)}({{"]
    if cls in TYPE_OF:
        lines.append(f"  type: z.literal({json.dumps(TYPE_OF[cls])}),")
    for field in fields_of(cls):
        lines += _comment(field.about.text, "  ")
        lines.append(f"  {field.name}: {_optional(field)},")
    return "\n".join([*lines, "})", f"export type {name} = Readonly<z.infer<typeof {name}>>", ""])


def _object(*, strict: bool) -> str:
    return "strictObject" if strict else "object"


def _comment(text: str, indent: str) -> list[str]:
    lines = [line.strip() for line in text.strip().splitlines()]
    if len(lines) == 1:
        return [f"{indent}/** {lines[0]} */"]
    return [f"{indent}/**", *(f"{indent} * {line}".rstrip() for line in lines), f"{indent} */"]


def _optional(field: Field) -> str:
    return f"z.exactOptional({_value(field)})" if field.optional else _value(field)


def _value(field: Field) -> str:
    about = field.about
    match field.kind:
        case "string" if about.one_of:
            return f"z.enum([{', '.join(map(json.dumps, about.one_of))}])"
        case "string" if about.most is not None:
            return f"text({about.least or 0}, {about.most})"
        case "string" | "boolean" | "number":
            return f"z.{field.kind}()"
        case "integer":
            most = "" if about.most in (None, LARGEST_INTEGER) else f".max({about.most})"
            return f"z.int().min({about.least or 0}){most}"
        case "json":
            return "json"
        case "object":
            assert field.of is not None, "an object has a class"
            return field.of.__name__
        case "list":
            assert field.of is not None, "a list has a class"
            return f"z.array({field.of.__name__})"


def _union(name: str, classes: tuple[type, ...], comment: str) -> str:
    members = "".join(f"  {message_name(cls)},\n" for cls in classes)
    return (
        f'/** {comment} */\nexport const {name} = z.discriminatedUnion("type", [\n{members}])\n'
        f"export type {name} = z.infer<typeof {name}>\n"
    )


def _subprotocols() -> str:
    members = "".join(f"  {name}: {json.dumps(word)},\n" for name, word in SUBPROTOCOLS.items())
    return (
        "/** WebSocket subprotocols: JSON in text frames, MessagePack in binary ones. */\n"
        f"export const SUBPROTOCOLS = {{\n{members}}} as const\n"
    )


def _codes() -> str:
    lines = [
        "/** What a code uses up or ends: a `seq`, nothing, the subscription, the connection. */",
        'export type CodeKind = "reject" | "error" | "closed" | "fatal"',
        "",
        "/** Every code of the protocol. */",
        "export const CODES = {",
    ]
    for code in CODES:
        lines += _comment(f"{code.meaning}. The client: {code.client}.", "  ")
        close = "" if code.close is None else f", close: {code.close}"
        lines.append(f'  "{code.word}": {{ kind: "{code.kind}"{close} }},')
    lines += [
        "} as const satisfies Record<string, { readonly kind: CodeKind; readonly close?: number }>",
        "export type Code = keyof typeof CODES",
        "",
    ]
    return "\n".join(lines)


def _close_codes() -> str:
    return "\n".join(
        [
            "/** Whether to connect again after a close code: not at all, after `retry_after`, at once. */",
            'export type ComesBack = "never" | "later" | "now"',
            "",
            "/** The close codes that the server uses, and the codes that each stands for. */",
            "export const CLOSE_CODES = {",
            *_close_code_lines(),
            "} as const satisfies Record<number, { readonly comesBack: ComesBack; "
            "readonly codes: readonly Code[] }>",
            "export type CloseCode = keyof typeof CLOSE_CODES",
            "",
        ]
    )


def _close_code_lines() -> Iterator[str]:
    for close in sorted({code.close for code in CODES if code.close is not None}):
        words = ", ".join(json.dumps(code.word) for code in CODES if code.close == close)
        yield f'  {close}: {{ comesBack: "{COMES_BACK[close // 100]}", codes: [{words}] }},'
