"""What one connection, one document and one message may cost.

All of them are configuration. Those that a client can heed are told in `welcome`.
"""

from __future__ import annotations

from typing import Annotated, Final

import attrs

from transport.messages import SentLimits

KIB: Final = 1024
MIB: Final = 1024 * KIB


@attrs.frozen
class Reason:
    """The unit of a limit, and why it is where it is."""

    unit: str
    text: str


@attrs.frozen(kw_only=True)
class Limits:
    """The limits of a server, each with its default."""

    message_bytes: Annotated[
        int, Reason("bytes", "holds the largest operation in any codec; every session may have one in memory")
    ] = MIB
    operation_bytes: Annotated[
        int, Reason("bytes of JSON", "a large paste; longer ones are split by the client")
    ] = 256 * KIB
    operation_components: Annotated[
        int,
        Reason(
            "components",
            "deciding one this long takes tens of milliseconds: in steps, so that others have their turn",
        ),
    ] = 20_000
    json_depth: Annotated[
        int, Reason("levels", "deeper than documents of people, far from the end of any stack")
    ] = 64
    document_bytes: Annotated[
        int, Reason("bytes of JSON", "what a browser still edits; also what each opening may send")
    ] = 8 * MIB
    documents: Annotated[int, Reason("documents", "one connection cannot keep all rooms in memory")] = 1_000
    submissions_per_second: Annotated[
        int,
        Reason(
            "submissions a second",
            "a person with key repeat makes 30; the rest is for programs. A long operation counts once more "
            "for every 50 components: it takes as long to decide",
        ),
    ] = 200
    submission_burst: Annotated[
        int, Reason("submissions", "what comes at once when a client with many documents is online again")
    ] = 400
    presences_per_second: Annotated[
        int, Reason("presences a second", "a cursor looks smooth; each goes to everybody in the room")
    ] = 20
    submissions_per_identity: Annotated[
        int,
        Reason("submissions a second", "all connections of one person together, after two seconds' worth"),
    ] = 1_000
    presences_per_identity: Annotated[
        int,
        Reason("presences a second", "all connections of one person together, after two seconds' worth"),
    ] = 100
    creations_per_identity: Annotated[
        int,
        Reason(
            "documents a second",
            "made by all connections of one person together, after as many as one connection may have open: "
            "each stays on the disk",
        ),
    ] = 10
    received_bytes_per_second: Annotated[
        int,
        Reason(
            "bytes a second",
            "of one connection, after twice that much at once: it is read from no faster. A long document "
            "comes in a burst, people type hundreds",
        ),
    ] = 4 * MIB
    sessions_per_address: Annotated[
        int,
        Reason(
            "connections",
            "one machine cannot take all that the server holds (of IPv6: one network of 64 bits). "
            "Behind a proxy all come from its address, so lower it only where none stands before",
        ),
    ] = 10_000
    outbox_lagging_bytes: Annotated[
        int, Reason("bytes", "a second or so of a slow line; beyond it, one composed operation is shorter")
    ] = MIB
    outbox_closed_bytes: Annotated[
        int, Reason("bytes", "the most that one reader that does not read holds in memory")
    ] = 8 * MIB
    hello_seconds: Annotated[
        float, Reason("seconds", "a slow phone manages; a silent connection costs little until then")
    ] = 10.0
    heartbeat_seconds: Annotated[
        float, Reason("seconds", "below the minute after which proxies drop a silent connection")
    ] = 20.0
    dead_seconds: Annotated[
        float, Reason("seconds", "two heartbeats lost, and some seconds for the slow")
    ] = 45.0
    greeting_bytes: Annotated[
        int, Reason("bytes", "before `hello` nobody is known: room for a token and little else")
    ] = 64 * KIB
    greeting_messages: Annotated[
        int, Reason("messages", "before `hello`, which comes first: more is a client that does not listen")
    ] = 20
    catch_up_entries: Annotated[
        int,
        Reason("entries", "sent one by one when a client resumes; more than these come as one composition"),
    ] = 1_000
    carry_budget: Annotated[
        int,
        Reason(
            "components",
            "those gone through to carry one submission, or those of one turn of a room: for each entry "
            "its own and the submission's. A few tenths of a microsecond each, so that nobody waits 50 ms "
            "for a room of others. A keystroke stays within it over any catch-up, the largest operation "
            "over 5 entries. Beyond it the submission is `superseded`",
        ),
    ] = 100_000
    window_bytes: Annotated[
        int, Reason("bytes of JSON", "the entries of one document kept in memory for those who come late")
    ] = 8 * MIB

    def sent(self) -> SentLimits:
        """Return those that a client can heed."""
        return SentLimits(**{field.name: getattr(self, field.name) for field in attrs.fields(SentLimits)})
