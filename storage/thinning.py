"""Which snapshots of a document are kept: dense near the newest, sparse far back.

Kept are revision 0, from which everything can be replayed, the newest few, on which opening falls back
when one of them cannot be read, and one for each doubling of the distance to the newest, so that an
old revision is replayed from a snapshot that is near in proportion. For n revisions that is log2(n).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

KEPT_NEWEST: Final = 3
"""Snapshots kept whatever their distance: losing two to a bad disk still leaves a short tail."""


def superfluous(revisions: Iterable[int]) -> list[int]:
    """Return those of a document's snapshot revisions that need not be kept, oldest first."""
    newest_first = sorted(revisions, reverse=True)
    older = newest_first[KEPT_NEWEST:]
    # The oldest of each bucket stays: it moves on whole as the newest grows, so that no bucket is
    # emptied by the one that enters it. Revision 0 is the oldest of its own whatever happens.
    kept = {(newest_first[0] - revision).bit_length(): revision for revision in older}
    return sorted(set(older) - set(kept.values()))
