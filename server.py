"""The application and its command line: `python server.py …` is `counterpoint …`.

    serve      documents at /sync, the editor's pages, health and metrics; what runs without a command
    history    the entries of a document's log
    export     a document as it is, or as it was
    replay     a recorded session through a running server

`make_app` is the whole application, for embedding. Options also come from the environment, as
`COUNTERPOINT_` and its name: `COUNTERPOINT_STORE` holds for all commands, the others for `serve`. Of an
option that may be given more than once, spaces part the values.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import attrs
import click
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ot import ABSENT, Absent, Entry, Json, canonical_json
from storage import Store, StoredDocument, StoreError, open_store
from storage.events import event_log
from transport import Hub, Limits, mount
from transport.document_name import BadDocumentName, check_document_name
from transport.history import read_snapshot
from transport.log_lines import LogFormat, configure_logging, escaped
from transport.messages import Error, ReadSnapshot, SnapshotRead
from transport.pages import read_pages
from transport.replay_command import replay_command

PAGES: Final = Path(__file__).parent / "web" / "dist"
"""The built pages, where a checkout has them and a wheel puts them."""

KEEP_ALIVE: Final = 15.0
"""Seconds that a connection may be silent before its first request and between two. aiohttp's own hour
lets a few thousand silent connections hold every socket; WebSockets have heartbeats instead."""

BACKLOG: Final = 1024
"""Connections that wait to be taken in: after a restart all clients come at once."""

CLOSE_SECONDS: Final = 10.0
"""How long the last snapshots and the store's last sync may take, after draining."""

HEADERS: Final = {
    # Inline styles: CodeMirror brings its theme as <style> elements. Pictures from elsewhere: a rich text
    # names them by their address.
    "Content-Security-Policy": (
        "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data: https:; "
        "style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; "
        "object-src 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "Server": "counterpoint",  # aiohttp would tell its version and Python's
    "X-Content-Type-Options": "nosniff",
}

HUB: Final = web.AppKey("hub", Hub)

log = event_log()

T = TypeVar("T")


# The application.


def make_app(store: Store, *, limits: Limits | None = None, origins: Collection[str] = ()) -> web.Application:
    """Return the application that `counterpoint serve` runs, over a store not yet started."""
    app = web.Application()
    app[HUB] = mount(app, store, limits=limits, origins=origins)
    app.on_response_prepare.append(_add_headers)
    app.router.add_get("/healthz", _health)
    app.router.add_get("/readyz", _readiness)
    app.router.add_get("/metrics", _metrics)
    _add_pages(app.router, PAGES)
    return app


async def _add_headers(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)


async def _health(_: web.Request) -> web.Response:
    return web.Response(text="alive\n")


async def _readiness(request: web.Request) -> web.Response:
    hub = request.app[HUB]
    if hub.ready and not hub.draining:
        return web.Response(text="ready\n")
    return web.Response(status=503, text="draining\n" if hub.draining else "starting\n")


async def _metrics(request: web.Request) -> web.Response:
    exposition = request.app[HUB].metrics.exposition()
    return web.Response(body=exposition, headers={"Content-Type": CONTENT_TYPE_LATEST})


def _add_pages(router: web.UrlDispatcher, folder: Path) -> None:
    pages = read_pages(folder)
    if not {"index.html", "edit.html", "rich.html"} <= pages.keys():
        log.warning("pages_missing", folder=str(folder), consequence="there is no editor; /sync works")

    def answer(request: web.Request, path: str) -> web.Response:
        if path not in pages:
            raise web.HTTPNotFound(text="there is no such page\n")
        return pages[path].answer(request)

    async def start(request: web.Request) -> web.Response:
        return answer(request, "index.html")

    async def document(request: web.Request) -> web.Response:
        try:
            check_document_name(request.match_info["name"])
        except BadDocumentName as error:
            return web.Response(status=400, text=f"{error}\n")
        return answer(request, f"{request.match_info['page']}.html")

    async def asset(request: web.Request) -> web.Response:
        return answer(request, f"assets/{request.match_info['path']}")

    router.add_get("/", start)
    router.add_get("/{page:edit|rich}/{name:.+}", document)
    router.add_get("/assets/{path:.+}", asset)


# Serving.


async def _serve(app: web.Application, host: str, port: int, drain_seconds: float) -> None:
    """Serve until a signal asks to end; then drain."""
    stopping = _stopping()
    # Listening first: a second server is refused before it touches the first one's store, and whoever
    # connects while the store opens waits instead of being turned away.
    sockets = await _listening(host, port)
    runner = web.AppRunner(
        app,
        access_log=None,
        handler_cancellation=False,
        keepalive_timeout=KEEP_ALIVE,
        shutdown_timeout=1.0,  # draining has ended every connection that was more than a page
    )
    try:
        await runner.setup()
        for listening in sockets:
            await web.SockSite(runner, listening, backlog=BACKLOG).start()
            log.info("serving", url=_url(listening))
        await stopping.wait()
        await app[HUB].drain(drain_seconds)
    finally:
        await _clean_up(runner)
    log.info("stopped")


async def _clean_up(runner: web.AppRunner) -> None:
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await runner.cleanup()
    except TimeoutError as error:
        raise click.ClickException(f"the store did not close in {CLOSE_SECONDS:g} seconds") from error


def _stopping() -> asyncio.Event:
    """Return what the first signal sets; a second one ends the process where it stands."""
    stopping = asyncio.Event()

    def asked(number: signal.Signals) -> None:
        if stopping.is_set():
            os._exit(128 + number)
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked, number)
    return stopping


async def _listening(host: str, port: int) -> list[socket.socket]:
    """Return a socket that listens at each address of `host`."""
    sockets: list[socket.socket] = []
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        for family, _, _, _, address in found:
            sockets.append(socket.create_server(address[:2], family=family, backlog=BACKLOG))
    except OSError as error:
        for one in sockets:
            one.close()
        reason = error.strerror if isinstance(error, socket.gaierror) else os.strerror(error.errno or 0)
        raise click.ClickException(f"cannot listen on {host} port {port}: {reason}") from error
    return sockets


def _url(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}/" if listening.family == socket.AF_INET6 else f"http://{host}:{port}/"


# Reading a store.


async def _read(url: str, doc: str, read: Callable[[Store, StoredDocument], Awaitable[T]]) -> T:
    """Return what `read` makes of a document; the store is only read, also while a server writes it."""
    store = open_store(url, read_only=True)
    await store.start()
    try:
        document = await store.load(doc)
        if document is None:
            raise click.ClickException(f"there is no document {doc!r} in {url}")
        return await read(store, document)
    finally:
        await store.close()


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


def _table(entries: Sequence[Entry]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("revision", justify="right", no_wrap=True)
    table.add_column("client", no_wrap=True)
    table.add_column("seq", justify="right", no_wrap=True)
    table.add_column("operation", overflow="fold")
    for entry in entries:
        operation = escaped(canonical_json(entry.op))
        table.add_row(str(entry.revision), Text(escaped(entry.client)), str(entry.seq), Text(operation))
    return table


# The command line.


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's coroutine; a store that cannot be used ends it with one line."""
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            return runner.run(work)
    except StoreError as error:
        raise click.ClickException(escaped(str(error))) from error


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return that of uvloop, where it is installed."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


def _limits(_context: click.Context, _option: click.Parameter, settings: tuple[str, ...]) -> Limits:
    """Return the limits with those of `NAME=VALUE` settings changed."""
    names = [field.name for field in attrs.fields(Limits)]
    values: dict[str, Any] = {}
    for setting in settings:
        name, _, value = setting.partition("=")
        if name not in names:
            raise click.BadParameter(f"there is no limit {name!r}; there are {', '.join(names)}")
        values[name] = _number(name, value, whole=isinstance(getattr(Limits(), name), int))
    return Limits(**values)


def _number(name: str, value: str, *, whole: bool) -> int | float:
    try:
        number = int(value) if whole else float(value)
    except ValueError:
        number = 0
    if not 0 < number < math.inf:
        kind = "a whole number" if whole else "a number"
        raise click.BadParameter(f"{name} is {kind} above 0, not {value!r}")
    return number


store_option = click.option(
    "--store", "url", default="sqlite:counterpoint.db", envvar="COUNTERPOINT_STORE",
    show_default=True, show_envvar=True, help="Where documents are kept: sqlite:PATH or memory:.",
)  # fmt: skip


@click.group()
def commands() -> None:
    """Counterpoint: shared state over WebSockets. Without a command: serve."""


@commands.command(context_settings={"auto_envvar_prefix": "COUNTERPOINT", "show_default": True})
@click.option("--host", default="127.0.0.1", help="Address to listen on; 0.0.0.0: any network.")
@click.option("--port", default=8080, type=click.IntRange(0, 65535), help="0: any that is free.")
@store_option
@click.option(
    "--origin", "origins", multiple=True, envvar="COUNTERPOINT_ORIGIN", show_envvar=True,
    help="Origin of pages elsewhere that may connect.",
)  # fmt: skip
@click.option("--log-format", type=click.Choice(["console", "json"]), default="console")
@click.option("--log-level", type=click.Choice(["debug", "info", "warning", "error"]), default="info")
@click.option(
    "--drain-seconds", type=click.FloatRange(0), default=10.0, help="Time to finish in, at the end."
)
@click.option(
    "--limit", "limits", multiple=True, envvar="COUNTERPOINT_LIMIT", show_envvar=True, callback=_limits,
    metavar="NAME=VALUE",
    help="Change a limit; a wrong name tells them all.",
)  # fmt: skip
def serve(
    host: str,
    port: int,
    url: str,
    origins: tuple[str, ...],
    log_format: LogFormat,
    log_level: str,
    drain_seconds: float,
    limits: Limits,
) -> None:
    """Serve documents and the editor until SIGTERM or Control-C.

    Every option may come from the environment instead: --log-level as COUNTERPOINT_LOG_LEVEL.
    """
    configure_logging(log_format, log_level)

    async def serving() -> None:
        app = make_app(open_store(url), limits=limits, origins=origins)
        await _serve(app, host, port, drain_seconds)

    _run(serving())


@commands.command()
@click.argument("doc")
@store_option
@click.option("--after", type=click.IntRange(0), help="Entries above this revision; else the last ones.")
@click.option("--limit", "count", type=click.IntRange(1), default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def history(doc: str, url: str, after: int | None, count: int, as_json: bool) -> None:
    """List entries of a document's log, the oldest first."""
    entries = _run(_read(url, doc, lambda store, document: _entries(store, document, after, count)))
    if not as_json:
        Console().print(_table(entries))
        return
    for entry in entries:
        facts = {"revision": entry.revision, "client": entry.client, "seq": entry.seq, "op": entry.op}
        click.echo(json.dumps(facts, ensure_ascii=False))


@commands.command()
@click.argument("doc")
@store_option
@click.option("--revision", type=click.IntRange(0), help="As it was then; else as it is.")
def export(doc: str, url: str, revision: int | None) -> None:
    """Write a document to stdout: a text exactly as it is, of other types their JSON and a line end."""
    snapshot = _run(_read(url, doc, lambda store, document: _snapshot(store, document, revision)))
    if snapshot is ABSENT:
        raise click.ClickException(f"document {doc!r} is absent: it exists and holds nothing")
    if isinstance(snapshot, str):
        sys.stdout.buffer.write(snapshot.encode())  # no line end of its own, and none translated
    else:
        click.echo(canonical_json(snapshot))


commands.add_command(replay_command)


def main() -> None:
    """Run the command line; what goes wrong is one line on stderr and an exit code."""
    try:
        code = commands.main(sys.argv[1:] or ["serve"], "counterpoint", standalone_mode=False)
    except click.ClickException as error:
        print(f"counterpoint: {error.format_message()}", file=sys.stderr)
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    sys.exit(code or 0)


if __name__ == "__main__":
    main()
