"""The command `replay`: a recorded session through a running server, and whether all end with its text."""

from __future__ import annotations

import asyncio
import os
import secrets
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from transport.client_errors import ClientError
from transport.codec import JSON, MSGPACK, Codec
from transport.log_lines import configure_logging
from transport.replay import Replayed, ReplayFailed, replay
from transport.server_address import check_address
from transport.traces import BadTrace, Trace, read_trace

CODECS: Final[dict[str, Codec]] = {"json": JSON, "msgpack": MSGPACK}


def _address(_context: click.Context, _option: click.Parameter, url: str | None) -> str:
    address = url or f"ws://127.0.0.1:{os.environ.get('COUNTERPOINT_PORT') or 8080}/sync"
    try:
        check_address(address)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    return address


@click.command("replay", context_settings={"show_default": True})
@click.argument("path", metavar="TRACE", type=click.Path(path_type=Path))
@click.option(
    "--url",
    callback=_address,
    help="The server's WebSocket.  [default: ws://127.0.0.1:8080/sync, or the port in COUNTERPOINT_PORT]",
)
@click.option("--doc", help="The document to make.  [default: the trace's name and a random suffix]")
@click.option(
    "--clients", type=click.IntRange(1), help="Clients that take turns.  [default: the trace's authors]"
)
@click.option("--codec", type=click.Choice(sorted(CODECS)), default="json", help="How messages are written.")
def replay_command(path: Path, url: str, doc: str | None, clients: int | None, codec: str) -> None:
    """Replay a recorded session, and compare what server and clients hold with its text.

    The two authors of a concurrent TRACE are two clients, which see of each other what they saw then.
    Ends with exit code 1 where anybody's text is another one.
    """
    configure_logging("console", "warning")
    try:
        trace = read_trace(path)
        if trace.agents > 1 and clients not in (None, trace.agents):
            raise click.UsageError(f"{trace.name} has {trace.agents} authors, which are its clients")
        name = doc or f"{trace.name}-{secrets.token_hex(3)}"
        click.echo(f"watch it at {_page(url, name)}", err=True)
        replayed = _played(trace, url, name, clients or 1, codec)
    except (BadTrace, ReplayFailed, ClientError) as error:
        raise click.ClickException(str(error)) from error
    Console().print(_table(trace, replayed, name))
    _compare(trace, replayed)


def _page(url: str, doc: str) -> str:
    """Return where the server's editor shows a document."""
    parts = urlsplit(url)
    secure = parts.scheme in ("wss", "https")
    return f"{'https' if secure else 'http'}://{parts.netloc}/edit/{quote(doc, safe='/')}"


def _played(trace: Trace, url: str, doc: str, clients: int, codec: str) -> Replayed:
    columns = (TextColumn(doc, markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task(doc, total=len(trace.transactions))

        def made(count: int) -> None:
            progress.advance(bar, count)

        return asyncio.run(replay(trace, url, doc, clients=clients, codec=CODECS[codec], made=made))


def _table(trace: Trace, replayed: Replayed, doc: str) -> Table:
    rate = replayed.transactions / replayed.seconds
    caption = (
        f"{replayed.transactions:,} transactions in {replayed.seconds:.1f} s: {rate:,.0f} operations/s, "
        f"in the log as {replayed.revision:,}"
    )
    table = Table(title=doc, caption=caption, title_justify="left", caption_justify="left")
    table.add_column("held by")
    table.add_column("revision", justify="right")
    table.add_column("length", justify="right")
    table.add_column("sha256")
    table.add_column("")
    wrong = replayed.wrong(trace)
    for held in replayed.holdings:
        verdict = "[red]another text[/]" if held in wrong else "[green]as recorded[/]"
        table.add_row(held.holder, f"{held.revision:,}", f"{held.length:,}", held.sha256[:16], verdict)
    return table


def _compare(trace: Trace, replayed: Replayed) -> None:
    """Raise ClickException, which is exit code 1, where somebody holds another text."""
    wrong = replayed.wrong(trace)
    if wrong:
        held = wrong[0]
        raise click.ClickException(
            f"{held.holder} holds {held.length:,} code points with the hash {held.sha256}; "
            f"the trace ends with {trace.length:,}, {trace.sha256}"
        )
