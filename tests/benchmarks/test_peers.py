"""Counterpoint and its peers are given the same work, and whoever cannot be had is named."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Final

import attrs
import pytest

import ot
from benchmarks.merge import Author, scattered, typing
from benchmarks.peers import adapters, contest, goals, installing
from benchmarks.peers.goals import GOALS, Goal
from benchmarks.peers.installing import CONTESTANTS, Contestant
from benchmarks.peers.jobs import JOBS, Cases, Job, branches, keystroke_pairs, rich_operation, text_pairs
from benchmarks.peers.racing import Time, race

NODE: Final = Path(__file__).parent.parent / "differential" / "node"
TYPED: Final = [[0, "", "hello"], [5, "", "!"], [0, "h", "H"], [2, "ll", ""]]
"""Edits that lead to Heo!"""

OURS: Final = Contestant("Counterpoint", "counterpoint")
SLICING: Final = Contestant("str, sliced", "slicing")


def job(kind: str, cases: ot.Json) -> Job:
    return Job(kind, kind, lambda _: cases, 1, rounds=2, seconds=0)


@attrs.frozen
class AsInstalledForTests(Contestant):
    """An npm package out of those that the types are compared with, so that nothing is downloaded."""

    def folder(self) -> Path:
        return NODE


def test_every_contestant_is_timed_at_what_it_does() -> None:
    times = race([OURS, SLICING], [job("replay", TYPED), job("compose all", TYPED)])
    assert times["Counterpoint"].keys() == {"replay", "compose all"}
    assert times["str, sliced"].keys() == {"replay"}
    assert {len(time.rounds) for taken in times.values() for time in taken.values()} == {2}


def test_packages_in_node_are_timed_beside_it() -> None:
    unicode = AsInstalledForTests("V8", "ot-text-unicode", is_npm=True)
    quill = AsInstalledForTests("Quill", "quill-delta", is_npm=True)
    pairs = text_pairs(5, 3)(random.Random(1))
    rich = [
        [rich_operation(random.Random(seed), 4), rich_operation(random.Random(-seed), 4)] for seed in (1, 2)
    ]
    jobs = [
        job("transform", pairs),
        job("compose", pairs),
        job("rich transform", rich),
        job("compose all", TYPED),
    ]
    times = race([OURS, unicode, quill], jobs)
    assert times["V8"].keys() == {"transform", "compose", "compose all"}
    assert times["Quill"].keys() == {"rich transform"}
    assert times["Counterpoint"].keys() == {"transform", "compose", "rich transform", "compose all"}


def test_work_that_leads_elsewhere_is_no_measurement(tmp_path: Path) -> None:
    """A package that appends what should be inserted stands in for one that is called wrongly."""
    (tmp_path / "pycrdt.py").write_text(
        "class Text(str): insert = lambda self, place, text: None\n"
        "class Doc:\n    def get(self, name, type): return type()\n"
    )

    @attrs.frozen
    class Wrong(Contestant):
        def folder(self) -> Path:
            return tmp_path

    with pytest.raises(ValueError, match="replay leads to different results"):
        race([OURS, Wrong("wrong", "pycrdt", "pycrdt==0")], [job("replay", [[0, "", "a"]])])


def test_who_cannot_be_installed_is_named_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(installing, "SCRATCH", tmp_path)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setattr(contest, "CONTESTANTS", [OURS, Contestant("nobody", "loro", "loro==0.0.0")])
    monkeypatch.setattr(contest, "JOBS", [])
    missing = next(table for table in contest.tables() if table.title == "Not measured")
    ((name, (reason,)),) = missing.rows
    assert name == "nobody"
    assert "No matching distribution found for loro==0.0.0" in str(reason)
    assert not any(tmp_path.iterdir()) or [path.name for path in tmp_path.iterdir()] == ["loro-0.0.0.partial"]


def test_a_goal_is_met_missed_or_open() -> None:
    goal = Goal("replay", "us", "them", 2)
    for ours, theirs, verdict in ((1.0, 2.0, "met"), (1.0, 1.9, "missed"), (1.0, None, "open")):
        times = {"us": {"replay": Time((ours,))}, "them": {"replay": Time((theirs,))} if theirs else {}}
        assert goals.verdict(goal, times)[-1] == verdict


def test_every_goal_names_contestants_and_a_job() -> None:
    names = {contestant.name for contestant in CONTESTANTS}
    assert [goal for goal in GOALS if not {goal.ours, goal.theirs} <= names] == []
    assert {goal.job for goal in GOALS} <= {one.name for one in JOBS}


def test_every_python_contestant_has_an_adapter() -> None:
    assert {one.adapter for one in CONTESTANTS if not one.is_npm} == set(adapters.ADAPTERS)


@pytest.mark.parametrize("cases", [keystroke_pairs(20), text_pairs(9, 20)])
def test_cases_are_operations_in_normal_form(cases: Cases) -> None:
    for pair in cases(random.Random(1)):
        for op in pair:
            ot.get_type("text").check(op)


def test_rich_cases_are_operations_in_normal_form() -> None:
    for seed in range(20):
        op = rich_operation(random.Random(seed), 10)
        assert len(op) == 10
        ot.get_type("rich-text").check(op)


@pytest.mark.parametrize("author", [scattered, typing])
def test_branches_fit_the_document_that_they_are_made_on(author: Author) -> None:
    made = branches(author, 50)(random.Random(1))
    for side in ("ours", "theirs"):
        text = made["document"]
        for place, deleted, inserted in made[side]:
            assert text[place:].startswith(deleted)
            text = text[:place] + inserted + text[place + len(deleted) :]
