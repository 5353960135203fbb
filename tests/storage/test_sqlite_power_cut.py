"""Nothing that a SQLite store has acknowledged, or told after a restart, is lost when power is."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import attrs
import pytest

from storage import SQLiteStore, sqlite_file, sqlite_rows, sqlite_segments
from storage.testing import Script
from tests.storage import power_cut
from tests.storage.power_cut import Disk, Files, RecordingVFS

CUTS: Final = 5  # of each run
ROOMS: Final = 3
STEPS: Final = 30  # of each room


@attrs.frozen
class Moment:
    """What a run had acknowledged, by document, when it was stopped, and the disk just then."""

    acknowledged: dict[str, int]
    files: Files


@pytest.fixture
def vfs(monkeypatch: pytest.MonkeyPatch) -> Iterator[RecordingVFS]:
    vfs = RecordingVFS(Disk())
    monkeypatch.setattr(sqlite_file, "connect", power_cut.connect)
    yield vfs
    vfs.unregister()


@pytest.fixture(autouse=True)
def packed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Pack entries that are hardly old; return the documents of which some were, as that happens."""
    monkeypatch.setattr(sqlite_segments, "KEPT", 2)
    monkeypatch.setattr(sqlite_segments, "ENTRIES", 3)
    pack, done = sqlite_rows.pack, list[str]()

    def noted(connection: Any, doc: str) -> bool:
        if not pack(connection, doc):
            return False
        done.append(doc)
        return True

    monkeypatch.setattr(sqlite_rows, "pack", noted)
    return done


async def run(vfs: RecordingVFS, directory: Path, rng: random.Random) -> list[Moment]:
    """Let rooms append on a fresh disk; return some moments, each in the midst of a commit."""
    vfs.disk = disk = Disk()
    acknowledged: dict[str, int] = {}
    moments: list[Moment] = []
    writes = iter(range(10**9))
    chosen = set(rng.sample(range(20, 20 + ROOMS * STEPS), CUTS))

    def stop_here() -> None:
        if next(writes) in chosen:
            moments.append(Moment(dict(acknowledged), disk.files()))

    async def room(store: SQLiteStore, script: Script) -> None:
        await script.begin(store)
        for n in range(STEPS):
            await script.lands("ann", [f"{n} {'x' * rng.randrange(300)}"]).refused("bob").tell(store)
            acknowledged[script.doc] = script.revision
            if rng.random() < 0.1:
                await store.save_snapshot(script.doc, script.epoch, script.snapshot_at(n + 1, "x" * 3000))

    disk.on_write = stop_here
    store = SQLiteStore(directory / "store.db")
    await store.start()
    await asyncio.gather(*(room(store, Script(f"doc {n}")) for n in range(ROOMS)))
    await store.close()
    assert len(moments) == CUTS
    return moments


async def lost(directory: Path, told: dict[str, int]) -> int:
    """Open what is left with nothing of the rig; return how many revisions of those told are gone."""
    store = SQLiteStore(directory / "store.db")
    await store.start()
    missing = 0
    for doc, revision in told.items():
        log = await store.entries(doc, after=0)
        missing += max(0, revision - len(log))
        outcomes = await store.outcomes(doc, ["ann", "bob"])
        assert {outcome.seq for outcome in outcomes.values()} == ({len(log)} if log else set())
    await store.close()
    return missing


def places(tmp_path: Path) -> Callable[[], Path]:
    numbers = iter(range(10**9))

    def place() -> Path:
        directory = tmp_path / f"{next(numbers)}"
        directory.mkdir()
        return directory

    return place


async def losses(vfs: RecordingVFS, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runs: int) -> list[int]:
    """Cut the power again and again; return how much of the acknowledged each cut has cost."""
    counts, place = [], places(tmp_path)
    for seed in range(runs):
        rng = random.Random(seed)
        for moment in await run(vfs, place(), rng):
            directory = place()
            moment.files.survive_cut(directory, rng)
            with monkeypatch.context() as patched:
                patched.setattr(sqlite_file, "connect", ORDINARY)
                counts.append(await lost(directory, moment.acknowledged))
    return counts


ORDINARY: Final = sqlite_file.connect


@pytest.fixture
def runs(pytestconfig: pytest.Config) -> int:
    count: int = pytestconfig.getoption("--power-cut-runs")
    return count


async def test_nothing_acknowledged_is_lost_when_power_is(
    vfs: RecordingVFS, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runs: int, packed: list[str]
) -> None:
    assert await losses(vfs, tmp_path, monkeypatch, runs) == [0] * (runs * CUTS)
    assert packed, "no cut can have come while entries were packed"


class Hurried:
    """A connection that does not wait for the disk at each commit, whatever it is told."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def execute(self, sql: str, *arguments: Any) -> Any:
        hurried = sql.replace("synchronous = FULL", "synchronous = NORMAL")
        return self._connection.execute(hurried, *arguments)


async def test_the_rig_sees_the_losses_of_a_store_that_does_not_sync(
    vfs: RecordingVFS, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_file, "connect", lambda *how: Hurried(power_cut.connect(*how)))
    assert sum(await losses(vfs, tmp_path, monkeypatch, 3)) > 0


async def test_what_a_restarted_store_tells_is_not_lost_when_power_is(
    vfs: RecordingVFS, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runs: int
) -> None:
    place = places(tmp_path)
    for seed in range(runs // 2):
        rng = random.Random(seed)
        for moment in await run(vfs, place(), rng):
            killed, cut = place(), place()
            moment.files.survive_kill(killed)
            vfs.disk = Disk(moment.files)
            store = SQLiteStore(killed / "store.db")
            await store.start()
            told = {head.doc: len(await store.entries(head.doc, after=0)) for head in await store.documents()}
            vfs.disk.files().survive_cut(cut, rng)
            await store.close()
            with monkeypatch.context() as patched:
                patched.setattr(sqlite_file, "connect", ORDINARY)
                assert await lost(cut, told) == 0
