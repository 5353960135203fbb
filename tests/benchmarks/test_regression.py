"""The check of the server's speed fails when a third is lost, not before, and not by one bad measurement."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks import regression
from benchmarks.regression import TURNS, TURNS_IN_DOUBT, TYPISTS, Shares

Asked = list[tuple[tuple[int, ...], int]]


def measuring(monkeypatch: pytest.MonkeyPatch, *times: Sequence[Shares]) -> Asked:
    """Let rooms be measured as `times` says, one for each time, and keep what was asked for."""
    asked: Asked = []
    answers = iter(times)

    async def measured(rooms: Sequence[int], turns: int) -> dict[str, Shares]:
        asked.append((tuple(rooms), turns))
        return dict(zip(map(regression.name_of, rooms), next(answers), strict=True))

    monkeypatch.setattr(regression, "measured", measured)
    monkeypatch.setattr(regression, "recorded", lambda: {regression.name_of(one): 0.3 for one in TYPISTS})
    return asked


def test_it_passes_where_no_third_is_lost_whatever_one_turn_says(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = measuring(monkeypatch, [(0.01, 0.21, 0.21), (0.3, 0.9, 0.3)])
    checked = CliRunner().invoke(regression.main)
    assert checked.exit_code == 0, checked.output
    assert asked == [(TYPISTS, TURNS)]


@pytest.mark.parametrize(("again", "code"), [(0.25, 0), (0.19, 1)])
def test_what_has_lost_too_much_is_measured_again_for_longer(
    monkeypatch: pytest.MonkeyPatch, again: float, code: int
) -> None:
    asked = measuring(monkeypatch, [(0.3,), (0.19,)], [(again,)])
    checked = CliRunner().invoke(regression.main)
    assert checked.exit_code == code, checked.output
    assert asked == [(TYPISTS, TURNS), (TYPISTS[1:], TURNS_IN_DOUBT)]
    assert TURNS_IN_DOUBT > TURNS


def test_every_room_has_been_recorded() -> None:
    assert regression.recorded().keys() == {regression.name_of(typists) for typists in TYPISTS}


def test_what_is_recorded_is_read_back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    read_back = regression.recorded
    measuring(monkeypatch, [(0.1, 0.2, 0.6), (0.3,)])
    monkeypatch.setattr(regression, "RECORDED", tmp_path / "speed.json")
    assert CliRunner().invoke(regression.main, ["--record"]).exit_code == 0
    assert read_back() == {"50 typists": 0.2, "200 typists": 0.3}


async def test_both_servers_are_given_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regression, "TURN", 12)
    found = await regression.measured((3, 4), 2)
    assert found.keys() == {"3 typists", "4 typists"}
    assert all(len(shares) == 2 and min(shares) > 0 for shares in found.values())
