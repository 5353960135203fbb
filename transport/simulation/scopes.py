"""How much may happen in a small world."""

from __future__ import annotations

from typing import Final, NamedTuple

import attrs


class Mishaps(NamedTuple):
    """How often each thing may happen that somebody would have to bring about."""

    cuts: int = 0
    """Connections cut; what was on its way to the server may still arrive."""
    crashes: int = 0
    """Of nodes, with an append on its way to the disk or not."""
    restarts: int = 0
    """Of clients, which come back with what they had written down."""
    doubles: int = 0
    """Of what lands, told to a client a second time."""
    losses: int = 0
    """Of what lands, never told to a client that is told what lands next."""
    repeats: int = 0
    """Of submissions, word for word."""
    reopens: int = 0
    """Of documents: closed with what is pending, and opened again."""


@attrs.frozen
class Scope:
    """A world to begin with, and what may befall it."""

    name: str
    edits: tuple[int, ...]
    """Of each of those who take part."""
    mishaps: Mishaps
    nodes: int = 2


SCOPES: Final = (
    Scope("edits and a crash", (1, 1), Mishaps(crashes=1)),
    Scope("edits and a cut", (1, 1), Mishaps(cuts=1)),
    Scope("more edits and a cut", (1, 2), Mishaps(cuts=1), nodes=1),
    Scope("edits, a message told twice and one lost", (1, 2), Mishaps(doubles=1, losses=1), nodes=1),
    Scope("edits of three, and a document that is opened again", (1, 1, 1), Mishaps(reopens=1), nodes=1),
    Scope("edits, a cut and a document that is opened again", (2, 0), Mishaps(cuts=1, reopens=1)),
    Scope("edits, a cut and a repetition", (1, 1), Mishaps(cuts=1, repeats=1)),
    Scope("edits and two cuts", (1, 1), Mishaps(cuts=2)),
    Scope("edits, a cut and a crash", (1, 1), Mishaps(cuts=1, crashes=1)),
    Scope("edits, and a client that comes back", (2, 1), Mishaps(cuts=1, restarts=1)),
    Scope("more edits and two crashes", (2, 2), Mishaps(crashes=2)),
    Scope("edits, a cut, a crash and a repetition", (1, 1), Mishaps(cuts=1, crashes=1, repeats=1)),
    Scope("edits and three cuts", (1, 1), Mishaps(cuts=3)),
    Scope("edits, a crash, and a client that comes back", (1, 1), Mishaps(cuts=1, crashes=1, restarts=1)),
    Scope("more edits, messages told twice, one lost", (2, 2), Mishaps(cuts=1, doubles=2, losses=1), nodes=1),
    Scope("more edits and two cuts", (2, 2), Mishaps(cuts=2)),
    Scope(
        "edits, a crash and a document that is opened again", (2, 1), Mishaps(cuts=1, crashes=1, reopens=1)
    ),
)
"""From small to large."""
