"""A store that an address names is one server's at a time, in one process or in many."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from storage import SQLiteStore, StoreInUse, StoreUnusable, open_store
from storage.testing import Script
from tests.server_process import ROOT

HOLDER = """
import asyncio, sys
from storage import open_store

async def hold():
    await open_store(sys.argv[1]).start()
    print("held", flush=True)
    sys.stdin.read()

asyncio.run(hold())
"""


@pytest.fixture
def address(tmp_path: Path) -> str:
    return f"sqlite:{tmp_path / 'store.db'}"


async def refused(address: str) -> StoreInUse:
    store = open_store(address)
    with pytest.raises(StoreInUse) as raised:
        await store.start()
    await store.close()
    return raised.value


async def test_a_second_one_is_told_whose_the_store_is_and_gets_it_when_the_first_has_closed(
    address: str,
) -> None:
    first = open_store(address)
    await first.start()
    for _ in range(2):
        error = await refused(address)
        assert str(error) == f"another server (pid {os.getpid()}) has this store: {address}"
    await first.close()
    second = open_store(address)
    await second.start()
    assert (await refused(address)).pid == os.getpid()
    await second.close()


async def test_a_killed_process_leaves_the_store_free(address: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, address], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        assert (await refused(address)).pid == other.pid
        other.kill()
        other.wait()
        store = open_store(address)
        await store.start()
        await store.close()


async def test_a_link_leads_to_the_same_lock(address: str, tmp_path: Path) -> None:
    store = open_store(address)
    await store.start()
    (tmp_path / "link.db").symlink_to(tmp_path / "store.db")
    await refused(f"sqlite:{tmp_path / 'link.db'}")
    await store.close()


async def test_whoever_only_reads_is_let_in_and_keeps_nobody_out(address: str) -> None:
    script, first = Script(), open_store(address)
    await first.start()
    await script.begin(first)
    reader = open_store(address, read_only=True)
    await reader.start()
    await script.verify(reader)
    await first.close()
    again = open_store(address)
    await again.start()
    await script.lands("ann", ["x"]).tell(again)
    await script.verify(reader)
    await reader.close()
    await again.close()


async def test_two_nodes_may_share_a_file_where_they_are_told_of_each_other(tmp_path: Path) -> None:
    one, two = SQLiteStore(tmp_path / "store.db"), SQLiteStore(tmp_path / "store.db")
    await one.start()
    await two.start()
    await one.close()
    await two.close()


async def test_a_start_that_fails_leaves_the_store_free_and_no_lock_beside_what_is_not_ours(
    tmp_path: Path,
) -> None:
    path = tmp_path / "notes.db"
    path.write_text("my shopping list\n" * 100)
    with pytest.raises(Exception, match="not an SQLite database"):
        await open_store(f"sqlite:{path}").start()
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(StoreUnusable, match="make it first"):
        await open_store(f"sqlite:{tmp_path / 'missing' / 'x.db'}").start()
