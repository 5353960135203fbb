"""The application and its command line: `python server.py …` is `counterpoint …`.

    serve      documents at /sync, the editor's pages, health and metrics; what runs without a command
    list       the documents of a store
    history    the entries of a document's log
    export     a document as it is, or as it was
    check      a store and every log in it
    backup     a copy of a store, while it is served
    restore    a backup in a store's place
    delete     documents, for good
    replay     a recorded session through a running server

`make_app` is the whole application, for embedding.
"""

from __future__ import annotations

import asyncio
import gc
import math
import os
import signal
import socket
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

import attrs
import click
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from ot import __version__
from storage import Store, open_store
from storage.events import event_log
from transport import Hub, Limits, mount
from transport.access import Authenticate, Authorize
from transport.access_options import access_options, access_settings, check_reach
from transport.command_line import run, setting, store_option, types_option
from transport.document_name import BadDocumentName, check_document_name
from transport.keeping_commands import backup_command, delete_command, restore_command
from transport.log_lines import LogFormat, configure_logging
from transport.origins import checked_origin
from transport.pages import read_pages, refusal_page
from transport.reading_commands import check_command, export_command, history_command, list_command
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

COLLECTING: Final = (20_000, 5, 200)
"""Objects made and not yet let go of, between collections of the young; then how many of these before one of
the older, and of the oldest. Python's own 700, 10, 10 is for programs that are done before it matters. Few of
the young before the older: to look through a million objects took 130 ms of one turn of the event loop."""

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

# The application.


def make_app(
    store: Store,
    *,
    limits: Limits | None = None,
    origins: Collection[str] = (),
    authenticate: Authenticate | None = None,
    authorize: Authorize | None = None,
) -> web.Application:
    """Return the application that `counterpoint serve` runs, over a store not yet started."""
    app = web.Application()
    app[HUB] = mount(
        app, store, limits=limits, origins=origins, authenticate=authenticate, authorize=authorize
    )
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
            return refusal_page(400, "No document can have this name", str(error))
        return answer(request, f"{request.match_info['page']}.html")

    async def nameless(request: web.Request) -> web.Response:
        return refusal_page(404, "Which document?", "The address ends where its name should be.")

    async def asset(request: web.Request) -> web.Response:
        return answer(request, f"assets/{request.match_info['path']}")

    router.add_get("/", start)
    router.add_get("/{page:edit|rich}/{name:.+}", document)
    router.add_get("/{page:edit|rich}{end:/?}", nameless)
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
            _collect_seldom()
            log.info("serving", url=_url(listening))
        await stopping.wait()
        await app[HUB].drain(drain_seconds)
    finally:
        await _clean_up(runner)
    log.info("stopped")


def _collect_seldom() -> None:
    """Have the collector of cycles look less often, and never at what was loaded before serving.

    Nearly nothing here is cyclic: connections that have ended, and errors. What it looks at are entries by
    the hundred thousand, for tens of milliseconds each time, while everybody waits.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTING)


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


# The command line.


def _limits(_context: click.Context, _option: click.Parameter, settings: tuple[str, ...]) -> Limits:
    """Return the limits with those of `NAME=VALUE` settings changed."""
    names = [field.name for field in attrs.fields(Limits)]
    values: dict[str, Any] = {}
    for given in settings:
        name, _, value = given.partition("=")
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


class Port(click.ParamType[int]):
    """A number that a socket can listen on."""

    name = "port"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number; fail where it is none."""
        try:
            port = int(value)
        except ValueError:
            port = -1
        if not 0 <= port <= 65535:
            self.fail(f"a port is a number from 0 to 65535, not {value!r}", param, ctx)
        return port


def _origins(_context: click.Context, _option: click.Parameter, origins: tuple[str, ...]) -> list[str]:
    try:
        return [checked_origin(origin) for origin in origins]
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.group()
@click.version_option(__version__, prog_name="counterpoint")
def commands() -> None:
    """Counterpoint: shared state over WebSockets. Without a command: serve."""


@commands.command()
@setting("--host", default="127.0.0.1", help="Address to listen on; 0.0.0.0: any network.")
@setting("--port", default=8080, type=Port(), help="0: any that is free.")
@store_option
@types_option
@setting(
    "--origin", "origins", multiple=True, callback=_origins, metavar="ORIGIN",
    help="Origin of pages on other hosts that may connect, as https://example.org.",
)  # fmt: skip
@setting(
    "--limit", "limits", multiple=True, callback=_limits, metavar="NAME=VALUE",
    help="Change a limit; a wrong name tells them all.",
)  # fmt: skip
@access_options
@setting("--drain-seconds", type=click.FloatRange(0), default=10.0, help="Time to finish in, at the end.")
@setting("--log-format", type=click.Choice(["console", "json"]), default="console", help="How lines look.")
@setting(
    "--log-level", type=click.Choice(["debug", "info", "warning", "error"]), default="info",
    help="What is worth a line.",
)  # fmt: skip
def serve(
    host: str,
    port: int,
    url: str,
    origins: list[str],
    log_format: LogFormat,
    log_level: str,
    drain_seconds: float,
    limits: Limits,
    **access: Any,
) -> None:
    """Serve documents and the editor until SIGTERM or Control-C.

    The store is this server's alone while it runs.
    """
    settings = access_settings(**access)
    check_reach(host, settings)
    configure_logging(log_format, log_level)

    async def serving() -> None:
        policy = settings.policy
        app = make_app(
            open_store(url),
            limits=limits,
            origins=origins,
            authenticate=None if policy is None else policy.authenticate,
            authorize=None if policy is None else policy.authorize,
        )
        await _serve(app, host, port, drain_seconds)

    run(serving())


for command in (
    list_command,
    history_command,
    export_command,
    check_command,
    backup_command,
    restore_command,
    delete_command,
    replay_command,
):
    commands.add_command(command)


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
