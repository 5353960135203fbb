"""Catching up: what leads a client that comes back on from what it holds.

Its past must be the log's: the same epoch, and the same tag at its revision. Then it is led on by single
entries as long as something of its own may lie among them, since its own submission has to be carried as
the log has carried it; the rest is one composition, kept for whoever comes from there next.

    held --composed--> single_from --one by one--> single_until --composed--> newest
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import attrs

from ot.bridges import Bridges
from ot.composition import RunningComposition
from ot.entry import Entry, Outcome
from ot.entry_window import EntryWindow


@attrs.frozen
class Held:
    """What a client that opens again says it has."""

    epoch: str
    revision: int
    tag: str
    inflight: int | None = None
    diverged: bool = False
    coarse: bool = False
    """Whether it may see what has landed since only composed, but for what is its own."""


@attrs.frozen
class Resumed:
    """Entries that lead on from what the client holds."""

    entries: tuple[Entry, ...]
    fate: Outcome | None = None
    superseded: Outcome | None = None
    """The client's inflight submission, given up in this step: the rejection goes out first."""


@attrs.frozen
class Restarted:
    """The client's past is not this log's: it gets a snapshot."""

    reason: str
    fate: Outcome | None = None
    superseded: Outcome | None = None
    """The client's own submission, which it has given up, made void in this step."""


CatchUp: TypeAlias = Resumed | Restarted


@attrs.frozen
class Way:
    """Which entries lead from `start` to `end`, and which of them are composed."""

    start: int
    single_from: int
    single_until: int
    end: int

    @property
    def composed(self) -> tuple[tuple[int, int], ...]:
        """Begin and end of what is composed, where that is more than one entry."""
        spans = ((self.start, self.single_from), (self.single_until, self.end))
        return tuple((start, end) for start, end in spans if end - start > 1)


def way(held: Held, fate: Outcome | None, newest: int, single_entries: int) -> Way:
    """Return the way of a client whose inflight submission has that fate; None: not known.

    Up to the client's own entry they are single however many: no more than the log itself carried that
    submission over. Where it has not landed, no more than `single_entries` are.
    """
    single_until = held.revision
    if fate is not None:
        single_until = max(held.revision, fate.revision or 0)
    elif held.inflight is not None and not held.coarse and newest - held.revision <= single_entries:
        single_until = newest
    single_from = max(held.revision, single_until - 1) if held.coarse else held.revision
    return Way(held.revision, single_from, single_until, newest)


@attrs.frozen
class Past:
    """The entries of a log as far as they are at hand: its window, and `older` ones read from the store."""

    window: EntryWindow
    older: Sequence[Entry]
    bridges: Bridges

    def differs(self, held: Held) -> str | None:
        """Say why the past that a client holds is not this one; None where it is."""
        if held.epoch != self.window.epoch:
            return "epoch"
        if held.revision > self.window.revision:
            return "future"
        if held.diverged:
            return "diverged"
        return "tag" if self._tag_at(held.revision) != held.tag else None

    def entries(self, way: Way) -> tuple[Entry, ...]:
        """Return the entries that lead along a way."""
        return (
            *self.bridge(way.start, way.single_from),
            *self.between(way.single_from, way.single_until),
            *self.bridge(way.single_until, way.end),
        )

    def unfinished(self, way: Way) -> RunningComposition | None:
        """Return a composition that a way takes and that is not made yet, if there is one."""
        for start, end in way.composed:
            running = self._composition(start, end)
            if not running.done:
                return running
        return None

    def bridge(self, start: int, end: int) -> tuple[Entry, ...]:
        """Return the one entry that leads from `start` to `end`; none where they are the same."""
        if end - start <= 1:
            return tuple(self.between(start, end))
        (last,) = self.between(end - 1, end)
        op = self._composition(start, end).result
        return (attrs.evolve(last, op=op, span=end - start, hash=None),)

    def between(self, start: int, end: int) -> Sequence[Entry]:
        """Return the entries after `start` up to `end`, one by one."""
        newer, horizon = self.window.between(start, end), self.window.horizon
        if start >= min(end, horizon):
            return newer
        first = self.older[0].revision
        return [*self.older[start + 1 - first : min(end, horizon) + 1 - first], *newer]

    def _composition(self, start: int, end: int) -> RunningComposition:
        tag = self._tag_at(start)
        return self.bridges.over(
            start, tag, end, lambda after: [entry.op for entry in self.between(after, end)]
        )

    def _tag_at(self, revision: int) -> str | None:
        tag = self.window.tag_at(revision)
        if tag is not None:
            return tag
        place = revision - self.older[0].revision if self.older else -1
        return self.older[place].tag if 0 <= place < len(self.older) else self.bridges.tag_at(revision)
