"""What every suite shares: under `--no-skips` a skipped test fails the run, and the run says so.

What a test gives to `show` stands at the end of the run, whichever process the test ran in.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import settings

# A stall of a busy machine is no fault of the example that it hits: with the default of 200 ms a single
# one of 0.3 s fails a property as flaky.
settings.register_profile("counterpoint", deadline=None)
settings.load_profile("counterpoint")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="fail where a test was skipped")
    parser.addoption("--power-cut-runs", type=int, default=20, help="runs in which the power is cut")
    parser.addoption("--repeated-seeds", type=int, default=20, help="simulated worlds that are run twice")
    parser.addoption("--wild-seeds", type=int, default=20, help="seeds of peers that say anything")
    parser.addoption(
        "--compiled", action="store_true", help="refuse to run on anything but the compiled core"
    )


def pytest_configure(config: pytest.Config) -> None:
    if not config.getoption("--compiled"):
        return
    import ot  # not above: what is loaded is for the suite that runs to say, and some have none

    if not ot.COMPILED:
        raise pytest.UsageError(f"{ot.__file__} is not compiled: `make test-compiled` makes one that is")


@pytest.fixture
def show(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    return lambda line: record_property("shown", line)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if session.config.getoption("--no-skips") and _skipped(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for report in terminalreporter.stats.get("passed", []):
        for name, value in report.user_properties:
            if name == "shown":
                terminalreporter.write_line(str(value))
    skipped = _skipped(config)
    if config.getoption("--no-skips") and skipped:
        terminalreporter.write_line(f"FAILED: {skipped} skipped, and a skipped test proves nothing", red=True)


def _skipped(config: pytest.Config) -> int:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return len(reporter.stats.get("skipped", [])) if reporter is not None else 0
