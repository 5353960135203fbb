"""The check of the server's speed fails when a third is lost, and not before."""

from __future__ import annotations

import itertools

import pytest
from click.testing import CliRunner

from benchmarks import regression, rooms
from benchmarks.load import Measured, Work
from benchmarks.servers import Server


@pytest.mark.parametrize(("cost", "code"), [(30.0, 0), (44.0, 0), (46.0, 1), (300.0, 1)])
def test_it_fails_where_a_third_of_the_share_is_lost(
    monkeypatch: pytest.MonkeyPatch, cost: float, code: int
) -> None:
    outliers = itertools.cycle((0.1, 1.0, 9.0))  # one pair in three counts

    async def measured(server: Server, _: Work) -> Measured:
        microseconds = 10.0 if server == "ceiling" else cost * next(outliers)
        return Measured(1, 1, 1, (1, 1, 1), (1, 1, 1), 1, microseconds, 1, 1)

    monkeypatch.setattr(rooms, "measured", measured)
    monkeypatch.setattr(regression, "RECORDED", {"50 typists": 10.0 / 30.0})
    checked = CliRunner().invoke(regression.main)
    assert checked.exit_code == code, checked.output
