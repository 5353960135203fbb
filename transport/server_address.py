"""The address of a server, as a client is given it, and which of its answers to an upgrade are final."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

SCHEMES: Final = ("ws", "wss", "http", "https")

REFUSALS: Final[dict[int, str]] = {
    400: "it, or a proxy before it, takes this for no WebSocket; the proxy has to pass upgrades on",
    401: "it asks who this is, and was not told or does not believe it",
    403: "this client may not connect",
    404: "nothing is at this address; the path is /sync unless the server has another",
}
"""What an answer means that asking again would not change."""

MAY_PASS: Final = frozenset({400, 404})
"""Of those, what a proxy says as well while the server behind it is exchanged: final only at the start."""


def check_address(url: str) -> None:
    """Raise ValueError unless `url` is the address of a WebSocket."""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in SCHEMES and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:  # a port that is no number, a bracket that is not closed
        sound = False
    if not sound:
        raise ValueError(f"{url!r} is no address of a server; write it as ws://HOST:PORT/sync")


def refusal(status: int, *, known: bool) -> str | None:
    """Return why an answer with this HTTP status is final; None where asking again may help.

    `known`: whether this client was connected at this address before.
    """
    if status not in REFUSALS or (known and status in MAY_PASS):
        return None
    return f"the server answered {status} {HTTPStatus(status).phrase}: {REFUSALS[status]}"
