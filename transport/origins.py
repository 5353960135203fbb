"""Which pages may connect: browsers let any page open a WebSocket anywhere, and say whose page it is."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

from storage.events import event_log

log = event_log()

REMEMBERED: Final = 100
"""Refused origins that are logged, each once: anybody can send any number of them."""

ORIGIN: Final = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{1,5}))?"
)

DEFAULT_PORTS: Final = {"http": "80", "https": "443"}
"""Browsers leave them out."""


def checked_origin(text: str) -> str:
    """Return an origin as browsers send it; raise ValueError for what none of them ever sends."""
    found = ORIGIN.fullmatch(text.lower())
    if found is None:
        raise ValueError(f"an origin is https://HOST or https://HOST:PORT and nothing more, not {text!r}")
    scheme, host, port = found["scheme"], found["host"], found["port"]
    return f"{scheme}://{host}" if port in (None, DEFAULT_PORTS[scheme]) else f"{scheme}://{host}:{port}"


class Origins:
    """The origins whose pages may connect, beside pages of the host that they connect to."""

    def __init__(self, allowed: Collection[str]) -> None:
        self._allowed = frozenset(checked_origin(origin) for origin in allowed)
        self._refused: set[str] = set()

    def __repr__(self) -> str:
        return f"<Origins {', '.join(sorted(self._allowed))}>"

    def may_connect(self, origin: str | None, host: str) -> bool:
        """Tell whether a page of `origin` may connect to `host`: programs send none, browsers always do."""
        if origin is None or origin in self._allowed or _is_of(origin, host):
            return True
        if origin not in self._refused and len(self._refused) < REMEMBERED:
            self._refused.add(origin)
            log.warning(
                "origin_refused", origin=origin, host=host, remedy="allow it, if its pages may connect"
            )
        return False


def _is_of(origin: str, host: str) -> bool:
    try:
        return urlsplit(origin).netloc.lower() == host.lower() and origin != "null"
    except ValueError:  # no URL at all, such as `http://[::1`
        return False
