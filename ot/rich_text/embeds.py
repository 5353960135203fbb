"""Embeds that can be edited from inside: `{"retain": {"note": change}}` changes the embed `{"note": value}`.

What a change is, is up to the kind of embed. Any document type will do:

    rich_text = RichText(embeds={"note": ot.get_type("text")})
    rich_text.apply([{"insert": {"note": "ab"}}], [{"retain": {"note": [1, "x"]}}])
    # [{"insert": {"note": "axb"}}]

Of it only the functions of `EmbedType` are used, so that a kind of embed with nothing else is short. The
sides are handed on as they are: `side` is that of the change that is transformed. A handler for Quill's
`registerEmbed` agrees with it if its `transform(other, change, priority)` does what `transform(change,
other, "left" if priority else "right")` does here; Quill's `compose` is `apply` where it is given a value
and `compose` where it is given a change.

One thing is otherwise than in quill-delta 5.1.0: an attribute that is cleared on an embed which the same
composition edits stays cleared. There it is forgotten, and the composition does not do what its parts do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, TypeAlias

from ot.document_type import Json, Side
from ot.errors import InvalidOperation


class EmbedType(Protocol):
    """What can happen inside one kind of embed. Each may raise InvalidOperation, and none mutates."""

    def check(self, op: Json) -> None:
        """Raise InvalidOperation unless `op` is a change of this kind of embed."""

    def apply(self, snapshot: Json, op: Json) -> Json:
        """Return the value of an embed after a change."""

    def compose(self, op: Json, later: Json) -> Json:
        """Return one change that does `op`, then `later`."""

    def transform(self, op: Json, other: Json, side: Side) -> Json:
        """Return `op` as it is after `other`, both made on one value; `side` is that of `op`."""

    def invert(self, op: Json, snapshot: Json) -> Json:
        """Return the change that undoes `op`; `snapshot` is the value before it."""


Embeds: TypeAlias = Mapping[str, EmbedType]


def edit_of(edit: dict[str, Json], embeds: Embeds) -> tuple[str, Json, EmbedType]:
    """Return the name of an embed that is edited, the change, and the embed's type."""
    ((name, change),) = edit.items()
    if name not in embeds:
        known = ", ".join(embeds) or "none"
        raise InvalidOperation(f"edits an embed {name!a:.40}, which is not registered; registered: {known}")
    return name, change, embeds[name]


def embed_applied(insert: Json, edit: dict[str, Json], embeds: Embeds) -> dict[str, Json]:
    """Return an embed after an edit inside it."""
    name, change, embed = edit_of(edit, embeds)
    return {name: embed.apply(value_of(insert, name), change)}


def embed_composed(edit: dict[str, Json], later: dict[str, Json], embeds: Embeds) -> dict[str, Json]:
    """Return one edit that does `edit`, then `later`, both of one embed."""
    name, change, embed = edit_of(later, embeds)
    return {name: embed.compose(value_of(edit, name), change)}


def embed_transformed(
    edit: dict[str, Json], other: dict[str, Json], side: Side, embeds: Embeds
) -> dict[str, Json]:
    """Return an edit as it is after another of the same embed."""
    name, change, embed = edit_of(edit, embeds)
    return {name: embed.transform(change, value_of(other, name), side)}


def embed_inverted(edit: dict[str, Json], insert: Json, embeds: Embeds) -> dict[str, Json]:
    """Return the edit that undoes one of the embed `insert`."""
    name, change, embed = edit_of(edit, embeds)
    return {name: embed.invert(change, value_of(insert, name))}


def value_of(insert: Json, name: str) -> Json:
    """Return the value of an embed of that name, which must be the only thing in it."""
    if type(insert) is not dict:
        raise InvalidOperation(f"edits an embed {name!a:.40} where there is text")
    if list(insert) != [name]:
        there = ", ".join(ascii(key)[:40] for key in list(insert)[:3])
        raise InvalidOperation(f"edits an embed {name!a:.40} where there is {there}")
    return insert[name]
