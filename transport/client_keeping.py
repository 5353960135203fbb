"""What a client writes down so that its next run goes on where this one was killed.

One record a document that has edits which are not acknowledged, and one of the client itself. A record is a
JSON value under a name:

    client        {"format", "client", "resume", "unknown": {document: seq}}
    doc/DOCUMENT  {"doc_type", "client", "epoch", "revision", "tag", "base"?, "seq", "buffer",
                   "inflight": {"seq", "base", "op", "carried"} or null}

`base` is left out where the document has no value. The rule that matters: a submission leaves only after
`write` has returned, so the next run knows of everything that may have landed. What is acknowledged is
not written down: the server has it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final, Protocol, TypeAlias

import attrs

from ot import ABSENT, DocumentState, Inflight, Json, Operation, Pending, Submission, get_type
from transport.client_errors import NotKept
from transport.client_state import ClientState

CLIENT: Final = "client"
DOCUMENT: Final = "doc/"
FORMAT: Final = 1

_Known: TypeAlias = tuple[str, int, str, int, Inflight | None, tuple[Operation, ...]] | None
"""What tells one record of a document from the next, without its base; None: nothing is pending."""


class Keeper(Protocol):
    """Where records are kept. Calls come one after the other; any of them may raise.

    A keeper belongs to one running client at a time: two that go on as one client end each other.
    """

    async def load(self) -> Mapping[str, Json]:
        """Return every record, by name."""

    async def save(self, records: Mapping[str, Json | None]) -> None:
        """Write all of these records or none; None: forget that one. Returns when they survive a crash."""

    async def close(self) -> None:
        """Let go of what is held; the connection has ended."""


@attrs.define
class Keeping:
    """Keeps a client's records those of its state."""

    keeper: Keeper
    state: ClientState
    left: dict[str, DocumentState] = attrs.field(factory=dict)
    """What an earlier run has left, until the document is opened in this one."""
    _client: Json = None
    """The client's record as it is written."""
    _documents: dict[str, _Known] = attrs.field(factory=dict)
    """Those of this run's documents."""
    _writing: asyncio.Lock = attrs.field(factory=asyncio.Lock)
    _ended: bool = False

    async def begin(self) -> None:
        """Take up what an earlier run has left; raises NotKept if it cannot be read."""
        try:
            self._take_up(await self.keeper.load())
        except Exception as error:  # the keeper is the application's: whatever it is, the client cannot go on
            await self.keeper.close()
            raise NotKept(f"what an earlier run has kept cannot be read: {error}") from error

    def _take_up(self, records: Mapping[str, Json]) -> None:
        client = records.get(CLIENT)
        if client is None:
            return
        if client["format"] != FORMAT:
            raise ValueError(f"it is of format {client['format']}; this version reads {FORMAT}")
        self._client = client
        self.state.client, self.state.resume = client["client"], client["resume"]
        self.state.unknown = dict(client["unknown"])
        for name, record in records.items():
            if name.startswith(DOCUMENT):
                self.left[name.removeprefix(DOCUMENT)] = _restored(record)

    def taken(self, doc: str) -> DocumentState | None:
        """Return what an earlier run has left of a document that is opened now."""
        kept = self.left.pop(doc, None)
        if kept is not None:
            self._documents[doc] = _known(kept)
        return kept

    def put_back(self, doc: str, kept: DocumentState) -> None:
        """Leave a document to another attempt: it was not opened after all."""
        if not kept.synchronized:
            kept.lost()
            self.left[doc] = kept
            self._documents.pop(doc, None)  # its record stays

    async def write(self) -> None:
        """Write what has changed; returns once all that is so now is written. Raises NotKept."""
        async with self._writing:
            client, known = self._client_record(), self._documents_now()
            records: dict[str, Json | None] = {
                f"{DOCUMENT}{doc}": None if now is None else _record(self.state.documents[doc].state)
                for doc, now in known.items()
                if now != self._documents.get(doc)
            }
            if client != self._client:
                records[CLIENT] = client
            if not records:
                return
            try:
                await self.keeper.save(records)
            except Exception as error:  # as above; and nothing may leave that is not written down
                raise NotKept(f"{len(records)} records cannot be written: {error}") from error
            self._client, self._documents = (
                client,
                {doc: now for doc, now in known.items() if now is not None},
            )

    async def end(self) -> None:
        """Write what has changed, and let go of the keeper; once. Raises NotKept."""
        if not self._ended:
            self._ended = True
            try:
                await self.write()
            finally:
                await self.keeper.close()

    def _client_record(self) -> Json:
        state = self.state
        if state.client is None:
            return None
        return {
            "format": FORMAT,
            "client": state.client,
            "resume": state.resume,
            "unknown": dict(state.unknown),
        }

    def _documents_now(self) -> dict[str, _Known]:
        known: dict[str, _Known] = dict.fromkeys(self._documents)  # what is closed since is let go of
        for doc, followed in self.state.documents.items():
            if followed.state is not None:
                known[doc] = _known(followed.state)
        return known


def _known(state: DocumentState) -> _Known:
    if state.synchronized:
        return None
    inflight = state.inflight and attrs.evolve(state.inflight, sent=False)
    return state.epoch, state.revision, state.tag, state.seq, inflight, state.buffer


def _record(state: DocumentState | None) -> Json:
    assert state is not None, "what has edits is open"
    pending = state.pending()
    record: dict[str, Any] = {
        "doc_type": state.doc_type.name,
        "client": state.client,
        "epoch": pending.epoch,
        "revision": pending.revision,
        "tag": pending.tag,
        "seq": pending.seq,
        "buffer": list(pending.buffer),
        "inflight": None,
    }
    if pending.base is not ABSENT:
        record["base"] = pending.base
    if pending.inflight is not None:
        first = pending.inflight.submission
        sent = {"seq": first.seq, "base": first.base, "op": first.op, "carried": pending.inflight.op}
        record["inflight"] = sent
    return record


def _restored(record: Json) -> DocumentState:
    inflight, sent = None, record["inflight"]
    if sent is not None:
        inflight = Inflight(Submission(sent["seq"], sent["base"], sent["op"]), sent["carried"])
    pending = Pending(
        record["epoch"],
        record["revision"],
        record["tag"],
        record.get("base", ABSENT),
        record["seq"],
        inflight,
        tuple(record["buffer"]),
    )
    return DocumentState.restored(get_type(record["doc_type"]), record["client"], pending)
