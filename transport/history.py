"""Reading a document's past, beside its room: what is in the store is durable and does not change."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from typing import Final

from ot import Entry, get_type, operation_size
from storage import Store, StoreError, StoreUnavailable
from storage.events import event_log
from transport.codes import RETRY_AFTER
from transport.messages import Error, HistoryRead, ReadHistory, ReadSnapshot, ServerMessage, SnapshotRead
from transport.session import CANNOT_SAY

log = event_log()

PAGE_BYTES: Final = 1024 * 1024
"""Of the operations in one answer: 1,000 entries of the largest size would be 250 MiB. The asker goes on from
the last one it got."""

CHUNK: Final = 50
"""Entries read from the store at a time, so that no more of them than a page and these are in memory."""

TURN_SECONDS: Final = 0.005
"""What replaying entries may take of the event loop before others get their turn."""


async def answered(store: Store, message: ReadHistory | ReadSnapshot) -> ServerMessage:
    """Return the answer to a request, or an error where the store has none; what it says is logged."""
    doc, request = message.doc, message.request
    try:
        if isinstance(message, ReadHistory):
            return await read_history(store, message)
        return await read_snapshot(store, message)
    except StoreUnavailable as error:
        log.warning("reading_failed", doc=doc, reason=str(error))
        return Error("unavailable", "the store cannot answer now", False, doc, None, request, RETRY_AFTER)
    except StoreError as error:
        log.error("reading_failed", doc=doc, reason=str(error))
        return Error("revision-gone", "what is stored there cannot be read", False, doc, None, request)
    except Exception:
        log.exception("reading_failed", doc=doc)
        return Error("unavailable", CANNOT_SAY, False, doc, None, request, RETRY_AFTER)


async def read_history(store: Store, message: ReadHistory) -> ServerMessage:
    """Return entries forwards from `after`, or backwards from `before`.

    At most `limit` of them, and fewer where they are large; at least one, if there is any.
    """
    if message.after is not None:
        page, more = await _page(_forwards(store, message.doc, message.after, message.limit), message.limit)
    else:
        assert message.before is not None, "the decoder wants exactly one of the two"
        page, _ = await _page(_backwards(store, message.doc, message.before, message.limit), message.limit)
        more = bool(page) and page[-1].revision > 1
    return HistoryRead(message.request, message.doc, tuple(page), more)


async def _page(chunks: AsyncIterator[Sequence[Entry]], limit: int) -> tuple[list[Entry], bool]:
    """Return the first of the entries, as many as an answer may have, and whether there are more."""
    page: list[Entry] = []
    room = PAGE_BYTES
    async for chunk in chunks:
        for entry in chunk:
            room -= operation_size(entry.op).bytes
            if page and (room < 0 or len(page) == limit):
                return page, True
            page.append(entry)
    return page, False


async def _forwards(store: Store, doc: str, after: int, limit: int) -> AsyncIterator[Sequence[Entry]]:
    """Give the entries above `after`, up to one more than `limit`."""
    end = after + limit + 1
    while after < end:
        until = min(after + CHUNK, end)
        yield await store.entries(doc, after=after, until=until)
        after = until


async def _backwards(store: Store, doc: str, before: int, limit: int) -> AsyncIterator[Sequence[Entry]]:
    """Give the `limit` entries below `before`, the last first."""
    end, last = max(before - 1 - limit, 0), before - 1
    while last > end:
        after = max(last - CHUNK, end)
        yield (await store.entries(doc, after=after, until=last))[::-1]
        last = after


async def read_snapshot(store: Store, message: ReadSnapshot) -> ServerMessage:
    """Return the document as it was at a revision: the nearest snapshot before, and what followed."""
    document = await store.load(message.doc)
    newest = None if document is None else document.revision + len(document.entries)
    earlier = await store.snapshot_before(message.doc, message.revision)
    if document is None or newest is None or earlier is None or message.revision > newest:
        text = f"revision {message.revision} is not there; the newest is {newest}"
        return Error("revision-gone", text, fatal=False, doc=message.doc, request=message.request)
    doc_type = get_type(document.doc_type)
    snapshot, revision = earlier.snapshot, earlier.revision
    while revision < message.revision:
        until = min(revision + CHUNK, message.revision)
        began = time.monotonic()
        for entry in await store.entries(message.doc, after=revision, until=until):
            if time.monotonic() - began > TURN_SECONDS:
                await asyncio.sleep(0)
                began = time.monotonic()
            snapshot = doc_type.apply(snapshot, entry.op)
        revision = until
    return SnapshotRead(message.request, message.doc, document.doc_type, message.revision, snapshot)
