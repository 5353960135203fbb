"""What this library reports, as named events with facts: `log.info("session_greeted", client=…)`.

A library does not print. Where the process has configured structlog (an application that uses it, or
`counterpoint serve`), events go there as they are; else they are records of the logger `counterpoint` in
`logging`, silent until the application asks for them, with `event` and `facts` as attributes beside
their text.
"""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import Final

import attrs
import structlog
from structlog.typing import BindableLogger

ROOT: Final = "counterpoint"

logging.getLogger(ROOT).addHandler(logging.NullHandler())  # else `logging` prints warnings by itself


@attrs.frozen
class EventLog:
    """One part's log. Each event is a line of its own, whatever its facts hold."""

    name: str

    def debug(self, event: str, **facts: object) -> None:
        """Report what only whoever works on the code wants to know."""
        self._report(logging.DEBUG, event, facts)

    def info(self, event: str, **facts: object) -> None:
        """Report what happens in ordinary life."""
        self._report(logging.INFO, event, facts)

    def warning(self, event: str, **facts: object) -> None:
        """Report what may become a problem."""
        self._report(logging.WARNING, event, facts)

    def error(self, event: str, **facts: object) -> None:
        """Report what somebody has to look at."""
        self._report(logging.ERROR, event, facts)

    def exception(self, event: str, **facts: object) -> None:
        """Report an error with the traceback of the exception that is being handled."""
        self._report(logging.ERROR, event, {**facts, "exc_info": True})

    def _report(self, level: int, event: str, facts: dict[str, object]) -> None:
        if structlog.is_configured():
            if level < _least(structlog.get_config()["wrapper_class"]):
                return
            # By its name: the one method that every kind of structlog's loggers has.
            getattr(structlog.get_logger(self.name), logging.getLevelName(level).lower())(event, **facts)
            return
        logger = logging.getLogger(self.name)
        if logger.isEnabledFor(level):
            traced = bool(facts.pop("exc_info", False))
            text = " ".join([event, *(f"{fact}={value!r}" for fact, value in facts.items())])
            logger.log(level, "%s", text, exc_info=traced, extra={"event": event, "facts": facts})


@lru_cache
def _least(kind: type[BindableLogger]) -> int:
    """Return the level below which a kind of structlog's loggers tells nothing.

    Asked once: to make a logger takes longer than to tell most events.
    """
    if not hasattr(kind, "get_effective_level"):  # it does not filter by itself
        return logging.NOTSET
    return int(structlog.wrap_logger(None, wrapper_class=kind).bind().get_effective_level())


def event_log(part: str = "") -> EventLog:
    """Return the log of a part of this library, as `client`; of the server, without one."""
    return EventLog(f"{ROOT}.{part}" if part else ROOT)
