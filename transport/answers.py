"""What the log's decisions are in the words of the protocol."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from ot import ABSENT, Held, Outcome, Restarted, Resumed, RevisionLog
from transport.actions import ACTIONS, Action
from transport.messages import Ack, Fate, Open, Opened, Presence, Reject

REWOUND_BYTES: Final = 1024 * 1024
"""Of the entries that a `rewind` gets: 1,000 of the largest would be 250 MiB."""


def held_by(opening: Open, allowed: Collection[Action] = ACTIONS) -> Held | None:
    """Return what a client says it has; None if it has nothing yet."""
    if opening.epoch is None or opening.revision is None or opening.tag is None:
        return None
    diverged = opening.diverged is not None
    coarse = "read-history" not in allowed
    return Held(opening.epoch, opening.revision, opening.tag, opening.inflight, diverged, coarse)


def opened(
    opening: Open,
    client: str,
    log: RevisionLog,
    caught_up: Resumed | Restarted,
    presences: Sequence[Presence],
    allowed: Collection[Action] = ACTIONS,
) -> Opened:
    """Return the answer to an open, as the log is now, for a client that may do what is `allowed`."""
    last = log.outcomes.get(client)
    resumed = isinstance(caught_up, Resumed)
    rewinds = opening.rewind is not None and "read-history" in allowed
    return Opened(
        doc=opening.doc,
        doc_type=log.doc_type.name,
        epoch=log.epoch,
        revision=log.revision,
        tag=log.tag,
        resumed=resumed,
        seq=0 if last is None else last.seq,
        presences=tuple(presences),
        access="write" if "edit" in allowed else "read",
        snapshot=ABSENT if resumed else log.snapshot,
        entries=caught_up.entries if isinstance(caught_up, Resumed) else None,
        fate=None if caught_up.fate is None else _fate(caught_up.fate),
        rewound=log.last(opening.rewind, REWOUND_BYTES) if rewinds and opening.rewind is not None else None,
    )


def rejection(doc: str, outcome: Outcome) -> Reject:
    """Return what a client hears of a submission that was refused for good."""
    assert outcome.code is not None, "a rejection has a code"
    return Reject(doc, outcome.seq, outcome.code, outcome.message)


def repetition(doc: str, outcome: Outcome) -> Ack | Reject:
    """Return what a client hears of a submission that came again."""
    if outcome.revision is None:
        return rejection(doc, outcome)
    return Ack(doc, outcome.seq, outcome.revision, outcome.op)


def _fate(outcome: Outcome) -> Fate:
    if outcome.code is not None:
        return Fate(rejected=outcome.code, message=outcome.message)
    return Fate(landed=outcome.revision, op=outcome.op)
