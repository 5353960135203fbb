"""The commands by which a store is kept: backup beside a server, restore and delete without one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from storage import DocumentHead, Store, open_store
from storage.address import sqlite_path
from storage.sqlite_backup import back_up, restore
from transport.command_line import run, store_option, told
from transport.reading_commands import reading

A_PATH = click.Path(path_type=Path)


@click.command("backup")
@click.argument("out", type=A_PATH)
@store_option
def backup_command(out: Path, url: str) -> None:
    """Write the store, as it is at this moment, to OUT, a new file that needs no other.

    A server may go on writing the store meanwhile.
    """
    told(lambda: back_up(sqlite_path(url), out))
    click.echo(f"wrote {out}, {out.stat().st_size:,} bytes")


@click.command("restore")
@click.argument("backup", type=A_PATH)
@store_option
def restore_command(backup: Path, url: str) -> None:
    """Put a copy of BACKUP in the place of the store, which no server may have.

    BACKUP is checked first. What was there is kept beside it, under a name that says when.
    """
    kept = told(lambda: restore(sqlite_path(url), backup, datetime.now()))
    click.echo(f"restored {url} from {backup}")
    if kept is not None:
        click.echo(f"what was there is kept as {kept}")


@click.command("delete")
@click.argument("docs", metavar="DOC...", nargs=-1, required=True)
@store_option
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete_command(docs: tuple[str, ...], url: str, yes: bool) -> None:
    """Delete documents with their history, from a store that no server has.

    Nothing of them can be brought back, but from a backup.
    """
    heads = _found(run(reading(url, _listed)), docs, url)
    for head in heads:
        click.echo(f"{head.doc!r}: {head.doc_type} at revision {head.revision:,}", err=True)
    if not yes:
        click.confirm("delete, with all history?", abort=True, err=True)

    async def deleting() -> None:
        store = open_store(url)
        await store.start()
        try:
            for head in heads:
                await store.delete(head.doc)
        finally:
            await store.close()

    run(deleting())
    click.echo(f"deleted {len(heads)}")


async def _listed(store: Store) -> Sequence[DocumentHead]:
    return await store.documents()


def _found(heads: Sequence[DocumentHead], docs: Sequence[str], url: str) -> list[DocumentHead]:
    there = {head.doc: head for head in heads}
    for doc in docs:
        if doc not in there:
            raise click.ClickException(f"there is no document {doc!r} in {url}; nothing was deleted")
    return [there[doc] for doc in dict.fromkeys(docs)]
