"""What a submission may hold and cost, how large a document may be, and how much of its log is at hand."""

from __future__ import annotations

from typing import Final

import attrs

UNBOUNDED: Final = 2**53


@attrs.frozen
class Bounds:
    """What one submission, and one catch-up, may cost."""

    operation_bytes: int = UNBOUNDED
    operation_components: int = UNBOUNDED
    document_bytes: int = UNBOUNDED
    carry_cost: int = UNBOUNDED
    """Steps to carry an operation, for most types components gone through: see `ot.carry_cost`."""
    single_entries: int = UNBOUNDED
    """Entries that a catch-up sends one by one, for a client with something inflight."""
    window_bytes: int = UNBOUNDED
    """Bytes of the operations that are kept in memory."""
