"""Group commit: many callers share a commit, and none of them feels the others."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
import pytest

from ot import Operation
from storage import Appended, Conflict, SQLiteStore, StoreUnavailable, sqlite_file
from storage.testing import Script


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SQLiteStore]:
    store = SQLiteStore(path)
    await store.start()
    yield store
    await store.close()


@contextmanager
def held_writer(store: SQLiteStore) -> Iterator[None]:
    """Keep the writer busy until the block ends, so that what is asked of it meanwhile waits together."""
    free = threading.Event()
    holding = asyncio.ensure_future(store._writer.run(lambda connection: free.wait(10)))
    yield
    free.set()
    assert not holding.done()


async def test_a_sync_is_counted_once_for_all_that_share_it(store: SQLiteStore) -> None:
    scripts = [Script(f"doc {n}") for n in range(20)]
    await asyncio.gather(*(script.begin(store) for script in scripts))
    with held_writer(store):
        landing = asyncio.gather(*(script.lands("ann", ["a"]).tell(store) for script in scripts))
        await asyncio.sleep(0)  # all are queued
        before = store.syncs
    await landing
    assert 0 < store.syncs - before <= 2, "one for all, and one for the work that held the writer"
    await store.load("doc 0")
    assert store.syncs - before <= 2, "reading waits for no disk"


async def test_what_waits_together_shares_one_commit(store: SQLiteStore) -> None:
    scripts = [Script(f"doc {n}") for n in range(200)]
    await asyncio.gather(*(script.begin(store) for script in scripts))
    statements: list[str] = []
    await store._writer.run(lambda connection: connection.set_trace_callback(statements.append))
    with held_writer(store):
        landing = asyncio.gather(*(script.lands("ann", ["a"]).tell(store) for script in scripts))
        await asyncio.sleep(0)  # all are queued
    await landing
    # One for the work that set the trace, one for the work that held the writer, one for all the rest.
    assert statements.count("COMMIT") <= 3
    for script in scripts:
        await script.verify(store)


async def test_rooms_that_each_wait_for_their_own_commit_still_share_them(store: SQLiteStore) -> None:
    rooms, each = 100, 10
    scripts = [Script(f"doc {n}") for n in range(rooms)]
    await asyncio.gather(*(script.begin(store) for script in scripts))
    statements: list[str] = []
    await store._writer.run(lambda connection: connection.set_trace_callback(statements.append))

    async def room(script: Script) -> None:
        for n in range(each):
            await script.lands("ann", [f"{n}"]).tell(store)

    await asyncio.gather(*(room(script) for script in scripts))
    assert statements.count("COMMIT") <= rooms * each / 5


async def test_no_result_is_told_before_its_commit_has_returned(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_commit = threading.Event()
    told: list[object] = []

    class Slow(sqlite3.Connection):
        def execute(self, sql: str, *arguments: Any) -> sqlite3.Cursor:
            if sql == "COMMIT":
                may_commit.wait(10)
            return super().execute(sql, *arguments)

    def connect(path: Path, mode: str, timeout: float) -> sqlite3.Connection:
        return sqlite3.connect(
            path, isolation_level=None, factory=Slow if mode == "rw" else sqlite3.Connection
        )

    monkeypatch.setattr(sqlite_file, "connect", connect)
    store = SQLiteStore(path)
    may_commit.set()
    await store.start()
    script = Script()
    await script.begin(store)
    may_commit.clear()
    landing = asyncio.ensure_future(script.lands("ann", ["a"]).tell(store))
    landing.add_done_callback(told.append)
    for _ in range(20):  # each a round trip through the other thread
        assert await store.entries("notes", after=0) == []
    assert told == []
    may_commit.set()
    await landing
    await script.verify(store)
    await store.close()


async def test_a_conflict_and_a_failure_harm_only_themselves(store: SQLiteStore) -> None:
    scripts = [Script(f"doc {n}") for n in range(6)]
    for script in scripts:
        await script.begin(store)
    stale = scripts[0].rival().lands("eve", ["stale"]).step()
    await scripts[0].lands("ann", ["first"]).tell(store)
    unwritable: Operation = ["\ud800"]  # half a surrogate pair, which no UTF-8 holds
    broken = scripts[5].rival().lands("eve", ["e"]).lands("eve", [])
    broken.entries[1] = attrs.evolve(broken.entries[1], op=unwritable)
    with held_writer(store):
        results = asyncio.gather(
            *(store.append(script.lands("ann", ["x"]).step()) for script in scripts[:3]),
            store.append(stale),
            store.append(broken.step()),
            *(store.append(script.lands("ann", ["x"]).step()) for script in scripts[3:]),
            return_exceptions=True,
        )
        await asyncio.sleep(0)  # all are queued
    told = await results
    assert told[:3] == [Appended(2), Appended(1), Appended(1)]
    assert told[3] == Conflict(1, "epoch-1") or told[3] == Conflict(2, "epoch-1")
    assert isinstance(told[4], TypeError)
    assert told[5:] == [Appended(1)] * 3
    for script in scripts:
        await script.verify(store)


async def test_cancelled_callers_leave_the_others_their_results(store: SQLiteStore) -> None:
    scripts = [Script(f"doc {n}") for n in range(50)]
    for script in scripts:
        await script.begin(store)
    appends = [asyncio.ensure_future(script.lands("ann", ["a"]).tell(store)) for script in scripts]
    await asyncio.sleep(0)  # all have been handed over
    for append in appends[::2]:
        append.cancel()
    await asyncio.gather(*appends[1::2])
    for script in scripts:  # those whose caller left have landed all the same
        await script.verify(store)


async def test_a_step_too_large_for_the_disk_harms_no_other_in_its_group(
    store: SQLiteStore,
) -> None:
    script, small = Script(), Script("small")
    await script.begin(store)
    await small.begin(store)
    await store._writer.run(lambda c: c.execute("PRAGMA max_page_count = 1").fetchall())
    steps = [script.rival().lands("ann", ["x" * 100_000]).step(), small.lands("ann", ["y"]).step()]
    with held_writer(store):
        appends = [asyncio.ensure_future(store.append(step)) for step in steps]
        await asyncio.sleep(0)  # both are queued
    failed, landed = await asyncio.gather(*appends, return_exceptions=True)
    assert isinstance(failed, StoreUnavailable)
    assert landed == Appended(1)
    await script.verify(store)
    await small.verify(store)


async def test_a_closed_store_is_unavailable_and_closing_twice_is_fine(path: Path) -> None:
    store = SQLiteStore(path)
    await store.close()  # was never started
    await store.start()
    await asyncio.gather(store.close(), store.close())
    for call in (store.load("notes"), store.append(Script().lands("ann", ["a"]).step())):
        with pytest.raises(StoreUnavailable, match="closed"):
            await call
