"""The messages of protocol version 1, as a tagged union on `type`.

From these classes come the decoder of both codecs, the JSON Schema, the tables of the protocol page and
the TypeScript client's types and validators: a field is written down here and nowhere else.

A field with a default is optional, and left out of a message where it has that default. `None` means
"not given", except in fields of type `Json`: there `None` is JSON's null and `ABSENT` means not given.
"""

from __future__ import annotations

from typing import Annotated, Final, TypeAlias, get_args

import attrs

from ot import ABSENT, Absent, Entry, Json
from ot.values import value


@attrs.frozen
class About:
    """What a field means, and the bounds of its value."""

    text: str
    least: int | None = None
    most: int | None = None
    """Of a number; of a string, its length in code points."""
    one_of: tuple[str, ...] = ()
    """The only values there are; empty: any."""


DocumentName: TypeAlias = Annotated[str, About("the document's name", least=1, most=200)]
Seq: TypeAlias = Annotated[
    int, About("the client's own count of its submissions to the document, from 1", least=1)
]
RequestId: TypeAlias = Annotated[int, About("chosen by the client; the answer has the same", least=0)]
LARGEST_INTEGER: Final = 2**53 - 1
TOKEN_CHARACTERS: Final = 16_384
"""Longer than any token that passes through HTTP headers, and short enough to check at once."""


@attrs.frozen
class Identity:
    """Who somebody is, as the server has it."""

    id: Annotated[str, About("stands for the same person everywhere")]
    name: Annotated[str, About("what to show to others")]


@attrs.frozen
class Presence:
    """Where somebody is and what they point at, as the room last heard."""

    client: Annotated[str, About("whose it is; set by the server")]
    identity: Annotated[Identity, About("who that is; set by the server")]
    revision: Annotated[int, About("the revision at which positions in `state` hold", least=0)]
    state: Annotated[Json, About("what the sender gave; null: gone")]


@attrs.frozen
class Fate:
    """What became of the submission that an `open` asked after."""

    landed: Annotated[int | None, About("the revision at which it landed", least=1)] = None
    op: Annotated[Json | Absent, About("the operation as it landed")] = ABSENT
    rejected: Annotated[str | None, About("the code with which it was rejected")] = None
    message: Annotated[str | None, About("why it was rejected")] = None


@attrs.frozen
class SentLimits:
    """The sizes and rates that the server enforces on this connection."""

    message_bytes: Annotated[int, About("one message, as bytes on the wire")]
    operation_bytes: Annotated[int, About("one operation, as bytes of JSON")]
    operation_components: Annotated[int, About("components of one operation")]
    json_depth: Annotated[int, About("nesting of any JSON value")]
    document_bytes: Annotated[int, About("one document, as bytes of JSON")]
    documents: Annotated[int, About("documents open at once on one connection")]
    submissions_per_second: Annotated[int, About("submissions, in the long run")]
    submission_burst: Annotated[int, About("submissions at once")]
    presences_per_second: Annotated[int, About("presence messages, in the long run")]


# From the client.


@attrs.frozen
class Hello:
    """The first message of a connection."""

    token: Annotated[
        str | None, About("proves who this is, where the server asks for it", most=TOKEN_CHARACTERS)
    ] = attrs.field(default=None, repr=False)
    client: Annotated[str | None, About("takes up this earlier client id", most=100)] = None
    resume: Annotated[str | None, About("the secret that came with that client id", most=200)] = attrs.field(
        default=None, repr=False
    )


@attrs.frozen
class Renew:
    """A fresh token on a live connection."""

    token: Annotated[str, About("the new token", most=TOKEN_CHARACTERS)] = attrs.field(repr=False)


@attrs.frozen
class Open:
    """Subscribe to a document, or catch up with it.

    With `epoch`, `revision` and `tag` the client says what it holds. Answered by exactly one `opened`
    or `closed`; a client has one `open` of a document outstanding at a time.
    """

    doc: DocumentName
    doc_type: Annotated[str | None, About("make it with this type if it does not exist", most=100)] = None
    create: Annotated[Json | Absent, About("initial data of a document made so")] = ABSENT
    epoch: Annotated[str | None, About("the epoch of what the client holds", most=100)] = None
    revision: Annotated[int | None, About("the revision of what the client holds", least=0)] = None
    tag: Annotated[str | None, About("the chain tag of what the client holds", most=100)] = None
    inflight: Annotated[int | None, About("the `seq` whose fate the client does not know", least=1)] = None
    diverged: Annotated[str | None, About("hash of the client's own state at `revision`", most=100)] = None
    rewind: Annotated[int | None, About("ask for the last so many entries too", least=0, most=1000)] = None


@value
class Submit:
    """Ask for an operation to be put in the log."""

    doc: DocumentName
    revision: Annotated[int, About("the base: what the operation was made against", least=0)]
    seq: Seq
    op: Annotated[Json, About("the operation, in the format of the document's type")]


@attrs.frozen
class SetPresence:
    """Tell the others in the room where one is. Sent only when nothing is pending."""

    doc: DocumentName
    revision: Annotated[int, About("the revision at which positions in `state` hold", least=0)]
    state: Annotated[Json, About("anything; null: gone")]


@attrs.frozen
class Close:
    """Unsubscribe."""

    doc: DocumentName


@attrs.frozen
class ReadHistory:
    """Read entries, forwards from `after` or backwards from `before`."""

    request: RequestId
    doc: DocumentName
    limit: Annotated[int, About("at most so many entries", least=1, most=1000)]
    after: Annotated[int | None, About("entries above this revision, ascending", least=0)] = None
    before: Annotated[int | None, About("entries below this revision, descending", least=0)] = None


@attrs.frozen
class ReadSnapshot:
    """Read the document as it was."""

    request: RequestId
    doc: DocumentName
    revision: Annotated[int, About("of which revision", least=0)]


@attrs.frozen
class Ping:
    """Ask for a sign of life."""

    nonce: Annotated[int | None, About("comes back in the `pong`", least=0)] = None


# From the server.


@attrs.frozen
class Welcome:
    """The answer to `hello`."""

    client: Annotated[str, About("the client id of this connection")]
    identity: Annotated[Identity, About("who the server takes this to be")]
    resume: Annotated[str, About("the secret that takes this client id up again")]
    heartbeat: Annotated[float, About("seconds between a client's pings")]
    limits: Annotated[SentLimits, About("what is enforced here")]
    expires: Annotated[float | None, About("seconds until the token ends")] = None


@attrs.frozen
class Renewed:
    """The answer to `renew`."""

    expires: Annotated[float | None, About("seconds until the token ends")] = None


@attrs.frozen
class Opened:
    """The answer to `open`: from here on `operations` follow without a gap."""

    doc: DocumentName
    doc_type: Annotated[str, About("the type of the document")]
    epoch: Annotated[str, About("the document's epoch")]
    revision: Annotated[int, About("where the client is after taking this in", least=0)]
    tag: Annotated[str, About("the chain tag there")]
    resumed: Annotated[bool, About("true: `entries` lead on from what the client holds; false: `snapshot`")]
    seq: Annotated[int, About("the last `seq` known of this client: it goes on from one above", least=0)]
    presences: Annotated[tuple[Presence, ...], About("who else is here")]
    access: Annotated[str, About("what the client may do here", one_of=("write", "read"))]
    snapshot: Annotated[Json | Absent, About("the document; absent also where there is none")] = ABSENT
    entries: Annotated[tuple[Entry, ...] | None, About("what the client has missed")] = None
    fate: Annotated[Fate | None, About("that of `inflight`; absent: not known, send it again")] = None
    rewound: Annotated[tuple[Entry, ...] | None, About("what `rewind` asked for")] = None


@value
class Operations:
    """What landed, in order and without a gap. One's own entry is its acknowledgement."""

    doc: DocumentName
    entries: Annotated[tuple[Entry, ...], About("in order of revision")]
    tag: Annotated[str, About("the chain tag after the last of them")]


@attrs.frozen
class Ack:
    """The acknowledgement of a submission that came again."""

    doc: DocumentName
    seq: Seq
    revision: Annotated[int, About("where it landed", least=1)]
    op: Annotated[Json, About("the operation as it landed")]


@attrs.frozen
class Reject:
    """A submission refused for good: its `seq` is used up."""

    doc: DocumentName
    seq: Seq
    code: Annotated[str, About("why, as a word of the list of codes")]
    message: Annotated[str, About("why, for people")]


@attrs.frozen
class PresenceChanged:
    """Somebody in the room moved, came or went."""

    doc: DocumentName
    client: Annotated[str, About("whose it is; set by the server")]
    identity: Annotated[Identity, About("who that is; set by the server")]
    revision: Annotated[int, About("the revision at which positions in `state` hold", least=0)]
    state: Annotated[Json, About("what the sender gave; null: gone")]


@attrs.frozen
class Lagging:
    """This connection is too slow: nothing after `revision` comes until it opens again."""

    doc: DocumentName
    revision: Annotated[int, About("the last revision that was sent", least=0)]


@attrs.frozen
class Closed:
    """The subscription was ended or refused."""

    doc: DocumentName
    code: Annotated[str, About("why, as a word of the list of codes")]
    message: Annotated[str, About("why, for people")]


@attrs.frozen
class HistoryRead:
    """The answer to `history`."""

    request: RequestId
    doc: DocumentName
    entries: Annotated[tuple[Entry, ...], About("in the order asked for")]
    more: Annotated[bool, About("whether there are entries beyond these")]


@attrs.frozen
class SnapshotRead:
    """The answer to `snapshot`."""

    request: RequestId
    doc: DocumentName
    doc_type: Annotated[str, About("the type of the document")]
    revision: Annotated[int, About("the revision asked for", least=0)]
    snapshot: Annotated[Json | Absent, About("the document; absent where there was none")] = ABSENT


@attrs.frozen
class Error:
    """Something the client sent was not taken in; nothing was used up."""

    code: Annotated[str, About("why, as a word of the list of codes")]
    message: Annotated[str, About("why, for people")]
    fatal: Annotated[bool, About("whether the connection ends with this")]
    doc: Annotated[str | None, About("the document that the message named")] = None
    seq: Annotated[int | None, About("the submission that the message was")] = None
    request: Annotated[int | None, About("the request that the message was")] = None
    retry_after: Annotated[float | None, About("seconds to wait before trying again")] = None


@attrs.frozen
class Goodbye:
    """The server is about to go: come back after a while."""

    reason: Annotated[str, About("why, as a word of the list of codes")]
    retry_after: Annotated[float, About("seconds to wait, and add jitter")]


@attrs.frozen
class Pong:
    """The answer to `ping`."""

    nonce: Annotated[int | None, About("that of the `ping`")] = None


DocumentMessage: TypeAlias = Open | Submit | SetPresence | Close | ReadHistory | ReadSnapshot
ClientMessage: TypeAlias = (
    Hello | Renew | Open | Submit | SetPresence | Close | ReadHistory | ReadSnapshot | Ping
)
ServerMessage: TypeAlias = (
    Welcome
    | Renewed
    | Opened
    | Operations
    | Ack
    | Reject
    | PresenceChanged
    | Lagging
    | Closed
    | HistoryRead
    | SnapshotRead
    | Error
    | Goodbye
    | Pong
)
Message: TypeAlias = ClientMessage | ServerMessage

TYPE_OF: Final[dict[type, str]] = {
    Hello: "hello",
    Renew: "renew",
    Open: "open",
    Submit: "submit",
    SetPresence: "presence",
    Close: "close",
    ReadHistory: "history",
    ReadSnapshot: "snapshot",
    Ping: "ping",
    Welcome: "welcome",
    Renewed: "renewed",
    Opened: "opened",
    Operations: "operations",
    Ack: "ack",
    Reject: "reject",
    PresenceChanged: "presence",
    Lagging: "lagging",
    Closed: "closed",
    HistoryRead: "history",
    SnapshotRead: "snapshot",
    Error: "error",
    Goodbye: "goodbye",
    Pong: "pong",
}
"""What stands in `type`, for each class. A type has one meaning in each direction."""

CLIENT_MESSAGES: Final[tuple[type, ...]] = get_args(ClientMessage)
SERVER_MESSAGES: Final[tuple[type, ...]] = get_args(ServerMessage)
