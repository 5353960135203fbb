"""Log records as lines on stderr: coloured columns for people, or one JSON object a line for machines.

Much of what a record holds was chosen by a peer: document names, client ids, what an error quotes. Such a
value can neither end its line nor reach the terminal as a command, and is cut: `escaped` is the one
place for that. What libraries report through `logging` comes out in the same form.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from typing import Final, Literal, TypeAlias

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from structlog.typing import EventDict, Processor, WrappedLogger

LogFormat: TypeAlias = Literal["console", "json"]

VALUE_CHARACTERS: Final = 400
"""Of one value: a document's name has at most 200, and each may be escaped."""

TRACEBACK_CHARACTERS: Final = 20_000
"""Of a traceback, from its end: what was raised stands there."""

log = structlog.get_logger("counterpoint")


def escaped(text: str, most: int = VALUE_CHARACTERS) -> str:
    """Return `text` on one line, at most `most` of its characters, nothing in it that a terminal obeys."""
    if len(text) > most:
        text = f"{text[:most]}… ({len(text)} characters)"
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


def configure_logging(form: LogFormat, level: str) -> None:
    """Send what this process logs to stderr; `level` is a name of `logging`, in either case."""
    number = logging.getLevelNamesMapping()[level.upper()]
    shared: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=form == "json"),
        structlog.processors.format_exc_info,
        _tamed,
    ]
    structlog.configure(
        processors=[*shared, _json if form == "json" else _columns()],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(handlers=[_Forwarding()], level=max(number, logging.WARNING), force=True)


class _Forwarding(logging.Handler):
    """Hands the records of `logging` to structlog."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, HttpProcessingError | web.RequestPayloadError):
            # aiohttp reports each as an error with a traceback, but whoever sends them is a scanner.
            log.info("bad_http_request", status=400, reason=str(error))
            return
        if record.name == "aiohttp.websocket":
            # It would tell the subprotocols that were offered: some clients send a token there.
            log.info("foreign_subprotocols", consequence="JSON is spoken")
            return
        text = record.getMessage()
        log.log(record.levelno, "library_reported", source=record.name, text=text, exc_info=record.exc_info)


def _tamed(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    return {key: _tamed_value(key, value) for key, value in event.items()}


def _tamed_value(key: str, value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value)
    if key == "exception":
        # Indented, so that no line of it can pass for a record.
        lines = text[-TRACEBACK_CHARACTERS:].splitlines()
        return "\n".join(f"    {escaped(line)}" for line in lines)
    return escaped(text)


def _json(_: WrappedLogger, __: str, event: EventDict) -> str:
    return json.dumps(event, ensure_ascii=False)


def _columns() -> Processor:
    colors = sys.stderr.isatty() and "NO_COLOR" not in os.environ
    return structlog.dev.ConsoleRenderer(
        colors=colors, sort_keys=False, exception_formatter=structlog.dev.plain_traceback
    )
