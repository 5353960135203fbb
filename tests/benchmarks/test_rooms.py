"""The benchmark of rooms puts on the load that it says, and counts what came of it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from click.testing import CliRunner

from benchmarks import load, rooms, servers
from benchmarks.__main__ import main
from benchmarks.client_frames import payloads
from benchmarks.load import Measured, Work
from benchmarks.reports import read_report
from server import HUB, make_app
from storage import open_store
from transport import Hub, Limits, connect
from transport.framing import close_frame, framed

FAST = Limits(submissions_per_second=1_000_000, submission_burst=1_000_000)


@pytest.fixture
async def app(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[str, Hub]]:
    """The address and the hub of a server in this process, for loads that are short."""
    monkeypatch.setattr(load, "WARM_UP", 0.05)
    application: web.Application = make_app(open_store("memory:"), limits=FAST)
    async with TestServer(application) as server:
        yield str(server.make_url("")).rstrip("/"), application[HUB]


async def test_every_writer_of_every_room_has_typed_and_no_reader(app: tuple[str, Hub]) -> None:
    url, hub = app
    await load.load(url, Work(rooms=3, writers=2, readers=1), seconds=0.3)
    assert len(hub.rooms) == 3
    async with connect(f"{url}/sync") as connection:
        for doc in list(hub.rooms):
            document = await connection.open(doc)
            assert document.snapshot == "x" * document.revision, "one character an operation"
            entries = (await document.history(after=0)).entries
            assert len({entry.client for entry in entries}) == 2


async def test_rates_are_of_what_is_in_the_logs(app: tuple[str, Hub]) -> None:
    url, hub = app
    measured = await load.load(url, Work(rooms=2, writers=3), seconds=0.4, pid=os.getpid())
    landed = sum(room.told for room in hub.rooms.values())
    assert 0.4 * measured.accepted <= landed
    assert measured.delivered == pytest.approx(measured.acknowledged, rel=0.3)
    assert measured.accepted == pytest.approx(measured.acknowledged, rel=0.3)
    median, slow, slowest = measured.waits
    assert 0 < median <= slow <= slowest
    assert all(told >= wait for told, wait in zip(measured.everywhere, measured.waits, strict=True))
    assert measured.stall > 0
    assert 0 < measured.busy <= 1.2
    if measured.used is not None and measured.cost is not None:  # the same process here
        assert measured.used == pytest.approx(measured.busy, abs=0.15)
        assert measured.cost == pytest.approx(1e6 * measured.used / measured.accepted, rel=0.01)


async def test_no_more_operations_share_a_sync_than_people_type(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(load, "WARM_UP", 0.05)
    application = make_app(open_store(f"sqlite:{tmp_path / 'typed.db'}"), limits=FAST)
    async with TestServer(application) as server:
        measured = await load.load(str(server.make_url("")).rstrip("/"), Work(writers=3), seconds=1.0)
    assert measured.synced is not None
    assert 0 < measured.synced <= 2 * 3, "those of the sync before may be told of after it was counted"


async def test_where_nothing_is_synced_no_figure_says_how_often(app: tuple[str, Hub]) -> None:
    assert (await load.load(app[0], Work(), seconds=0.2)).synced is None


def test_half_of_the_load_is_half_of_what_that_server_has_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    rates = {"ceiling": 10_000.0, "memory": 6_000.0, "sqlite": 800.0}
    asked: list[tuple[str, float | None]] = []

    async def measured(server: servers.Server, work: Work) -> Measured:
        asked.append((server, work.pace))
        rate = rates[server]
        return Measured(rate, rate, rate, (1.0,) * 3, (1.0,) * 3, 0.0, cost=1.0, used=1.0, busy=0.1)

    monkeypatch.setattr(rooms, "measured", measured)
    monkeypatch.setattr(rooms, "LOADS", {"typists": Work(writers=20), "others": Work(writers=2)})
    monkeypatch.setattr(rooms, "PACED", {})
    monkeypatch.setattr(rooms, "HALVED", ("typists",))
    names = [name for name, _ in rooms.tables()[2].rows]
    likes = [("memory", "ceiling"), ("memory", "memory"), ("sqlite", "ceiling"), ("sqlite", "sqlite")]
    assert names == [f"20 like {reached}: {server}" for reached, server in likes]
    assert asked[6:] == [("ceiling", 150.0), ("memory", 150.0), ("ceiling", 20.0), ("sqlite", 20.0)]


async def test_typists_with_a_pace_keep_it(app: tuple[str, Hub]) -> None:
    url, _ = app
    measured = await load.load(url, Work(writers=5, pace=20.0), seconds=1.0)
    assert measured.acknowledged == pytest.approx(100, rel=0.2)


async def test_more_than_a_hundred_clients_can_be_measured(app: tuple[str, Hub]) -> None:
    url, _ = app
    async with asyncio.timeout(20):  # a connection that is not made waits for ever
        assert (await load.load(url, Work(writers=101), seconds=0.2)).accepted > 0


async def test_a_load_that_the_server_refuses_is_no_figure() -> None:
    application = make_app(open_store("memory:"), limits=Limits(submission_burst=1, submissions_per_second=1))
    async with TestServer(application) as server:
        with pytest.raises(ConnectionError, match="rate-limited"):
            await load.load(str(server.make_url("")).rstrip("/"), Work(), seconds=5)


def test_frames_are_found_wherever_the_bytes_are_cut() -> None:
    said = [b"x" * size for size in (0, 1, 125, 126, 300, 65_535, 65_536)]
    data = b"".join(framed(payload, binary=False) for payload in said)
    for cut in (0, 1, 2, 3, 130, 131, 500, 700, 66_500, len(data) - 1, len(data)):
        first, rest = payloads(data[:cut])
        second, left = payloads(rest + data[cut:])
        assert (first + second, left) == (said, b"")


def test_the_end_of_a_connection_is_no_message() -> None:
    with pytest.raises(ConnectionError):
        payloads(close_frame(4000, "replaced"))


def test_the_command_measures_the_ceiling_and_every_store(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(rooms, "SECONDS", 0.2)
    monkeypatch.setattr(rooms, "LOADS", {})
    monkeypatch.setattr(rooms, "PACED", {"two rooms": Work(rooms=2, writers=3, readers=1, pace=20.0)})
    printed = CliRunner().invoke(main, ["rooms", "--out", str(tmp_path)], env={"COLUMNS": "80"})
    assert printed.exit_code == 0, printed.output
    report = read_report(tmp_path / "rooms.json")
    assert [len(table.rows) for table in report.tables] == [0, 0, 0, 0, 3, 3]
    names = [f"two rooms: {server}" for server in servers.SERVERS]
    assert [name for name, _ in report.tables[4].rows] == names
    assert max(map(len, printed.output.splitlines())) <= 80
    assert "…" not in printed.output, "a figure is cut off where it does not fit"
