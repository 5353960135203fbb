"""Sessions, rooms and clients over WebSockets.

To serve, in an aiohttp application of one's own:

    mount(app, open_store("sqlite:counterpoint.db"))

where `authenticate` and `authorize` say who may do what: see `transport.access`, and JwtPolicy.

To take part:

    async with connect("ws://127.0.0.1:8080/sync") as connection:
        doc = await connection.open("notes", doc_type="text")
"""

from transport.access import ExpiringIdentity, NotAuthenticated
from transport.access_jwt import JwtIdentity, JwtPolicy
from transport.actions import ACTIONS, Action
from transport.client import Connection, connect
from transport.client_document import Change, Document
from transport.client_errors import (
    ClientError,
    ConnectionStopped,
    DocumentClosed,
    DocumentTooLarge,
    NotKept,
    RequestFailed,
    TooManyChanges,
)
from transport.client_file import FileKeeper
from transport.client_keeping import Keeper
from transport.codec import JSON, MSGPACK
from transport.endpoint import mount
from transport.hub import Hub
from transport.limits import Limits
from transport.messages import Identity

__all__ = [
    "ACTIONS",
    "JSON",
    "MSGPACK",
    "Action",
    "Change",
    "ClientError",
    "Connection",
    "ConnectionStopped",
    "Document",
    "DocumentClosed",
    "DocumentTooLarge",
    "ExpiringIdentity",
    "FileKeeper",
    "Hub",
    "Identity",
    "JwtIdentity",
    "JwtPolicy",
    "Keeper",
    "Limits",
    "NotAuthenticated",
    "NotKept",
    "RequestFailed",
    "TooManyChanges",
    "connect",
    "mount",
]
