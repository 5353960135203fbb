"""What the log's decisions are in the words of the protocol."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ot import ABSENT, Held, Outcome, Restarted, Resumed, RevisionLog
from transport.messages import Ack, Fate, Open, Opened, Presence, Reject

REWOUND_BYTES: Final = 1024 * 1024
"""Of the entries that a `rewind` gets: 1,000 of the largest would be 250 MiB."""


def held_by(opening: Open) -> Held | None:
    """Return what a client says it has; None if it has nothing yet."""
    if opening.epoch is None or opening.revision is None or opening.tag is None:
        return None
    diverged = opening.diverged is not None
    return Held(opening.epoch, opening.revision, opening.tag, opening.inflight, diverged)


def opened(
    opening: Open,
    client: str,
    log: RevisionLog,
    caught_up: Resumed | Restarted,
    presences: Sequence[Presence],
) -> Opened:
    """Return the answer to an open, as the log is now."""
    last = log.outcomes.get(client)
    resumed = isinstance(caught_up, Resumed)
    return Opened(
        doc=opening.doc,
        doc_type=log.doc_type.name,
        epoch=log.epoch,
        revision=log.revision,
        tag=log.tag,
        resumed=resumed,
        seq=0 if last is None else last.seq,
        presences=tuple(presences),
        access="write",
        snapshot=ABSENT if resumed else log.snapshot,
        entries=caught_up.entries if isinstance(caught_up, Resumed) else None,
        fate=None if caught_up.fate is None else _fate(caught_up.fate),
        rewound=None if opening.rewind is None else log.last(opening.rewind, REWOUND_BYTES),
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
