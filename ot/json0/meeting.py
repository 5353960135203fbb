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
from typing import Generic, TypeAlias, TypeVar

from ot.document_type import Side

C = TypeVar("C")

OneOverOne: TypeAlias = Callable[[C, C, Side], Sequence[C]]
"""One component as it is after another: none where it has become nothing, several where it fell apart."""

Together: TypeAlias = Callable[[C, C], Sequence[C]]
"""What two neighbours make: none, one, or the very two of them where they cannot be joined."""


class Joined(Generic[C]):
    """A list of components in the making: each is joined to the last one where they can be."""

    __slots__ = ("_together", "components", "settled")

    def __init__(self, together: Together[C], components: Iterable[C] = ()) -> None:
        self._together = together
        self.components = list(components)
        self.settled = not self.components
        """Whether no two neighbours could be joined, as all of them have been tried."""

    def add(self, component: C) -> None:
        """Append a component, or what it makes with the last one."""
        components = self.components
        if not components:
            components.append(component)
            return
        last = components[-1]
        made = self._together(last, component)
        if len(made) == 2:
            components.append(component)
            return
        components[-1:] = made
        if made and made[0] is not last:
            self.settled = False  # it may join to the one before it, which is tried when it is added again

    def add_all(self, other: Joined[C]) -> None:
        """Append the components of another list.

        Of a settled one those behind the first that stays as it is are not tried again: what falls into
        thousands of pieces comes together at thousands of places.
        """
        for place, component in enumerate(other.components, 1):
            self.add(component)
            if other.settled and self.components and self.components[-1] is component:
                self.components += other.components[place:]
                return


class _Meeting(Generic[C]):
    """The left list as it is after the right components that have passed, and those still to come."""

    __slots__ = ("coming", "left", "met", "passed")

    def __init__(self, left: list[C], right: Iterable[C], together: Together[C]) -> None:
        self.left = left
        self.coming = iter(right)
        self.met = Joined(together)
        """The part of the left list that the component on its way has met already; in the end all of it."""
        self.passed = Joined(together)
        """The right components that are past all of the left list."""


def both_transformed(
    left: list[C], right: list[C], over: OneOverOne[C], together: Together[C]
) -> tuple[list[C], list[C]]:
    """Return the left list as it is after the right one, and the right one as it is after the left one.

    Neither may be empty.
    """
    meetings = [_Meeting(left, right, together)]
    while True:
        meeting = meetings[-1]
        scattered = _pass_until_one_falls_apart(meeting, over, together)
        if scattered is not None:
            meetings.append(scattered)
            continue
        meetings.pop()
        if not meetings:
            return meeting.left, meeting.passed.components
        outer = meetings[-1]
        outer.met.add_all(meeting.met)
        outer.passed.add_all(meeting.passed)
        outer.left = outer.met.components


def _pass_until_one_falls_apart(
    meeting: _Meeting[C], over: OneOverOne[C], together: Together[C]
) -> _Meeting[C] | None:
    """Let the right components pass; return the meeting of the pieces where one falls into some."""
    for component in meeting.coming:
        met = meeting.met = Joined(together)
        for place, ours in enumerate(meeting.left):
            for after in over(ours, component, "left"):
                met.add(after)
            pieces = over(component, ours, "right")
            if len(pieces) > 1:
                return _Meeting(meeting.left[place + 1 :], pieces, together)
            if not pieces:
                for untouched in meeting.left[place + 1 :]:
                    met.add(untouched)
                break
            component = pieces[0]
        else:
            meeting.passed.add(component)
        meeting.left = met.components
    return None
