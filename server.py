"""The application and its command line: `python server.py …` is `counterpoint …`.

    serve      documents at /sync, the editor's pages, health and metrics; what runs without a command
    history    the entries of a document's log
    export     a document as it is, or as it was

`make_app` is the whole application, for embedding. Every option also comes from the environment, as
`COUNTERPOINT_` and its name: `COUNTERPOINT_STORE` holds for all commands.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Collection, Coroutine
from pathlib import Path
from typing import Any, Final, TypeVar

import attrs
import click
import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from storage import Store, StoreError, open_store
from transport import Hub, Limits, mount
from transport.document_name import BadDocumentName, check_document_name
from transport.log_lines import configure_logging, escaped

PAGES: Final = Path(__file__).parent / "web" / "dist"
"""The built pages, where a checkout has them and a wheel puts them."""

KEEP_ALIVE: Final = 15.0
"""Seconds that a connection may be silent before its first request and between two. aiohttp's own hour
lets a few thousand silent connections hold every socket; WebSockets have heartbeats instead."""

CLOSE_SECONDS: Final = 10.0
"""How long the last snapshots and the store's last sync may take, after draining."""

HEADERS: Final = {
    # Inline styles: CodeMirror brings its theme as <style> elements.
    "Content-Security-Policy": (
        "default-src 'self'; connect-src 'self' ws: wss:; style-src 'self' 'unsafe-inline'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'self'; object-src 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}

HUB: Final = web.AppKey("hub", Hub)

log = structlog.get_logger("counterpoint")

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
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)


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
    async def start(_: web.Request) -> web.StreamResponse:
        return _page(folder / "index.html")

    async def edit(request: web.Request) -> web.StreamResponse:
        try:
            check_document_name(request.match_info["name"])
        except BadDocumentName as error:
            return web.Response(status=400, text=f"{error}\n")
        return _page(folder / "edit.html")

    router.add_get("/", start)
    router.add_get("/edit/{name:.+}", edit)
    if (folder / "assets").is_dir():
        router.add_static("/assets", folder / "assets")
    else:
        log.warning("pages_missing", folder=str(folder), consequence="only /sync is served")


def _page(path: Path) -> web.StreamResponse:
    if not path.is_file():
        return web.Response(status=404, text="the pages are not built\n")
    return web.FileResponse(path, headers={"Cache-Control": "no-cache"})


# Serving.


async def _serve(app: web.Application, host: str, port: int, drain_seconds: float) -> None:
    """Serve until a signal asks to end; then drain."""
    stopping = _stopping()
    runner = web.AppRunner(
        app,
        access_log=None,
        handler_cancellation=False,
        keepalive_timeout=KEEP_ALIVE,
        shutdown_timeout=1.0,  # draining has ended every connection that was more than a page
    )
    try:
        await runner.setup()
        await _listen(runner, host, port)
        await stopping.wait()
        await app[HUB].drain(drain_seconds)
    finally:
        async with asyncio.timeout(CLOSE_SECONDS):
            await runner.cleanup()
    log.info("stopped")


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


async def _listen(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
        raise click.ClickException(f"cannot listen on {host} port {port}: {reason}") from error
    for address in runner.addresses:
        shown = f"[{address[0]}]" if ":" in address[0] else address[0]
        log.info("serving", url=f"http://{shown}:{address[1]}/")


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


def _limits(_: click.Context, __: click.Parameter, settings: tuple[str, ...]) -> Limits:
    """Return the limits with those of `NAME=VALUE` settings changed."""
    kinds = {field.name: type(field.default) for field in attrs.fields(Limits)}
    values: dict[str, Any] = {}
    for setting in settings:
        name, _, value = setting.partition("=")
        if name not in kinds:
            raise click.BadParameter(f"there is no limit {name!r}; there are {', '.join(kinds)}")
        try:
            values[name] = kinds[name](value)
        except ValueError as error:
            kind = "a whole number" if kinds[name] is int else "a number"
            raise click.BadParameter(f"{name} is {kind}, not {value!r}") from error
    return Limits(**values)


ENVIRONMENT: Final = {"auto_envvar_prefix": "COUNTERPOINT", "show_default": True}

store_option = click.option(
    "--store", "url", default="sqlite:counterpoint.db", envvar="COUNTERPOINT_STORE", show_envvar=True,
    help="Where documents are kept: sqlite:PATH or memory:.",
)  # fmt: skip


@click.group()
def commands() -> None:
    """Counterpoint: shared state over WebSockets. Without a command: serve."""


@commands.command(context_settings=ENVIRONMENT)
@click.option("--host", default="127.0.0.1", help="Address to listen on; 0.0.0.0 for every network.")
@click.option("--port", default=8080, type=click.IntRange(0, 65535), help="0 for any that is free.")
@store_option
@click.option("--origin", "origins", multiple=True, help="Origin of pages elsewhere that may connect.")
@click.option("--log-format", type=click.Choice(["console", "json"]), default="console")
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"], case_sensitive=False),
    default="info",
)
@click.option(
    "--drain-seconds", type=click.FloatRange(0), default=10.0, help="Time to finish in, at the end."
)
@click.option(
    "--limit", "limits", multiple=True, callback=_limits, metavar="NAME=VALUE", help="Change a limit."
)
def serve(
    host: str,
    port: int,
    url: str,
    origins: tuple[str, ...],
    log_format: Any,
    log_level: str,
    drain_seconds: float,
    limits: Limits,
) -> None:
    """Serve documents and the editor until SIGTERM or Control-C."""
    configure_logging(log_format, log_level)

    async def serving() -> None:
        app = make_app(open_store(url), limits=limits, origins=origins)
        await _serve(app, host, port, drain_seconds)

    _run(serving())


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
