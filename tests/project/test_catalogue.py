"""Every row of the catalogue of attacks and faults names what shows it, and what it names is there."""

from __future__ import annotations

import importlib
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from tests.simulation import test_mutants
from tests.torture.__main__ import SCENARIOS
from transport.simulation.campaign import BRANCHES
from transport.simulation.drawn_world import FAULTS

ROOT: Final = Path(__file__).parent.parent.parent
CATALOGUE: Final[dict[str, dict[str, Any]]] = tomllib.loads((ROOT / "tests/catalogue.toml").read_text())
ROWS: Final = {"M": 22, "T": 13, "C": 21, "A": 13}
"""How many rows each part has, counted from 1."""


@cache
def web_tests(path: str) -> str:
    return (ROOT / path).read_text()


@cache
def found_mutants() -> frozenset[str]:
    """Return the planted faults that some test has to find: those that it is given as parameters."""
    marks = [mark for test in vars(test_mutants).values() for mark in getattr(test, "pytestmark", ())]
    return frozenset(name for mark in marks if mark.name == "parametrize" for name in mark.args[1])


def exists(name: str) -> bool:
    """Tell whether there is what a row names."""
    kind, _, which = name.partition(": ")
    match kind:
        case "simulation":
            return which in FAULTS or which in BRANCHES
        case "mutant":
            return which in found_mutants()
        case "torture":
            return which in SCENARIOS
    if kind.startswith("web/"):
        return bool(which) and (ROOT / kind).is_file() and f'test("{which}"' in web_tests(kind)
    return is_test(name)


def is_test(name: str) -> bool:
    """Tell whether pytest has a test of a name: in a module, or in a class of one, inherited or not."""
    path, *inside = name.split("::")
    if not re.fullmatch(r"tests/\w+/test_\w+\.py", path) or not (ROOT / path).is_file() or not inside:
        return False
    found: Any = importlib.import_module(path.removesuffix(".py").replace("/", "."))
    for part in inside:
        found = getattr(found, part, None)
    return callable(found) and inside[-1].startswith("test_")


def test_no_row_is_missing_and_none_is_made_up() -> None:
    expected = [f"{part}{number}" for part, count in ROWS.items() for number in range(1, count + 1)]
    assert list(CATALOGUE) == expected
    assert len(expected) == 69


@pytest.mark.parametrize("row", CATALOGUE)
def test_a_row_says_what_it_is_and_what_shows_it(row: str) -> None:
    told = CATALOGUE[row]
    assert set(told) <= {"what", "shown_by", "scaling"}
    assert told["what"].endswith(".")
    assert told.get("shown_by") or told.get("scaling"), "nothing shows it"
    assert [name for name in told.get("shown_by", ()) if not exists(name)] == []


@pytest.mark.parametrize(
    "name",
    [
        "tests/storage/test_contract.py::TestSQLite::test_the_same_step_twice_lands_once",
        "tests/project/test_catalogue.py::test_no_row_is_missing_and_none_is_made_up",
        "simulation: torn write",
        "torture: kill-9",
        "mutant: resume_off_by_one",
        "web/tests/document_state.test.ts: a gap asks for the document anew and changes nothing",
    ],
)
def test_what_there_is_is_found(name: str) -> None:
    assert exists(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "tests/project/test_catalogue.py",
        "tests/project/test_catalogue.py::test_that_nobody_wrote",
        "tests/project/test_catalogue.py::exists",
        "tests/nowhere/test_catalogue.py::test_a_row_says_what_it_is_and_what_shows_it",
        "tests/storage/test_contract.py::TestSQLite::test_that_nobody_wrote",
        "tests/storage/test_contract.py::TestNothing::test_the_same_step_twice_lands_once",
        "simulation: boredom",
        "torture: boredom",
        "mutant: boredom",
        "mutant: take_any_own_entry_for_the_acknowledgement",
        "web/tests/document_state.test.ts: that nobody wrote",
        "web/tests/document_state.test.ts: ",
        "web/tests/nothing.test.ts: a gap asks for the document anew and changes nothing",
    ],
)
def test_what_there_is_not_is_noticed(name: str) -> None:
    assert not exists(name)
