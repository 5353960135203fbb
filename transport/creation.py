"""Making a document for the first who may, and says of which type it is to be."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Final, TypeAlias

from ot import ABSENT, InvalidOperation, UnknownType, first_tag, get_type
from transport.actions import DENIED
from transport.asked import Asked
from transport.effects import Create
from transport.messages import Open

Refusal: TypeAlias = tuple[Asked, str, str]
"""Who is refused, with which code and text."""


TOO_MANY: Final = "you make documents faster than you may; open it again after a while"


def creation(
    turn: Sequence[Asked], doc: str, rng: random.Random, now: float
) -> tuple[Create | None, list[Refusal]]:
    """Return the document to be made, and who has asked for one that can't be; None: all are refused."""
    refusals: list[Refusal] = []
    for asked in turn:
        opening = asked.message
        if not isinstance(opening, Open) or opening.doc_type is None or "create" not in asked.allowed:
            continue
        try:
            made = _made(opening, opening.doc_type, rng)
        except UnknownType as error:
            refusals.append((asked, error.code, str(error)))
        except InvalidOperation as error:
            refusals.append((asked, "bad-create", str(error)))
        else:
            if asked.member.may_make_one(now):
                return made, refusals
            refusals.append((asked, "document-unavailable", TOO_MANY))
    bad = [asked for asked, _, _ in refusals]
    return None, [*refusals, *(_missed(asked, doc) for asked in turn if asked not in bad)]


def _made(opening: Open, name: str, rng: random.Random) -> Create:
    doc_type = get_type(name)
    given = () if opening.create is ABSENT else (opening.create,)
    snapshot = doc_type.create(*given)
    epoch = f"{rng.getrandbits(128):032x}"
    return Create(doc_type.name, epoch, snapshot, first_tag(epoch))


def _missed(asked: Asked, doc: str) -> Refusal:
    if isinstance(asked.message, Open) and "create" not in asked.allowed:
        return asked, "access-denied", DENIED
    return asked, "no-such-document", f"there is no document {doc!r}"
