"""What a client has under way: the message as it was sent, and what has become of it since."""

from __future__ import annotations

import attrs

from ot.document_type import Operation, Snapshot


@attrs.frozen
class Submission:
    """One message to the log, exactly as it was first sent."""

    seq: int
    base: int
    op: Operation


@attrs.frozen
class Inflight:
    """A submission under way, and its operation carried over everything that landed since."""

    submission: Submission
    op: Operation
    sent: bool = False
    """Whether it has gone out on the present subscription."""


@attrs.frozen
class Pending:
    """All that has to outlive a crash of the client, written before a submission leaves."""

    epoch: str
    revision: int
    tag: str
    base: Snapshot
    seq: int
    inflight: Inflight | None
    buffer: tuple[Operation, ...]


@attrs.frozen
class Position:
    """What an `open` says of what the client holds."""

    epoch: str
    revision: int
    tag: str
    inflight: int | None
    diverged: str | None
