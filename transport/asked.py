"""What sessions ask of a document, while it waits for its turn; how much of it a turn can afford."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs

from ot import RevisionLog
from ot.carry_cost import CarryCost, carry_cost
from ot.operation_size import component_count
from ot.trial import Trial
from transport.actions import Action
from transport.attendance import Attendance, Member
from transport.effects import RoomEffect, Tell
from transport.messages import Closed, Error, Open, Submit

TURN: Final = 500
"""Requests taken in one turn, so that one room's work never keeps the loop for long."""

DECIDING: Final = 5
"""What it costs to check, apply, tag and write down an operation, for each of its components."""

LONG: Final = 10_000
"""What a submission costs, counted as above, from which on it has a turn to itself, of several steps."""

OPENING_BYTES: Final = 128
"""Bytes of a document that cost as much to send, in the answer to an open, as a component to carry over."""


@attrs.define
class Asked:
    """A message that waits for its turn."""

    member: Member
    message: Open | Submit
    at: float
    allowed: frozenset[Action]
    """What the member might do when this was taken in."""
    own: CarryCost | None = attrs.field(default=None, init=False, eq=False)
    """What it costs to carry a submission, once that has been found out."""
    long: bool = attrs.field(default=False, init=False, eq=False)
    """Whether a submission costs so much that it is tried in steps, before it is decided."""
    trial: Trial | None = attrs.field(default=None, init=False, eq=False)
    """Of a long one, as far as it has got."""

    def opens_for(self, session: str) -> bool:
        """Tell whether this is an open of that session's."""
        return self.member.session == session and isinstance(self.message, Open)


def affordable(waiting: Sequence[Asked], log: RevisionLog | None) -> int:
    """Return how many of those that wait are taken: one at least, and what a turn may cost.

    A long submission is taken alone. Each other is carried over what has landed since its base, and over
    those before it here.
    """
    if log is None or (len(waiting) == 1 and _is_short(waiting[0].message, log)):
        return TURN
    cost = components = size = 0
    for count, one in enumerate(waiting[:TURN]):
        if isinstance(one.message, Submit):
            own = one.own = one.own or carry_cost(log.doc_type, one.message.op)
            alone = DECIDING * own.size.components + log.carry_cost(own, one.message.revision)
            one.long = alone > LONG
            if one.long:
                return count or 1
            cost += alone + own.over(count, components, size)
            components += own.size.components
            size += own.size.bytes
        else:
            cost += log.size_bound // OPENING_BYTES
        if cost > log.bounds.carry_cost and count:
            return count
    return TURN


def _is_short(message: Open | Submit, log: RevisionLog) -> bool:
    """Tell whether a request costs little, as far as a glance shows: a key typed while nobody else types."""
    if type(message) is not Submit:
        return True
    return message.revision == log.revision and DECIDING * component_count(message.op) <= LONG


def refused(asked: Asked, code: str, message: str, here: Attendance, told: int) -> list[RoomEffect]:
    """Return the answer to what can't be done: an open is closed, a submission uses nothing up.

    `told` is the revision at which a member goes whose open is closed.
    """
    session, doc = asked.member.session, here.doc
    if isinstance(asked.message, Open):
        return [*here.leave(session, told), Tell(session, Closed(doc, code, message))]
    return [Tell(session, Error(code, message, fatal=False, doc=doc, seq=asked.message.seq))]
