"""The benchmark of memory connects whom it says, and tells slopes of what it has read."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from click.testing import CliRunner

from benchmarks import idle_clients, memory, working_day
from benchmarks.__main__ import main
from benchmarks.idle_clients import DOCUMENTS, Opens, Stage, Visit
from benchmarks.memory import Idle, slope
from benchmarks.reports import read_report
from benchmarks.servers import Server
from benchmarks.working_day import Reading
from server import HUB, make_app
from storage import open_store
from transport import Hub


@pytest.fixture
async def app(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[str, Hub]]:
    """The address and the hub of a server in this process, which needs no time to settle."""
    monkeypatch.setattr(idle_clients, "SETTLED", 0.0)
    application = make_app(open_store("memory:"))
    async with TestServer(application) as server:
        yield f"127.0.0.1:{server.port}", application[HUB]


@pytest.mark.parametrize(
    ("opens", "rooms"), [("nothing", 0), ("own", 40), ("shared", 1), ("many", 40 * DOCUMENTS)]
)
async def test_as_many_connections_stay_as_are_told_with_the_documents_that_are_said(
    opens: Opens, rooms: int, app: tuple[str, Hub]
) -> None:
    host, hub = app
    visit = Visit(host, opens, os.getpid())
    first, second = await visit.stage(7), await visit.stage(40)
    assert (first.connections, second.connections) == (7, 40) == (7, len(hub.connections))
    assert len(hub.rooms) == rooms
    assert all(connection.session.client for connection in hub.connections.values()), "greeted"
    assert 0 < first.seconds < second.seconds
    await visit.go()


def test_a_slope_is_that_of_the_line_whatever_was_there_before() -> None:
    assert slope([(size, 3e6 + 20.0 * size) for size in (0, 1_000, 5_000)]) == pytest.approx(20.0)
    assert slope([(0, 10.0), (1, 10.0), (2, 13.0)]) == pytest.approx(1.5)
    assert slope([(0, 10.0), (1, None)]) is None


async def test_a_day_has_all_keys_of_all_people_in_one_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working_day, "HOURS", 2)
    monkeypatch.setattr(working_day, "PEOPLE", 5)
    read = await working_day.worked("day", keys=4)
    assert [reading.revisions for reading in read] == [0, 20, 40]
    assert read[-1].on_disk > 0


async def test_a_server_process_is_read_at_every_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "SIZES", (5, 30))
    idle = await memory.connected("its own", "own", "memory")
    assert [stage.connections for stage in idle.stages] == [0, 5, 30]
    assert idle.rate > 0
    assert all(stage.bytes is None or stage.bytes > 10 * memory.MIB for stage in idle.stages)


async def test_people_work_in_a_process_of_their_own() -> None:
    day = await memory.worked("day", "--keys", "2")
    assert [reading.revisions for reading in day] == [100 * hour for hour in range(9)]


def test_the_command_tells_what_each_takes_beside_the_ceiling(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    taken = {"ceiling": 10, "memory": 15, "sqlite": 20}  # KiB for each connection

    async def connected(kind: str, opens: Opens, server: Server) -> Idle:
        each = taken[server] * memory.KIB + (DOCUMENTS * 2_000 if opens == "many" else 0)
        sizes = (0, *memory.SIZES)
        return Idle(kind, server, [Stage(n, 4_000_000 + n * each, n / 4_000, n / 5_000, 0.5) for n in sizes])

    async def worked(part: str, *_: str) -> list[Reading]:
        return [Reading(n * 100, 5_000_000 + n * 100 * 600, n * 100 * 90) for n in range(9)]

    monkeypatch.setattr(memory, "connected", connected)
    monkeypatch.setattr(memory, "worked", worked)
    printed = CliRunner().invoke(main, ["memory", "--out", str(tmp_path)], env={"COLUMNS": "300"})
    assert printed.exit_code == 0, printed.output
    connections, growth, parts, day = read_report(tmp_path / "memory.json").tables
    found = dict(connections.rows)["a document of its own: memory"]
    assert found == pytest.approx((15.0, 1.5, 4_000.0, 1.0, 200.0, 1.0, 0.5))
    assert dict(growth.rows)["a document of its own: sqlite"][-1] == pytest.approx(5_000 * 20 / 1_024)
    assert [figure for _, (figure,) in parts.rows] == pytest.approx([2_000, 600, 90])
    assert dict(day.rows)["of the first hour's"][-1] == pytest.approx(5_480_000 / 5_060_000)
