"""Addresses name stores, and one that is not understood says what would be."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage import MemoryStore, SQLiteStore, StoreUnusable, open_store


def test_memory_is_a_store_of_its_own_each_time() -> None:
    one, two = open_store("memory:"), open_store("memory:")
    assert isinstance(one, MemoryStore)
    assert one is not two


async def test_a_sqlite_address_is_the_path_of_its_file(tmp_path: Path) -> None:
    path = tmp_path / "with space and ? # % é.db"
    store = open_store(f"sqlite:{path}")
    assert isinstance(store, SQLiteStore)
    await store.start()
    assert path.exists()
    await store.close()


async def test_a_relative_path_is_taken_from_the_current_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store = open_store("sqlite:relative.db")
    await store.start()
    assert (tmp_path / "relative.db").exists()
    await store.close()


@pytest.mark.parametrize(
    ("address", "advice"),
    [
        ("mysql://localhost", "memory: and sqlite:PATH"),
        ("counterpoint.db", "memory: and sqlite:PATH"),
        ("", "memory: and sqlite:PATH"),
        ("memory", "memory: and sqlite:PATH"),
        ("memory:notes", "write memory:"),
        ("sqlite:", "write sqlite:PATH"),
        ("sqlite:///counterpoint.db", "write sqlite:PATH"),
    ],
)
def test_an_address_that_is_not_understood_says_what_would_be(address: str, advice: str) -> None:
    with pytest.raises(StoreUnusable, match=advice) as raised:
        open_store(address)
    assert str(raised.value).startswith(f"cannot use store {address}: ")
