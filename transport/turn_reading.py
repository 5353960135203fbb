"""What a turn of a room needs from the store, beyond what is in memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ot import RevisionLog
from transport.answers import held_by
from transport.asked import Asked
from transport.effects import Fetch
from transport.messages import Open, Submit


def reading(
    turn: Sequence[Asked], log: RevisionLog, known: Collection[str], window: int, *, behind: bool
) -> Fetch | None:
    """Return what is to be read; None where it is all at hand, as in a room in which people type.

    `known` are the clients whose last outcome the log has. Bases that are more than `window` entries back
    are not read for. `behind`: the store may hold entries that the log has not.
    """
    revision = log.revision
    clients, oldest, newest = set[str](), revision, revision
    for asked in turn:
        client, message = asked.member.client, asked.message
        if isinstance(message, Submit):
            if client not in known:
                clients.add(client)
            if message.revision == revision:
                continue
            first = last = message.revision
            if first < revision - window:
                first = revision
        else:
            first, last = _reach(message, log)
            clients.add(client)  # it is told its last `seq`, which another node may have decided
        oldest, newest = min(oldest, first), max(newest, last)
    older = log.missing_for(oldest)
    behind = behind or newest > revision
    if not clients and older is None and not behind:
        return None
    return Fetch(
        tuple(sorted(clients)),
        None if older is None else (older, log.horizon),
        revision if behind else None,
    )


def _reach(opening: Open, log: RevisionLog) -> tuple[int, int]:
    """Return the revision after which an open needs entries, and the newest one that its client has seen."""
    held = held_by(opening)
    if held is not None and held.epoch != log.epoch:
        held = None
    first = log.revision if opening.rewind is None else max(log.revision - opening.rewind, 0)
    if held is None:
        return first, first
    if opening.rewind is None and log.leads_on(held):
        return log.revision, held.revision
    return min(first, held.revision), held.revision
