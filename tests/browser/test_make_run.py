"""The first command a newcomer types, as they type it."""

from __future__ import annotations

from pathlib import Path

from tests.browser.conftest import NewWindow
from tests.server_process import ServerProcess, free_port


async def test_make_run_serves_an_editor_that_two_windows_share(
    tmp_path: Path, new_window: NewWindow
) -> None:
    port = free_port()
    environment = {"COUNTERPOINT_PORT": str(port), "COUNTERPOINT_STORE": f"sqlite:{tmp_path}/run.db"}
    server = ServerProcess(tmp_path, ["make", "run"], port=port, environment=environment)
    await server.start()
    try:
        assert server.url in server.log(), server.log()
        ours, theirs = await new_window(), await new_window()
        await ours.open(server.url, "hello")
        await theirs.open(server.url, "hello")
        await ours.type("hello")
        await theirs.expect_text("hello")
    finally:
        await server.kill()


async def test_a_server_asked_to_end_says_goodbye_and_exits_with_zero(
    server: ServerProcess, new_window: NewWindow
) -> None:
    window = await new_window()
    await window.open(server.url, "hello")
    await window.type("last words")
    await window.expect_settled()

    assert await server.terminate() == 0

    await window.expect_not_online()
    await server.start()
    await window.expect_online()
    await window.expect_text("last words")
