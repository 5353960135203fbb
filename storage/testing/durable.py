"""What holds beyond that for a store that outlives its process."""

from __future__ import annotations

import asyncio
from pathlib import Path

from storage.store import Appended, Store
from storage.testing.contract import StoreContract
from storage.testing.racing import write
from storage.testing.script import Script


class DurableStoreContract(StoreContract):
    """What holds beyond that for a store that outlives its process: `make` on one directory is one store."""

    async def test_it_says_that_it_is_durable(self, store: Store) -> None:
        assert store.durable

    async def test_everything_is_there_after_a_restart(self, store: Store, tmp_path: Path) -> None:
        script = Script(snapshot="hello")
        await script.begin(store)
        await script.lands("ann", ["a"]).refused("bob").lands("ann", ["b"]).tell(store)
        await store.save_snapshot("notes", "epoch-1", script.snapshot_at(1, "ahello"))
        secret = await store.secret()
        await store.close()
        again = self.make(tmp_path)
        await again.start()
        assert await again.load("notes") == script.stored(1, "ahello")
        assert await again.secret() == secret
        await script.verify(again)
        await script.lands("bob", ["c"]).tell(again)
        await script.verify(again)
        await again.close()

    async def test_two_nodes_over_one_store_race_and_every_operation_lands_once(
        self, store: Store, tmp_path: Path
    ) -> None:
        other = self.make(tmp_path)
        await other.start()
        await Script().begin(store)
        each = 25
        await asyncio.gather(write(store, "client 1", each), write(other, "client 2", each))
        log = await store.entries("notes", after=0)
        assert [entry.revision for entry in log] == list(range(1, 2 * each + 1))
        assert await other.entries("notes", after=0) == log
        assert await other.secret() == await store.secret()
        await other.close()

    async def test_what_was_handed_over_before_closing_has_landed(self, store: Store, tmp_path: Path) -> None:
        script = Script()
        await script.begin(store)
        waiting = asyncio.ensure_future(store.append(script.lands("ann", ["a"]).step()))
        await asyncio.sleep(0)  # it has been handed over
        await store.close()
        assert await waiting == Appended(1)
        again = self.make(tmp_path)
        await again.start()
        await script.verify(again)
        await again.close()
