"""What a store promises of an append: all or nothing, at one revision, and once."""

from __future__ import annotations

import asyncio

import pytest

from ot import Entry, Outcome
from storage.store import Append, Appended, Conflict, Store
from storage.testing.made_store import MadeStore
from storage.testing.racing import write
from storage.testing.script import Script


class AppendingContract(MadeStore):
    """Steps that land and steps that conflict, one after the other and at once."""

    async def test_entries_and_outcomes_of_a_step_are_all_there(self, store: Store) -> None:
        script = Script()
        await script.begin(store)
        await script.lands("ann", ["a"]).refused("bob").lands("ann", [1, "b"]).lands("bob", ["c"]).tell(store)
        await script.verify(store)
        await script.lands("cid", ["d"]).refused("ann").tell(store)
        await script.verify(store)

    async def test_the_state_hash_of_an_entry_is_not_kept(self, store: Store) -> None:
        script = Script()
        await script.begin(store)
        step = script.lands("ann", ["a"]).step()
        hashed = Entry(1, "ann", 1, ["a"], hash="of the state", tag=step.entries[0].tag)
        await store.append(Append("notes", script.epoch, 0, (hashed,), step.outcomes))
        assert await store.entries("notes", after=0) == script.entries

    async def test_rejections_alone_move_no_revision_and_are_remembered(self, store: Store) -> None:
        script = Script()
        await script.begin(store)
        await script.lands("ann", ["a"]).tell(store)
        assert await store.append(script.refused("ann").refused("bob").step()) == Appended(1)
        await script.verify(store)

    async def test_appending_to_a_document_that_does_not_exist_is_a_conflict(self, store: Store) -> None:
        assert await store.append(Script().lands("ann", ["a"]).step()) == Conflict(0, "")
        assert await store.documents() == []

    async def test_append_in_another_epoch_writes_nothing(self, store: Store) -> None:
        script, stranger = Script(), Script(epoch="epoch-2")
        await script.begin(store)
        assert await store.append(stranger.lands("ann", ["a"]).step()) == Conflict(0, "epoch-1")
        await script.verify(store)

    async def test_append_at_a_stale_revision_writes_nothing(self, store: Store) -> None:
        script = Script()
        await script.begin(store)
        rival = script.rival()
        await script.lands("ann", ["a"]).lands("ann", ["b"]).tell(store)
        assert await store.append(rival.lands("bob", ["x"]).refused("cid").step()) == Conflict(2, "epoch-1")
        await script.verify(store)
        assert await store.outcomes("notes", ["bob", "cid"]) == {}

    async def test_append_ahead_of_the_log_writes_nothing(self, store: Store) -> None:
        script = Script()
        await script.begin(store)
        ahead = script.rival()
        ahead.lands("bob", ["lost"]).step()
        assert await store.append(ahead.lands("bob", ["x"]).step()) == Conflict(0, "epoch-1")
        await script.verify(store)

    async def test_a_seq_that_was_used_before_writes_nothing(self, store: Store) -> None:
        script = Script()
        await script.begin(store)
        rival = script.rival()
        await script.refused("ann").tell(store)
        # No revision has moved: only the client's own count tells.
        assert await store.append(rival.lands("bob", ["x"]).lands("ann", ["a"]).step()) == Conflict(
            0, "epoch-1"
        )
        await script.verify(store)
        assert await store.outcomes("notes", ["bob"]) == {}

    async def test_a_seq_that_skips_one_writes_nothing(self, store: Store) -> None:
        script = Script()
        await script.begin(store)
        ahead = script.rival()
        ahead.refused("ann").step()
        assert await store.append(ahead.lands("bob", ["x"]).lands("ann", ["a"]).step()) == Conflict(
            0, "epoch-1"
        )
        await script.verify(store)

    async def test_a_rejection_whose_seq_was_used_before_writes_nothing(self, store: Store) -> None:
        script = Script()
        await script.begin(store)
        rival = script.rival()
        await script.refused("ann", "forbidden").tell(store)
        assert await store.append(rival.refused("ann", "superseded").step()) == Conflict(0, "epoch-1")
        await script.verify(store)

    async def test_the_same_step_twice_lands_once(self, store: Store) -> None:
        script = Script()
        await script.begin(store)
        step = script.lands("ann", ["a"]).step()
        assert await store.append(step) == Appended(1)
        assert await store.append(step) == Conflict(1, "epoch-1")
        await script.verify(store)

    async def test_a_step_that_contradicts_itself_cannot_be_made(self) -> None:
        entry, outcome = Entry(1, "ann", 1, ["a"], tag="0" * 16), Outcome("ann", 1, None, 1, ["a"])
        for entries, outcomes in [
            ((entry,), ()),
            ((), (outcome,)),
            ((Entry(2, "ann", 1, ["a"], tag="0" * 16),), (outcome,)),
            ((Entry(1, "ann", 1, ["a"]),), (outcome,)),
            ((entry,), (outcome, Outcome("ann", 3, None, code="forbidden"))),
        ]:
            with pytest.raises(AssertionError):
                Append("notes", "epoch-1", 0, entries, outcomes)

    async def test_of_many_appends_at_one_revision_exactly_one_lands(self, store: Store) -> None:
        script = Script()
        await script.begin(store)
        rivals = [script.rival().lands(f"client {n}", [f"{n}"]) for n in range(50)]
        results = await asyncio.gather(*(store.append(rival.step()) for rival in rivals))
        (winner,) = [rival for rival, result in zip(rivals, results, strict=True) if result == Appended(1)]
        assert results.count(Conflict(1, "epoch-1")) == len(rivals) - 1
        await winner.verify(store)

    async def test_racing_writers_that_try_again_land_every_operation_once(self, store: Store) -> None:
        await Script().begin(store)
        writers, each = 8, 10
        won = await asyncio.gather(*(write(store, f"client {n}", each) for n in range(writers)))
        log = await store.entries("notes", after=0)
        assert [entry.revision for entry in log] == list(range(1, writers * each + 1))
        for n, revisions in enumerate(won):
            own = [entry for entry in log if entry.client == f"client {n}"]
            assert [entry.revision for entry in own] == revisions
            assert [entry.seq for entry in own] == list(range(1, each + 1))

    async def test_a_cancelled_append_harms_no_other(self, store: Store) -> None:
        one, two = Script("one"), Script("two")
        await one.begin(store)
        await two.begin(store)
        leaving = asyncio.ensure_future(store.append(one.lands("ann", ["a"]).step()))
        staying = asyncio.ensure_future(store.append(two.lands("bob", ["b"]).step()))
        await asyncio.sleep(0)  # both have been handed over
        leaving.cancel()
        assert await staying == Appended(1)
        await two.verify(store)
        # It has landed or not, but not by half.
        assert len(await store.entries("one", after=0)) == len(await store.outcomes("one", ["ann"]))
