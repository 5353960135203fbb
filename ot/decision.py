"""What becomes of a submission: it lands, is refused for good, or was decided before."""

from __future__ import annotations

from typing import TypeAlias

import attrs

from ot.entry import Entry, Outcome
from ot.values import value


@value
class Landed:
    """A submission that took the next revision."""

    entry: Entry

    @property
    def revision(self) -> int:
        """Where it landed."""
        return self.entry.revision


@attrs.frozen
class Rejected:
    """A submission refused for good; its `seq` is used up."""

    outcome: Outcome


@attrs.frozen
class Repeated:
    """A submission that was decided before, and how."""

    outcome: Outcome


Decision: TypeAlias = Landed | Rejected | Repeated
