"""A server, a cuttable proxy before it, and as many windows as a test asks for."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Final, TypeAlias

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from tests.browser.cuttable_proxy import CuttableProxy
from tests.browser.editor_window import PATIENCE, EditorWindow
from tests.browser.rich_window import RichWindow
from tests.server_process import ServerProcess

CHROMIUM_ARGUMENTS: Final = (
    "--headless",
    "--no-sandbox",  # Chromium's sandbox does not start as root, which is who runs in containers
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

FORBIDDEN: Final = "-src' was not"
"""In what Chromium says of something that a page's security policy does not allow."""

# Playwright's own 5 seconds are not enough for a page that waits for its turn on a machine with much to do.
expect.set_options(timeout=PATIENCE)

NewPage: TypeAlias = Callable[[], Awaitable[Page]]
NewWindow: TypeAlias = Callable[[], Awaitable[EditorWindow]]
NewRichWindow: TypeAlias = Callable[[], Awaitable[RichWindow]]


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    server = ServerProcess(tmp_path)
    await server.start()
    yield server
    if server.process is not None:
        await server.kill()


@pytest.fixture
async def proxy(server: ServerProcess) -> AsyncIterator[CuttableProxy]:
    proxy = CuttableProxy(server.port)
    await proxy.start()
    yield proxy
    await proxy.close()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    chromium = shutil.which("chromium")
    assert chromium is not None, "Chromium is not installed: tools/browser.sh installs it"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_ARGUMENTS))
        yield browser
        await browser.close()


@pytest.fixture
async def new_page(browser: Browser) -> AsyncIterator[NewPage]:
    """Open pages of different people: each has a profile of its own.

    An exception that no page handler catches, and anything that the pages' own security policy forbids
    them, fails the test at its end.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    async def open_one() -> Page:
        context = await browser.new_context()
        contexts.append(context)
        page = await context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda told: faults.extend(t for t in [told.text] if FORBIDDEN in t))
        return page

    yield open_one
    for context in contexts:
        await context.close()
    assert faults == []


@pytest.fixture
def new_window(new_page: NewPage) -> NewWindow:
    """Open windows for texts."""

    async def open_one() -> EditorWindow:
        return EditorWindow(await new_page())

    return open_one


@pytest.fixture
def new_rich_window(new_page: NewPage) -> NewRichWindow:
    """Open windows for rich texts."""

    async def open_one() -> RichWindow:
        return RichWindow(await new_page())

    return open_one
