"""The runner of the suites hides nothing: no failure, no suite that did not run, no folder left out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests import suites

PASSES: Final = (sys.executable, "-c", "pass")
FAILS: Final = (sys.executable, "-c", "raise SystemExit(3)")


def test_a_failure_stops_neither_its_suite_nor_the_next(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    says_so = (sys.executable, "-c", "print('still', 'running')")
    first, second = suites.Suite("first", (FAILS, says_so)), suites.Suite("second", (says_so,))
    monkeypatch.setattr(suites, "SUITES", (first, second))
    monkeypatch.setattr(suites, "folders_without_suite", list)

    assert suites.main([]) == 1

    printed = capfd.readouterr().out
    assert printed.count("still running\n") == 2
    assert "FAILED first" in printed
    assert printed.endswith("suites: 1 passed, 1 failed\n")


def test_all_green_is_exit_code_zero_and_a_folder_left_out_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suites, "SUITES", (suites.Suite("only", (PASSES,)),))
    monkeypatch.setattr(suites, "folders_without_suite", list)
    assert suites.main([]) == 0
    monkeypatch.setattr(suites, "folders_without_suite", lambda: ["forgotten"])
    assert suites.main([]) == 1


def test_a_suite_that_does_not_exist_is_refused() -> None:
    assert suites.main(["no-such-suite"]) == 2


def test_every_folder_of_tests_belongs_to_a_suite() -> None:
    assert suites.folders_without_suite() == []


@pytest.mark.parametrize(("options", "code"), [([], 0), (["--no-skips"], 1)])
def test_a_skipped_test_fails_the_run_of_a_suite(tmp_path: Path, options: list[str], code: int) -> None:
    (tmp_path / "conftest.py").write_text((suites.ROOT / "tests" / "conftest.py").read_text())
    (tmp_path / "test_skipped.py").write_text(
        "import pytest\n\ndef test_it():\n    pytest.skip('not here')\n"
    )
    run = [sys.executable, "-m", "pytest", "-q", "-c", "/dev/null", *options, str(tmp_path)]
    assert subprocess.run(run, cwd=tmp_path, check=False, capture_output=True).returncode == code
