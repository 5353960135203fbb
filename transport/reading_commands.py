"""The commands that only read a store, also while a server writes it: list, history, export, check."""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import TypeVar

import click

from ot import ABSENT, Absent, Entry, Json, canonical_json
from storage import DocumentHead, SQLiteStore, Store, StoredDocument, open_store
from storage.replaying import replayed
from transport.command_line import run, store_option, types_option
from transport.history import read_snapshot
from transport.log_lines import escaped
from transport.messages import Error, ReadSnapshot, SnapshotRead

T = TypeVar("T")


async def reading(url: str, read: Callable[[Store], Awaitable[T]]) -> T:
    """Return what `read` makes of a store that is there; raise StoreError."""
    store = open_store(url, read_only=True)
    await store.start()
    try:
        return await read(store)
    finally:
        await store.close()


@click.command("list")
@store_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_command(url: str, as_json: bool) -> None:
    """List the documents of a store: revision, type and name."""

    async def listed(store: Store) -> Sequence[DocumentHead]:
        return await store.documents()

    heads = run(reading(url, listed))
    if as_json:
        for head in heads:
            facts = {"doc": head.doc, "doc_type": head.doc_type, "revision": head.revision}
            click.echo(json.dumps(facts, ensure_ascii=False))
        return
    rows = [(str(head.revision), escaped(head.doc_type), escaped(head.doc)) for head in heads]
    for line in table(("revision", "type", "document"), rows):
        click.echo(line)


@click.command("history")
@click.argument("doc")
@store_option
@click.option("--after", type=click.IntRange(0), help="Entries above this revision; else the last ones.")
@click.option("--limit", "count", type=click.IntRange(1), default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def history_command(doc: str, url: str, after: int | None, count: int, as_json: bool) -> None:
    """List entries of a document's log, the oldest first; a line each, however long."""

    async def read(store: Store) -> list[Entry]:
        return await _entries(store, await _document(store, doc, url), after, count)

    entries = run(reading(url, read))
    if as_json:
        for entry in entries:
            facts = {"revision": entry.revision, "client": entry.client, "seq": entry.seq, "op": entry.op}
            click.echo(json.dumps(facts, ensure_ascii=False))
        return
    rows = [(str(e.revision), escaped(e.client), str(e.seq), escaped(canonical_json(e.op))) for e in entries]
    for line in table(("revision", "client", "seq", "operation"), rows):
        click.echo(line)


@click.command("export")
@click.argument("doc")
@store_option
@types_option
@click.option("--revision", type=click.IntRange(0), help="As it was then; else as it is.")
def export_command(doc: str, url: str, revision: int | None) -> None:
    """Write a document to stdout: a text exactly as it is, of other types their JSON and a line end."""

    async def read(store: Store) -> Json | Absent:
        return await _snapshot(store, await _document(store, doc, url), revision)

    snapshot = run(reading(url, read))
    if snapshot is ABSENT:
        raise click.ClickException(f"document {doc!r} is absent: it exists and holds nothing")
    if isinstance(snapshot, str):
        sys.stdout.buffer.write(snapshot.encode())  # no line end of its own, and none translated
    else:
        click.echo(canonical_json(snapshot))


@click.command("check")
@store_option
@types_option
def check_command(url: str) -> None:
    """Read a whole store, replay every log, and tell what is wrong, a line each.

    Ends with exit code 1 where something is. Takes as long as reading the file and applying each entry.
    """
    wrong = run(reading(url, _checked))
    if wrong:
        raise click.ClickException(f"{url} has {wrong} {'faults' if wrong > 1 else 'fault'}")


async def _checked(store: Store) -> int:
    """Tell what is wrong with a store; return how much that is."""
    if isinstance(store, SQLiteStore):
        found = await store.findings()
        for finding in found:
            click.echo(escaped(finding))
        if found:
            return len(found)  # what is told of documents would only repeat it
    wrong, entries = 0, 0
    heads = await store.documents()
    for head in heads:
        entries += head.revision
        async for finding in replayed(store, head.doc):
            click.echo(escaped(finding))
            wrong += 1
    if not wrong:
        documents = "1 document" if len(heads) == 1 else f"{len(heads):,} documents"
        click.echo(f"sound: {documents}, {'1 entry' if entries == 1 else f'{entries:,} entries'}")
    return wrong


async def _document(store: Store, doc: str, url: str) -> StoredDocument:
    document = await store.load(doc)
    if document is None:
        raise click.ClickException(
            f"there is no document {doc!r} in {url}; `list` names those that are there"
        )
    return document


async def _entries(store: Store, document: StoredDocument, after: int | None, limit: int) -> list[Entry]:
    """Return `limit` entries above `after`, or the last `limit` there are."""
    newest = document.revision + len(document.entries)
    if after is not None and after > newest:
        raise click.ClickException(f"{document.doc!r} is at revision {newest}; nothing is after {after}")
    first = max(newest - limit, 0) if after is None else after
    return await store.entries(document.doc, after=first, until=first + limit)


async def _snapshot(store: Store, document: StoredDocument, revision: int | None) -> Json | Absent:
    newest = document.revision + len(document.entries)
    wanted = newest if revision is None else revision
    match await read_snapshot(store, ReadSnapshot(0, document.doc, wanted)):
        case SnapshotRead(snapshot=snapshot):
            return snapshot
        case Error(message=message):
            raise click.ClickException(f"document {document.doc!r}: {message}")
    raise AssertionError("a snapshot is answered by itself or by an error")


def table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield lines of columns, numbers to the right; the last column is as long as it is."""
    widths = [max(len(row[column]) for row in [heading, *rows]) for column in range(len(heading) - 1)]
    for row in [heading, *rows]:
        cells = [
            cell.rjust(width) if heading[column] in ("revision", "seq") else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=False))
        ]
        yield "  ".join([*cells, row[-1]])
