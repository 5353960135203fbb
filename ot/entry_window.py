"""The latest entries of a log, kept at hand for what is carried over them and for whoever comes back.

         in the store only      | entries ->               |
    0 --------------------- horizon ------------------- revision
                            its tag                     its tag

The window grows at its end as entries land, and at its front where older ones are read again; it is cut
at its front when it has become too large, and at its end when a step is taken back.

Invariants (`_check`): `entries` are contiguous, from the one after `horizon` to the one at `revision`; each
has the tag that follows from the one before it.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from ot.bounds import Bounds
from ot.document_type import Operation
from ot.entry import Entry, first_tag, next_tag
from ot.operation_size import component_count
from ot.window_sizes import WindowSizes


@attrs.define
class EntryWindow:
    """The entries after `horizon`; `revision` and `tag` are those of the last."""

    epoch: str
    revision: int
    tag: str
    horizon: int = attrs.field(init=False)
    _horizon_tag: str = attrs.field(init=False)
    entries: list[Entry] = attrs.field(factory=list, init=False)
    _ops: list[Operation] = attrs.field(factory=list, init=False)
    """Those of the entries, for what is carried over them."""
    _sizes: WindowSizes = attrs.field(factory=WindowSizes, init=False)

    def __attrs_post_init__(self) -> None:
        self.horizon, self._horizon_tag = self.revision, self.tag

    # What is in it.

    def ops_since(self, revision: int) -> list[Operation]:
        """Return the operations after a revision, which is not before the horizon."""
        return self._ops[revision - self.horizon :]

    def size_since(self, revision: int) -> tuple[int, int, int]:
        """Return how many entries at hand there are after a revision, their components and their bytes."""
        return self._sizes.since(max(revision - self.horizon, 0))

    def between(self, start: int, end: int) -> list[Entry]:
        """Return the entries after `start` up to `end`, as far as they are at hand."""
        return self.entries[max(start - self.horizon, 0) : max(end - self.horizon, 0)]

    def last(self, count: int, most_bytes: int) -> tuple[Entry, ...]:
        """Return the last `count` entries, fewer where they have more than so many bytes."""
        found = self._sizes.fits(count, most_bytes)
        return tuple(self.entries[len(self.entries) - found :])

    def tag_at(self, revision: int) -> str | None:
        """Return the chain tag at a revision, None where that is not at hand; 0 always is."""
        if revision == 0:
            return first_tag(self.epoch)
        if revision == self.horizon:
            return self._horizon_tag
        if revision > self.horizon:
            return self.entries[revision - self.horizon - 1].tag
        return None

    # How it changes.

    def take(self, entry: Entry, components: int, size: int) -> None:
        """Take in the entry that comes next, of so many components and bytes."""
        assert entry.tag is not None, "entries of a log are tagged"
        self.entries.append(entry)
        self._ops.append(entry.op)
        self._sizes.append(components, size)
        self.revision, self.tag = entry.revision, entry.tag

    def cut_after(self, revision: int, tag: str) -> None:
        """Let go of all entries after a revision, which has that tag."""
        self._sizes.drop_last(self.revision - revision)
        del self.entries[revision - self.horizon :], self._ops[revision - self.horizon :]
        self.revision, self.tag = revision, tag

    def widen(self, older: Sequence[Entry]) -> None:
        """Put entries in front; the last of them is the one at the horizon.

        The first gives only its tag, unless it is the first of all.
        """
        assert older and older[-1].revision == self.horizon, f"entries up to the horizon, {self.horizon}"
        first, rest = older[0], list(older[1:])
        if first.revision == 1:
            self.horizon, self._horizon_tag, rest = 0, first_tag(self.epoch), list(older)
        else:
            assert first.tag is not None, "entries of a log are tagged"
            self.horizon, self._horizon_tag = first.revision, first.tag
        self.entries[:0] = rest
        self._ops[:0] = [entry.op for entry in rest]
        self._sizes.widen(rest)

    def forget(self, keep: int, bounds: Bounds) -> None:
        """Let go of all but about the last `keep` entries, fewer where they are large.

        Those that cost too much to carry anything over them are of no more use.
        """
        excess = self._sizes.excess(keep=keep, components=bounds.carry_cost, most_bytes=bounds.window_bytes)
        if excess > 0:
            last = self.entries[excess - 1]
            assert last.tag is not None, "entries of a log are tagged"
            self.horizon, self._horizon_tag = last.revision, last.tag
            self._sizes.drop_first(excess)
            del self.entries[:excess], self._ops[:excess]

    def _check(self) -> None:
        """Assert how the fields relate; simulations call it after every step."""
        revision, tag = self.horizon, self._horizon_tag
        for entry in self.entries:
            assert entry.revision == revision + 1, f"{entry.revision} follows {revision}"
            tag = next_tag(tag, entry.client, entry.seq, entry.op)
            assert entry.tag == tag, f"tag of {entry.revision} is {entry.tag}, not {tag}"
            revision = entry.revision
        assert (revision, tag) == (self.revision, self.tag), f"entries end at {revision}, not {self.revision}"
        assert self._ops == [entry.op for entry in self.entries], "other operations than entries"
        components = [component_count(entry.op) for entry in self.entries]
        assert self._sizes.components == sum(components), f"{self._sizes!r} of {components}"
