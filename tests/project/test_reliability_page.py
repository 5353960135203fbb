"""What the page on reliability names as its proof is there: tests, commands, and scenarios of torture."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from tests.torture.__main__ import SCENARIOS

ROOT: Final = Path(__file__).parent.parent.parent
PAGE: Final = (ROOT / "docs" / "reliability.md").read_text()
TARGETS: Final = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:tests|web)/[^`\s]*)`", PAGE))))
def test_a_file_that_it_names_is_there(path: str) -> None:
    assert list(ROOT.glob(path)), path


def test_a_command_that_it_names_is_there() -> None:
    named = set(re.findall(r"`make ([\w-]+)`|^    make ([\w-]+)", PAGE, re.MULTILINE))
    assert {one or other for one, other in named} <= TARGETS
    assert len(named) > 5


def test_every_scenario_that_it_names_is_played() -> None:
    lists = re.findall(r"`make torture`(?:: | \()((?:`[\w-]+`(?:, )?)+)", PAGE)
    named = {name for found in lists for name in re.findall(r"`([\w-]+)`", found)}
    assert named <= set(SCENARIOS)
    assert len(named) > 8
