"""What a store promises of reading: ranges of entries, outcomes, and snapshots."""

from __future__ import annotations

from typing import Final

import pytest

from storage.store import Store, StoredSnapshot
from storage.testing.made_store import MadeStore
from storage.testing.script import Script

FAR_DOWN: Final = 1000
"""A revision that no test's log reaches."""


class ReadingContract(MadeStore):
    """What is there, read from any place in the log."""

    @pytest.mark.parametrize(
        ("after", "until", "revisions"),
        [
            (0, None, [1, 2, 3, 4]),
            (2, None, [3, 4]),
            (1, 3, [2, 3]),
            (3, 3, []),
            (4, None, []),
            (3, 2, []),
            (0, 0, []),
            (2, FAR_DOWN, [3, 4]),
            (FAR_DOWN, None, []),
            (-3, 1, [1]),
            (0, -1, []),
        ],
    )
    async def test_a_range_of_entries_is_open_below_and_closed_above(
        self, store: Store, after: int, until: int | None, revisions: list[int]
    ) -> None:
        script = Script()
        await script.begin(store)
        await script.lands("ann", 1).lands("bob", 2).lands("ann", 3).lands("bob", 4).tell(store)
        got = await store.entries("notes", after=after, until=until)
        assert got == [script.entries[revision - 1] for revision in revisions]

    async def test_outcomes_are_those_of_the_clients_asked_for(self, store: Store) -> None:
        script = Script()
        await script.begin(store)
        await script.lands("ann", ["a"]).refused("bob").tell(store)
        assert await store.outcomes("notes", []) == {}
        assert await store.outcomes("notes", iter(["bob", "nobody"])) == {"bob": script.outcomes["bob"]}

    async def test_load_is_the_newest_snapshot_and_the_entries_after_it(self, store: Store) -> None:
        script = Script()
        await script.begin(store)
        await script.lands("ann", ["a"]).lands("ann", ["b"]).lands("ann", ["c"]).tell(store)
        assert await store.load("notes") == script.stored(0, "")
        assert await store.save_snapshot("notes", "epoch-1", script.snapshot_at(2, "ba"))
        assert await store.load("notes") == script.stored(2, "ba")
        await script.lands("ann", ["d"]).tell(store)
        assert await store.load("notes") == script.stored(2, "ba")

    async def test_snapshots_saved_out_of_order_leave_the_newest_on_top(self, store: Store) -> None:
        script = Script()
        await script.begin(store)
        await script.lands("ann", ["a"]).lands("ann", ["b"]).tell(store)
        assert await store.save_snapshot("notes", "epoch-1", script.snapshot_at(2, "ba"))
        assert await store.save_snapshot("notes", "epoch-1", script.snapshot_at(1, "a"))
        assert await store.load("notes") == script.stored(2, "ba")

    async def test_a_snapshot_of_the_same_revision_is_replaced(self, store: Store) -> None:
        script = Script()
        await script.begin(store)
        await script.lands("ann", ["a"]).tell(store)
        assert await store.save_snapshot("notes", "epoch-1", script.snapshot_at(1, "unlike"))
        assert await store.save_snapshot("notes", "epoch-1", script.snapshot_at(1, "a"))
        assert await store.load("notes") == script.stored(1, "a")

    async def test_a_snapshot_of_another_epoch_or_history_or_of_the_future_is_refused(
        self, store: Store
    ) -> None:
        script = Script()
        await script.begin(store)
        await script.lands("ann", ["a"]).lands("ann", ["b"]).tell(store)
        refused = [
            ("nowhere", "epoch-1", script.snapshot_at(2, "x")),
            ("notes", "epoch-2", script.snapshot_at(2, "x")),
            ("notes", "epoch-1", StoredSnapshot(2, script.tag_at(1), "x")),
            ("notes", "epoch-1", StoredSnapshot(1, script.tag_at(2), "x")),
            ("notes", "epoch-1", StoredSnapshot(0, script.tag_at(1), "x")),
            ("notes", "epoch-1", StoredSnapshot(3, script.tag_at(2), "x")),
            ("notes", "epoch-1", StoredSnapshot(-1, script.tag_at(2), "x")),
        ]
        for doc, epoch, snapshot in refused:
            assert not await store.save_snapshot(doc, epoch, snapshot), snapshot
        assert await store.load("notes") == script.stored(0, "")

    async def test_snapshot_before_is_the_newest_at_or_below(self, store: Store) -> None:
        script = Script()
        await script.begin(store)
        await script.lands("ann", ["a"]).lands("ann", ["b"]).lands("ann", ["c"]).tell(store)
        second = script.snapshot_at(2, "ba")
        await store.save_snapshot("notes", "epoch-1", second)
        first = script.snapshot_at(0, "")
        found = [await store.snapshot_before("notes", revision) for revision in (-1, 0, 1, 2, 3, FAR_DOWN)]
        assert found == [None, first, first, second, second, second]

    async def test_after_many_snapshots_the_first_and_the_newest_are_there(self, store: Store) -> None:
        script = Script()
        await script.begin(store)
        for revision in range(1, 65):
            await script.lands("ann", [f"{revision}"]).tell(store)
            assert await store.save_snapshot(
                "notes", "epoch-1", script.snapshot_at(revision, f"at {revision}")
            )
        assert await store.load("notes") == script.stored(64, "at 64")
        assert await store.snapshot_before("notes", 0) == script.snapshot_at(0, "")
        await script.verify(store)

    async def test_of_many_snapshots_most_are_dropped(self, store: Store) -> None:
        script = Script()
        await script.begin(store)
        for revision in range(1, 65):
            await script.lands("ann", [f"{revision}"]).tell(store)
            await store.save_snapshot("notes", script.epoch, script.snapshot_at(revision, revision))
        kept = [await store.snapshot_before("notes", revision) for revision in range(65)]
        assert len({snapshot.revision for snapshot in kept if snapshot is not None}) <= 32
