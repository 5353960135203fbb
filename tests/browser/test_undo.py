"""Undo is one's own: it takes back what was typed in this window, around what others did since."""

from __future__ import annotations

from tests.browser.conftest import NewWindow
from tests.browser.plain_client import read_document
from tests.server_process import ServerProcess


async def test_undo_takes_back_only_ones_own_typing(server: ServerProcess, new_window: NewWindow) -> None:
    ours, theirs = await new_window(), await new_window()
    await ours.open(server.url, "hello")
    await theirs.open(server.url, "hello")
    await ours.type("ours")
    await theirs.expect_text("ours")
    await theirs.press("Control+Home")
    await theirs.type("theirs ")
    await ours.expect_text("theirs ours")

    await ours.press("Control+z")
    await theirs.expect_text("theirs ")
    await ours.expect_text("theirs ")

    await ours.press("Control+Shift+z")
    await theirs.expect_text("theirs ours")
    await ours.expect_settled()
    assert await read_document(server.url, "hello") == "theirs ours"


async def test_the_buttons_do_what_the_keys_do(server: ServerProcess, new_window: NewWindow) -> None:
    window = await new_window()
    await window.open(server.url, "hello")
    await window.type("typed")

    await window.page.get_by_test_id("undo").click()
    await window.expect_text("")
    await window.page.get_by_test_id("redo").click()
    await window.expect_text("typed")


async def test_nobody_can_undo_what_somebody_else_typed(server: ServerProcess, new_window: NewWindow) -> None:
    ours, theirs = await new_window(), await new_window()
    await ours.open(server.url, "hello")
    await theirs.open(server.url, "hello")
    await theirs.type("theirs")
    await ours.expect_text("theirs")

    await ours.press("Control+z", "Control+z")
    await ours.type("!")

    await theirs.expect_to_hold("theirs", "!")
    await ours.expect_settled()
    assert sorted(await read_document(server.url, "hello")) == sorted("theirs!")
