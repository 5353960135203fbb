"""Two people with tokens: one writes, the other may only read, and a third has none."""

from __future__ import annotations

import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import jwt
import pytest
from playwright.async_api import expect

from tests.browser.conftest import NewWindow
from tests.server_process import ServerProcess, free_port

SECRET: Final = "a secret that nobody else has, at all"


def token(who: str, *actions: str) -> str:
    claims = {"sub": who, "name": who.title(), "exp": int(time.time()) + 600, "docs": {"notes": actions}}
    return jwt.encode(claims, SECRET, algorithm="HS256")


@pytest.fixture
async def guarded(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    port = free_port()
    command = [sys.executable, "server.py", "serve", "--port", str(port), "--store", "memory:"]
    environment = {"COUNTERPOINT_JWT_SECRET": SECRET, "COUNTERPOINT_LOG_LEVEL": "debug"}
    server = ServerProcess(tmp_path, command, port=port, environment=environment)
    await server.start()
    yield server
    await server.kill()


async def test_a_reader_sees_what_is_written_and_is_told_that_it_is_read_only(
    guarded: ServerProcess, new_window: NewWindow
) -> None:
    ada, bob, stranger = await new_window(), await new_window(), await new_window()
    adas = token("ada", "open", "create", "edit", "present")
    bobs = token("bob", "open", "present")
    await ada.page.goto(f"{guarded.url}/edit/notes#token={adas}")
    await expect(ada.badge).to_have_text("Online · saved")
    assert ada.page.url == f"{guarded.url}/edit/notes"
    await ada.type("written by Ada")

    await bob.page.goto(f"{guarded.url}/edit/notes#token={bobs}")
    await expect(bob.badge).to_contain_text("read only")
    await expect(bob.content).to_have_text("written by Ada")
    await expect(bob.content).not_to_be_editable()
    await bob.page.reload()
    await expect(bob.badge).to_contain_text("read only")
    await ada.type(", and more")
    await expect(bob.content).to_have_text("written by Ada, and more")
    await expect(ada.people).to_contain_text("Bob")

    await stranger.page.goto(f"{guarded.url}/edit/notes")
    await expect(stranger.badge).to_contain_text("Sign in to go on")

    written = guarded.log()
    assert adas not in written and bobs not in written
