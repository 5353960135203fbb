"""A library does not print: its events are records that an application asks for."""

from __future__ import annotations

import subprocess
import sys
from typing import Final

from tests.server_process import PATIENCE, ROOT

REPORTS: Final = (
    "from storage.events import event_log\n"
    "log = event_log('client')\n"
    "for report in (log.debug, log.info, log.warning, log.error): report('lost', doc='a\\nb', seq=3)\n"
    "try: raise ValueError('wrong')\n"
    "except ValueError: log.exception('failed', doc='notes')\n"
)


def printed(before: str) -> subprocess.CompletedProcess[str]:
    """Return what a process prints that reports five events."""
    return subprocess.run(
        [sys.executable, "-c", before + REPORTS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )


def test_nothing_is_printed_by_itself() -> None:
    result = printed("")
    assert (result.stdout, result.stderr) == ("", "")


def test_an_application_that_uses_logging_gets_a_line_for_each_event_from_its_level_on() -> None:
    asked = (
        "import logging\nlogging.basicConfig(level='WARNING', format='%(levelname)s %(name)s %(message)s')\n"
    )
    result = printed(asked)
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert lines[:3] == [
        "WARNING counterpoint.client lost doc='a\\nb' seq=3",
        "ERROR counterpoint.client lost doc='a\\nb' seq=3",
        "ERROR counterpoint.client failed doc='notes'",
    ]
    assert lines[-1] == "ValueError: wrong"


def test_an_application_that_has_configured_structlog_gets_the_events_there() -> None:
    result = printed(
        "import structlog\nstructlog.configure(processors=[structlog.processors.JSONRenderer()])\n"
    )
    assert result.stdout.splitlines()[0] == '{"doc": "a\\nb", "seq": 3, "event": "lost"}'
    assert len(result.stdout.splitlines()) == 5


def test_the_facts_of_a_record_can_be_told_apart() -> None:
    program = (
        "import logging, json\n"
        "class Told(logging.Handler):\n"
        "    def emit(self, record): print(json.dumps([record.event, record.facts]))\n"
        "logging.getLogger('counterpoint').addHandler(Told())\n"
        "logging.getLogger('counterpoint').setLevel('ERROR')\n"
    )
    assert printed(program).stdout.splitlines() == [
        '["lost", {"doc": "a\\nb", "seq": 3}]',
        '["failed", {"doc": "notes"}]',
    ]


def test_the_level_of_structlogs_loggers_is_kept_to_and_so_is_another_one_set_later() -> None:
    configure = "structlog.configure(wrapper_class=structlog.make_filtering_bound_logger({}))\n"
    result = printed(
        "import structlog\n"
        + configure.format(30)
        + REPORTS
        + configure.format(20)
        + "structlog.configure(processors=[structlog.processors.JSONRenderer()])\n"
    )
    assert [line[:4] for line in result.stdout.splitlines() if "lost" in line][2:] == ['{"do'] * 3


def test_loggers_of_structlog_that_filter_otherwise_get_every_event() -> None:
    result = printed(
        "import logging, structlog\nlogging.basicConfig(level='INFO', format='%(levelname)s')\n"
        "structlog.configure(wrapper_class=structlog.stdlib.BoundLogger,"
        " logger_factory=structlog.stdlib.LoggerFactory())\n"
    )
    assert result.stderr.splitlines()[:2] == ["INFO", "WARNING"]
