"""Two lists of components transformed over each other, for types whose components apply one after the other.

Each component of one list meets each of the other. What has met is passed on as it has become: the right
component, on its way past the left ones, and the left ones, each after the right component. So both lists
come out transformed, and neither can be had without the other.

A component that falls into pieces on its way (a deletion around an insert) goes on as a list of its own,
which meets what is left of the left list. These meetings are kept on a stack and not in recursion: a
deletion can fall into thousands.

The left list is kept in rows, of which most are passed at a glance; see `rows`. So two lists of n components
from front to back take about n to the power of 1.5 steps, and not its square; where components jump to and
fro, so that none is beside a whole row, it stays the square.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isqrt
from typing import Final, Generic, TypeVar

from ot.json0.joined import Joined
from ot.json0.rows import LEAST_ROW, Row, Rows, Rules

C = TypeVar("C")

MOST_BLIND: Final = 15
"""Passes without a look at the rows where looking did not pay: it takes half as long as meeting them."""


class _Meeting(Generic[C]):
    """The left list as it is after the right components that have passed, and those still to come."""

    __slots__ = ("blind", "coming", "left", "met", "passed", "seen", "wary")

    def __init__(self, left: list[Row[C]], right: Iterable[C], rules: Rules[C], size: int) -> None:
        self.left = left
        self.coming = iter(right)
        self.met = Rows(rules, size)
        """The part of the left list that the component on its way has met already; in the end all of it."""
        self.passed = Joined(rules.together)
        """The right components that are past all of the left list."""
        self.seen = [0, 0]
        """How many rows were looked at in this pass, and how many of them passed at a glance."""
        self.blind = self.wary = 0
        """For how many passes no row is looked at, and for how many none was the last time."""

    def look(self, row: Row[C], component: C, rules: Rules[C]) -> tuple[C, int] | None:
        """Return what a glance at a row shows; None where they have to meet one by one."""
        if self.blind or not row.settled:
            return None
        passing = row.passed_by(component, rules)
        self.seen[0] += 1
        self.seen[1] += passing is not None
        return passing

    def end_pass(self) -> None:
        """Settle whether the rows are worth a look in the next passes."""
        looked, passed = self.seen
        self.seen = [0, 0]
        if self.blind:
            self.blind -= 1
        elif 2 * passed < looked:
            self.blind = self.wary = min(MOST_BLIND, 2 * self.wary + 1)
        else:
            self.wary = 0


def both_transformed(left: list[C], right: list[C], rules: Rules[C]) -> tuple[list[C], list[C]]:
    """Return the left list as it is after the right one, and the right one as it is after the left one.

    Neither may be empty.
    """
    size = max(LEAST_ROW, isqrt(len(left)))
    meetings = [_Meeting([Row(left, settled=False)], right, rules, size)]
    while True:
        meeting = meetings[-1]
        scattered = _pass_until_one_falls_apart(meeting, rules, size)
        if scattered is not None:
            meetings.append(scattered)
            continue
        meetings.pop()
        if not meetings:
            return [ours for row in meeting.left for ours in row.now(rules)], meeting.passed.components
        outer = meetings[-1]
        for row in meeting.left:
            outer.met.add_row(row, 0)
        outer.passed.add_all(meeting.passed.components, settled=meeting.passed.settled)
        outer.left = outer.met.rows()


def _pass_until_one_falls_apart(meeting: _Meeting[C], rules: Rules[C], size: int) -> _Meeting[C] | None:
    """Let the right components pass; return the meeting of the pieces where one falls into some."""
    for component in meeting.coming:
        met = meeting.met = Rows(rules, size)
        pieces: Sequence[C] = (component,)
        for number, row in enumerate(meeting.left):
            if not pieces:
                met.add_row(row, 0)
                continue
            passing = meeting.look(row, pieces[0], rules)
            if passing is not None:
                after, shift = passing
                met.add_row(row, shift)
                pieces = (after,)
                continue
            pieces, rest = _through(row, pieces[0], met, rules)
            if len(pieces) > 1:
                left = [Row(rest, settled=row.settled)] if rest else []
                return _Meeting(left + meeting.left[number + 1 :], pieces, rules, size)
            met.add_all(rest, settled=row.settled)
        for passed in pieces:
            meeting.passed.add(passed)
        meeting.left = met.rows()
        meeting.end_pass()
    return None


def _through(row: Row[C], component: C, met: Rows[C], rules: Rules[C]) -> tuple[Sequence[C], list[C]]:
    """Return what becomes of a component in a row, and the rest of the row where it does not come through."""
    met.open()
    over = rules.over
    row_now = row.now(rules)
    for place, ours in enumerate(row_now, 1):
        for after in over(ours, component, "left"):
            met.add(after)
        pieces = over(component, ours, "right")
        if len(pieces) != 1:
            return pieces, row_now[place:]
        component = pieces[0]
    return (component,), []
