"""What is installed is pinned and hashed, and is what pyproject.toml asks for."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parent.parent.parent
PROJECT: Final = tomllib.loads((ROOT / "pyproject.toml").read_text())
FILES: Final = ("run.txt", "dev.txt", "fuzz.txt")


def pins(name: str) -> dict[str, list[str]]:
    """Return the hashes of each `package==version` in a file of requirements/."""
    joined = (ROOT / "requirements" / name).read_text().replace("\\\n", " ")
    lines = [line for line in joined.splitlines() if line.strip()]
    return {line.split()[0]: re.findall(r"--hash=sha256:[0-9a-f]{64}", line) for line in lines}


def packages(requirements: list[str]) -> set[str]:
    """Return the bare names: `uvloop>=0.21; …` is uvloop."""
    return {re.split(r"[^\w.-]", requirement, maxsplit=1)[0].lower() for requirement in requirements}


@pytest.mark.parametrize("name", FILES)
def test_every_requirement_has_a_version_and_hashes(name: str) -> None:
    assert pins(name)
    assert [pin for pin, hashes in pins(name).items() if "==" not in pin or not hashes] == []


def test_the_server_runs_with_what_the_tests_ran_with() -> None:
    assert set(pins("run.txt")) <= set(pins("dev.txt"))


def test_what_is_fuzzed_is_what_the_tests_ran_with() -> None:
    names = {pin.split("==")[0] for pin in pins("dev.txt")}
    assert {pin for pin in pins("fuzz.txt") if pin.split("==")[0] in names} <= set(pins("dev.txt"))


def test_every_dependency_is_pinned() -> None:
    project = PROJECT["project"]
    extras = project["optional-dependencies"]
    run = packages([*project["dependencies"], *extras["speed"]])
    others = packages([*extras["testing"], *PROJECT["dependency-groups"]["dev"]])
    assert run - {pin.split("==")[0] for pin in pins("run.txt")} == set()
    assert (run | others) - {pin.split("==")[0] for pin in pins("dev.txt")} == set()
    fuzz = packages(PROJECT["dependency-groups"]["fuzz"])
    assert (packages(project["dependencies"]) | fuzz) - {
        pin.split("==")[0] for pin in pins("fuzz.txt")
    } == set()


def version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


def test_what_is_pinned_is_no_older_than_the_project_allows() -> None:
    pinned = dict(pin.split("==") for pin in pins("dev.txt"))
    floors = [re.match(r"([\w-]+)[^>]*>=([\d.]+)", one) for one in PROJECT["project"]["dependencies"]]
    assert all(floors), "each has one"
    for name, floor in (found.groups() for found in floors if found is not None):
        assert version(pinned[name]) >= version(floor), name
