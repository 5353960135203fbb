"""The report says of each command whether it passed, what it printed, and leaves none out that failed."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from tests.release_report import STEPS, Step, plain, reported
from tests.suites import Command


def step(name: str, code: str) -> Step:
    return Step(name, f"what {name} is for", does("print('little')"), does(code))


def does(code: str) -> Command:
    return (sys.executable, "-c", code)


def test_a_command_that_fails_is_in_the_report_and_does_not_stop_the_others(tmp_path: Path) -> None:
    output = tmp_path / "report.md"
    steps = [
        step("broken", "print('seed 17 broke'); raise SystemExit(3)"),
        step("whole", "print('seed 18 held')"),
    ]
    assert not reported(steps, "release", output)
    text = output.read_text()
    assert re.search(r"\| \[broken\]\(#broken\) \| what broken is for \| [\d.]+ \| \*\*failed\*\* \|", text)
    assert re.search(r"\| \[whole\]\(#whole\) \| what whole is for \| [\d.]+ \| passed \|", text)
    assert "seed 17 broke" in text
    assert "seed 18 held" in text
    assert reported(steps[1:], "release", output)


def test_a_small_report_says_that_it_is_one(tmp_path: Path) -> None:
    output = tmp_path / "report.md"
    assert reported([step("broken", "raise SystemExit(3)")], "small", output)
    text = output.read_text()
    assert "make report SIZE=small" in text
    assert "little" in text


def test_what_was_written_over_on_a_screen_is_not_in_the_report() -> None:
    assert plain("\x1b[2K10%\r\x1b[32m100%\x1b[0m\n\n done \n") == "100%\n done"


def test_every_step_has_a_name_of_its_own() -> None:
    assert len({one.name for one in STEPS}) == len(STEPS)
