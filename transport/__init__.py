"""Sessions, rooms and clients over WebSockets.

To serve, in an aiohttp application of one's own:

    mount(app, open_store("sqlite:counterpoint.db"))

To take part:

    async with connect("ws://127.0.0.1:8080/sync") as connection:
        doc = await connection.open("notes", doc_type="text")
"""

from transport.client import Change, Connection, Document, connect
from transport.client_errors import (
    ClientError,
    ConnectionStopped,
    DocumentClosed,
    DocumentTooLarge,
    RequestFailed,
    TooManyChanges,
)
from transport.codec import JSON, MSGPACK
from transport.endpoint import mount
from transport.hub import Hub
from transport.limits import Limits

__all__ = [
    "JSON",
    "MSGPACK",
    "Change",
    "ClientError",
    "Connection",
    "ConnectionStopped",
    "Document",
    "DocumentClosed",
    "DocumentTooLarge",
    "Hub",
    "Limits",
    "RequestFailed",
    "TooManyChanges",
    "connect",
    "mount",
]
