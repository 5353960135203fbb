"""Every store holds the contract."""

from __future__ import annotations

from pathlib import Path

from storage import MemoryStore, SQLiteStore, Store
from storage.testing import DurableStoreContract, StoreContract


class TestMemory(StoreContract):
    def make(self, directory: Path) -> Store:
        return MemoryStore()

    async def test_it_says_that_it_is_not_durable(self, store: Store) -> None:
        assert not store.durable


class TestSQLite(DurableStoreContract):
    def make(self, directory: Path) -> Store:
        return SQLiteStore(directory / "store.db")
