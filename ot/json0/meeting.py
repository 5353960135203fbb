"""Two lists of components transformed over each other, for types whose components apply one after the other.

Each component of one list meets each of the other. What has met is passed on as it has become: the right
component, on its way past the left ones, and the left ones, each after the right component. So both lists
come out transformed, and neither can be had without the other.

A component that falls into pieces on its way (a deletion around an insert) goes on as a list of its own,
which meets what is left of the left list. These meetings are kept on a stack and not in recursion: a
deletion can fall into thousands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, Protocol, TypeAlias, TypeVar

from ot.document_type import Side

C = TypeVar("C")

OneOverOne: TypeAlias = Callable[[C, C, Side], Sequence[C]]
"""One component as it is after another: none where it has become nothing, several where it fell apart."""


class Joined(Protocol[C]):
    """A list of components in the making, which joins a component to the last one where it can."""

    components: list[C]

    def add(self, component: C) -> None:
        """Append a component."""


class _Meeting(Generic[C]):
    """The left list as it is after the right components that have passed, and those still to come."""

    __slots__ = ("coming", "left", "met", "passed")

    def __init__(self, left: list[C], right: Iterable[C], joined: Callable[[], Joined[C]]) -> None:
        self.left = left
        self.coming = iter(right)
        self.met = joined()
        """The part of the left list that the component on its way has met already."""
        self.passed = joined()
        """The right components that are past all of the left list."""


def both_transformed(
    left: list[C], right: list[C], over: OneOverOne[C], joined: Callable[[], Joined[C]]
) -> tuple[list[C], list[C]]:
    """Return the left list as it is after the right one, and the right one as it is after the left one."""
    meetings = [_Meeting(left, right, joined)]
    while True:
        meeting = meetings[-1]
        scattered = _pass_until_one_falls_apart(meeting, over, joined)
        if scattered is not None:
            meetings.append(scattered)
            continue
        meetings.pop()
        if not meetings:
            return meeting.left, meeting.passed.components
        outer = meetings[-1]
        _add_all(outer.met, meeting.left)
        _add_all(outer.passed, meeting.passed.components)
        outer.left = outer.met.components


def _pass_until_one_falls_apart(
    meeting: _Meeting[C], over: OneOverOne[C], joined: Callable[[], Joined[C]]
) -> _Meeting[C] | None:
    """Let the right components pass; return the meeting of the pieces where one falls into some."""
    for component in meeting.coming:
        meeting.met = joined()
        for place, ours in enumerate(meeting.left):
            _add_all(meeting.met, over(ours, component, "left"))
            pieces = over(component, ours, "right")
            if len(pieces) > 1:
                return _Meeting(meeting.left[place + 1 :], pieces, joined)
            if not pieces:
                _add_all(meeting.met, meeting.left[place + 1 :])
                break
            component = pieces[0]
        else:
            meeting.passed.add(component)
        meeting.left = meeting.met.components
    return None


def _add_all(joined: Joined[C], components: Iterable[C]) -> None:
    for component in components:
        joined.add(component)
