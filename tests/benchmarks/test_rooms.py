"""The benchmark of rooms puts on the load that it says, and counts what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from click.testing import CliRunner

from benchmarks import load, rooms
from benchmarks.__main__ import main
from server import HUB, make_app
from storage import open_store
from transport import Hub, Limits, connect

FAST = Limits(submissions_per_second=1_000_000, submission_burst=1_000_000)


@pytest.fixture
async def app(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[str, Hub]]:
    """The address and the hub of a server in this process, for loads that are short."""
    monkeypatch.setattr(load, "WARM_UP", 0.05)
    application: web.Application = make_app(open_store("memory:"), limits=FAST)
    async with TestServer(application) as server:
        yield str(server.make_url("")).rstrip("/"), application[HUB]


async def test_every_client_of_every_room_has_typed(app: tuple[str, Hub]) -> None:
    url, hub = app
    await load.load(url, rooms=3, clients=2, seconds=0.3)
    assert len(hub.rooms) == 3
    async with connect(f"{url}/sync") as connection:
        for doc in list(hub.rooms):
            document = await connection.open(doc)
            assert document.snapshot == "x" * document.revision, "one character an operation"
            entries = (await document.history(after=0)).entries
            assert len({entry.client for entry in entries}) == 2


async def test_rates_are_of_what_is_in_the_logs(app: tuple[str, Hub]) -> None:
    url, hub = app
    measured = await load.load(url, rooms=2, clients=3, seconds=0.4)
    landed = sum(room.told for room in hub.rooms.values())
    assert 0.4 * measured.accepted <= landed
    assert measured.delivered == pytest.approx(measured.acknowledged, rel=0.3)
    assert measured.accepted == pytest.approx(measured.acknowledged, rel=0.3)
    assert 0 < measured.median <= measured.slowest
    assert 0 < measured.busy <= 1.2


async def test_more_than_a_hundred_clients_can_be_measured(app: tuple[str, Hub]) -> None:
    url, _ = app
    async with asyncio.timeout(20):  # a connection that is not made waits for ever
        assert (await load.load(url, rooms=1, clients=101, seconds=0.2)).accepted > 0


async def test_a_load_that_the_server_refuses_is_no_figure() -> None:
    application = make_app(open_store("memory:"), limits=Limits(submission_burst=1, submissions_per_second=1))
    async with TestServer(application) as server:
        with pytest.raises(ExceptionGroup) as refused:
            await load.load(str(server.make_url("")).rstrip("/"), rooms=1, clients=2, seconds=5)
    assert "rate-limited" in str(refused.value.exceptions)


def test_the_command_measures_every_store_and_load(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "SECONDS", 0.2)
    monkeypatch.setattr(rooms, "LOADS", ((2, 3),))
    printed = CliRunner().invoke(main, ["rooms"])
    assert printed.exit_code == 0, printed.output
    for words in ("memory 2x3", "sqlite 2x3", "accepted", "acknowledged", "delivered", "synced"):
        assert words in printed.output
