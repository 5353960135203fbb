"""Reading a document's past, beside its room: what is in the store is durable and does not change."""

from __future__ import annotations

from ot import get_type
from storage import Store
from transport.messages import Error, HistoryRead, ReadHistory, ReadSnapshot, ServerMessage, SnapshotRead


async def read_history(store: Store, message: ReadHistory) -> ServerMessage:
    """Return entries forwards from `after`, or backwards from `before`, at most `limit` of them."""
    if message.after is not None:
        entries = await store.entries(
            message.doc, after=message.after, until=message.after + message.limit + 1
        )
        page, more = entries[: message.limit], len(entries) > message.limit
    else:
        assert message.before is not None, "the decoder wants exactly one of the two"
        first = max(message.before - 1 - message.limit, 0)
        page = (await store.entries(message.doc, after=first, until=max(message.before - 1, 0)))[::-1]
        more = bool(page) and page[-1].revision > 1
    return HistoryRead(message.request, message.doc, tuple(page), more)


async def read_snapshot(store: Store, message: ReadSnapshot) -> ServerMessage:
    """Return the document as it was at a revision: the nearest snapshot before, and what followed."""
    document = await store.load(message.doc)
    newest = None if document is None else document.revision + len(document.entries)
    earlier = await store.snapshot_before(message.doc, message.revision)
    if document is None or newest is None or earlier is None or message.revision > newest:
        text = f"revision {message.revision} is not there; the newest is {newest}"
        return Error("revision-gone", text, fatal=False, doc=message.doc, request=message.request)
    doc_type = get_type(document.doc_type)
    snapshot = earlier.snapshot
    for entry in await store.entries(message.doc, after=earlier.revision, until=message.revision):
        snapshot = doc_type.apply(snapshot, entry.op)
    return SnapshotRead(message.request, message.doc, document.doc_type, message.revision, snapshot)
