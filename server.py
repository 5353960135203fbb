"""The application and the command line: configuration, pages, health, logs.

`python server.py` and the installed `counterpoint` are the same. Every option also comes from the
environment, as COUNTERPOINT_SERVE_PORT and so on.
"""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import sys
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any, Final

import attrs
import click
import structlog
from aiohttp import web
from rich.console import Console
from rich.table import Table

from ot import get_type
from storage import Store, StoreError
from storage.address import open_store
from transport import Limits, mount
from transport.document_name import BadDocumentName, check_document_name
from transport.hub import Hub

PAGES: Final = Path(__file__).parent / "web" / "dist"
"""The built pages: beside this file in a checkout, and in the wheel alike."""

KEEPALIVE_SECONDS: Final = 15.0
"""How long a connection may stay without a whole request; aiohttp's own hour lets anybody hold sockets."""

LONGEST_VALUE: Final = 200
"""Characters of one value in a line of the log: peers choose some of them."""

HEADERS: Final = {
    # CodeMirror writes its styles into the page.
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self' ws: wss:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "Cache-Control": "no-cache",  # the names of the built files stay the same from build to build
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}

log = structlog.get_logger("counterpoint")


def make_app(store: Store, *, limits: Limits | None = None, origins: Collection[str] = ()) -> web.Application:
    """Return the whole application over a store: `/sync`, the pages, health and metrics."""
    app = web.Application()
    hub = mount(app, store, limits=limits, origins=origins)
    _add_health(app, hub)
    _add_pages(app)
    return app


def _add_health(app: web.Application, hub: Hub) -> None:
    async def healthz(_: web.Request) -> web.Response:
        return web.Response(text="alive\n")

    async def readyz(_: web.Request) -> web.Response:
        return web.Response(text="ready\n") if hub.ready else web.Response(status=503, text="not ready\n")

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(
            body=hub.metrics.exposition(),
            headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"},
        )

    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", metrics)


def _add_pages(app: web.Application) -> None:
    def page(name: str) -> web.FileResponse:
        return web.FileResponse(PAGES / name, headers=HEADERS)

    async def start(_: web.Request) -> web.StreamResponse:
        return page("index.html")

    async def edit(request: web.Request) -> web.StreamResponse:
        try:
            check_document_name(request.match_info["doc"])
        except BadDocumentName as error:
            return web.Response(status=404, text=f"{error}\n", headers=HEADERS)
        return page("edit.html")

    async def headed(request: web.Request, response: web.StreamResponse) -> None:
        if request.path.startswith("/assets/"):
            response.headers.update(HEADERS)

    if not (PAGES / "index.html").is_file():
        log.warning("pages_missing", folder=str(PAGES), meaning="only /sync and health are served")
        return
    app.router.add_get("/", start)
    app.router.add_get("/edit/{doc:.+}", edit)
    app.router.add_static("/assets", PAGES / "assets")
    app.on_response_prepare.append(headed)


# Logs.


def configure_logs(*, as_json: bool, level: str) -> None:
    """Have every log line, aiohttp's too, written as one line to stderr."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _cut,
    ]
    renderer: Any = structlog.processors.JSONRenderer(ensure_ascii=True)
    if not as_json:
        renderer = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)


def _cut(_: Any, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Escape and cut what peers may have chosen, so that no value makes a line of its own."""
    for key, value in event.items():
        if isinstance(value, str) and key != "exception":
            short = value if len(value) <= LONGEST_VALUE else value[: LONGEST_VALUE - 1] + "…"
            event[key] = short if short.isprintable() else short.encode("unicode_escape").decode()
    return event


# The command line.


@click.group(context_settings={"auto_envvar_prefix": "COUNTERPOINT", "show_default": True})
@click.version_option(package_name="counterpoint")
def main() -> None:
    """Shared state over WebSockets."""


def _limits(_: click.Context, __: click.Parameter, settings: Sequence[str]) -> Limits:
    kinds = {field.name: field.type for field in attrs.fields(Limits)}
    values: dict[str, float] = {}
    for setting in settings:
        name, _equals, text = setting.partition("=")
        if name not in kinds:
            raise click.BadParameter(f"no limit is called {name!r}; there are {', '.join(kinds)}")
        try:
            values[name] = float(text) if "." in text else int(text)
        except ValueError:
            raise click.BadParameter(f"{setting!r}: a limit is a number, as in {name}=100") from None
        if values[name] <= 0:
            raise click.BadParameter(f"{setting!r}: a limit is above zero")
    return Limits(**values)  # type: ignore[arg-type]  # names and kinds are those of the class


STORE = click.option("--store", "store_url", default="sqlite:counterpoint.db", help="memory: or sqlite:PATH")


@main.command()
@click.option("--host", default="127.0.0.1", help="address to listen on; 0.0.0.0 for every one")
@click.option("--port", default=8080, type=click.IntRange(0, 65535), help="port to listen on")
@STORE
@click.option("--origin", "origins", multiple=True, help="another site whose pages may connect")
@click.option("--limit", "limits", multiple=True, callback=_limits, help="NAME=VALUE, as in documents=10")
@click.option("--log-format", type=click.Choice(["console", "json"]), default="console")
@click.option("--log-level", type=click.Choice(["debug", "info", "warning", "error"]), default="info")
@click.option("--drain-seconds", default=10.0, help="how long SIGTERM waits for what is queued")
def serve(
    host: str,
    port: int,
    store_url: str,
    origins: tuple[str, ...],
    limits: Limits,
    log_format: str,
    log_level: str,
    drain_seconds: float,
) -> None:
    """Serve documents, and the editor's pages."""
    configure_logs(as_json=log_format == "json", level=log_level)

    async def work() -> None:
        app = make_app(open_store(store_url), limits=limits, origins=origins)
        await _serve(app, host, port, drain_seconds)

    _run(work)


async def _serve(app: web.Application, host: str, port: int, drain_seconds: float) -> None:
    loop, stopping = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _stop, stopping)
    runner = web.AppRunner(
        app, access_log=None, keepalive_timeout=KEEPALIVE_SECONDS, shutdown_timeout=drain_seconds
    )
    try:
        await runner.setup()
        site = web.TCPSite(runner, host, port, backlog=1024)
        await site.start()
        listening = runner.addresses[0]
        log.info("listening", url=f"http://{listening[0]}:{listening[1]}/")
        await stopping.wait()
        log.info("stopping")
    finally:
        await runner.cleanup()


def _stop(stopping: asyncio.Event) -> None:
    if stopping.is_set():
        sys.exit(1)  # a second signal does not wait
    stopping.set()


def _run(work: Callable[[], Any]) -> Any:
    """Run to the end; turn what the operator can mend into one line and an exit code."""
    try:
        import uvloop

        factory: Any = uvloop.new_event_loop
    except ImportError:
        factory = None
    try:
        with asyncio.Runner(loop_factory=factory) as runner:
            return runner.run(work())
    except StoreError as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"cannot listen: {error.strerror or error}") from None


@main.command()
@click.argument("doc")
@STORE
@click.option("--after", default=0, help="entries above this revision")
@click.option("--limit", default=100, help="at most so many")
@click.option("--json", "as_json", is_flag=True, help="one JSON object a line")
def history(doc: str, store_url: str, after: int, limit: int, as_json: bool) -> None:
    """Show the entries of a document."""

    async def work(store: Store) -> None:
        await _stored(store, doc)
        entries = await store.entries(doc, after=after, until=after + limit)
        if as_json:
            for entry in entries:
                kept = attrs.asdict(entry, filter=lambda a, _: a.name not in ("span", "hash"))
                click.echo(json.dumps(kept, ensure_ascii=False))
            return
        table = Table("revision", "client", "seq", "operation")
        for entry in entries:
            op = json.dumps(entry.op, ensure_ascii=False)
            table.add_row(str(entry.revision), entry.client[:12], str(entry.seq), op)
        Console().print(table)

    _with_store(store_url, work)


@main.command()
@click.argument("doc")
@STORE
@click.option("--revision", type=click.IntRange(min=0), help="as it was then; the newest if left out")
def export(doc: str, store_url: str, revision: int | None) -> None:
    """Write a document to standard output: text as it is, other types as JSON."""

    async def work(store: Store) -> None:
        doc_type, newest = await _stored(store, doc)
        wanted = newest if revision is None else revision
        earlier = await store.snapshot_before(doc, wanted)
        if wanted > newest or earlier is None:
            raise click.ClickException(f"{doc!r} has no revision {wanted}; the newest is {newest}")
        snapshot = earlier.snapshot
        for entry in await store.entries(doc, after=earlier.revision, until=wanted):
            snapshot = get_type(doc_type).apply(snapshot, entry.op)
        text = snapshot if isinstance(snapshot, str) else json.dumps(snapshot, ensure_ascii=False) + "\n"
        sys.stdout.buffer.write(text.encode())

    _with_store(store_url, work)


async def _stored(store: Store, doc: str) -> tuple[str, int]:
    """Return the type and the newest revision of a document that has to exist."""
    stored = await store.load(doc)
    if stored is None:
        raise click.ClickException(f"there is no document {doc!r} in this store")
    return stored.doc_type, stored.revision + len(stored.entries)


def _with_store(store_url: str, work: Callable[[Store], Any]) -> None:
    scheme, _, path = store_url.partition(":")
    if scheme == "sqlite" and not Path(path).is_file():
        raise click.ClickException(f"there is no store at {path}")

    async def opened() -> None:
        store = open_store(store_url)
        await store.start()
        try:
            await work(store)
        finally:
            await store.close()

    configure_logs(as_json=False, level="warning")
    _run(opened)


if __name__ == "__main__":
    main()
