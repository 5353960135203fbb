"""Input methods: what others do to a line waits until the composition is over, and then lands in place."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.conftest import NewRichWindow, NewWindow
from tests.browser.editor_window import EditorWindow
from tests.server_process import ServerProcess


@pytest.fixture(params=["text", "rich text"])
async def windows(
    request: pytest.FixtureRequest,
    server: ServerProcess,
    new_window: NewWindow,
    new_rich_window: NewRichWindow,
) -> tuple[EditorWindow, EditorWindow]:
    """Return two windows on one new document."""
    new = new_window if request.param == "text" else new_rich_window
    ours, theirs = await new(), await new()
    await ours.open(server.url, "hello")
    await theirs.open(server.url, "hello")
    return ours, theirs


async def test_typing_of_others_neither_ends_nor_moves_a_composition(
    windows: tuple[EditorWindow, EditorWindow],
) -> None:
    ours, theirs = windows
    await ours.type("ab")
    await theirs.expect_text("ab")
    keyboard = await ours.page.context.new_cdp_session(ours.page)

    async def compose(text: str) -> None:
        at = len(text)
        await keyboard.send(
            "Input.imeSetComposition", {"text": text, "selectionStart": at, "selectionEnd": at}
        )

    await compose("n")
    await compose("に")
    await theirs.press("Control+Home")
    await theirs.type("<")
    await theirs.expect_settled()
    await ours.expect_to_hold("<ab")
    await expect(ours.content).to_have_text("abに")
    await compose("にほ")
    await expect(ours.content).to_have_text("abにほ")
    await keyboard.send("Input.insertText", {"text": "日本"})

    await theirs.expect_text("<ab日本")
    await expect(ours.content).to_have_text("<ab日本")
    await ours.type("!")
    await theirs.expect_text("<ab日本!")
    await ours.expect_text("<ab日本!")
