"""Rich text while the cable is cut: formats that meet, what waits in a reloaded tab, and everything once."""

from __future__ import annotations

import pytest

from tests.browser.conftest import NewRichWindow
from tests.browser.cuttable_proxy import CuttableProxy
from tests.browser.plain_client import read_rich_document
from tests.browser.rich_window import RichWindow
from tests.server_process import ServerProcess

BOTH = {"bold": True, "italic": True}


@pytest.fixture
async def apart(
    server: ServerProcess, proxy: CuttableProxy, new_rich_window: NewRichWindow
) -> tuple[RichWindow, RichWindow]:
    """Return a window on the server and one that has just been cut off; both hold one line."""
    near, far = await new_rich_window(), await new_rich_window()
    await near.open(server.url, "hello")
    await far.open(proxy.url, "hello")
    await near.type("some words here")
    await far.expect_text("some words here")
    await proxy.cut()
    await far.expect_not_online()
    return near, far


async def together(proxy: CuttableProxy, near: RichWindow, far: RichWindow) -> None:
    """Let the far one back, and wait until both show one document."""
    await near.expect_settled()
    proxy.restore()
    await far.expect_online()
    await far.expect_settled()
    await near.expect_screen_of(far)


async def test_bold_here_and_italic_there_give_both(
    server: ServerProcess, proxy: CuttableProxy, apart: tuple[RichWindow, RichWindow]
) -> None:
    near, far = apart
    await near.select(0, 10)
    await near.format("bold")
    await far.select(5, 10)
    await far.format("italic")

    await together(proxy, near, far)
    assert await read_rich_document(server.url, "hello") == [
        {"insert": "some ", "attributes": {"bold": True}},
        {"insert": "words", "attributes": BOTH},
        {"insert": " here", "attributes": {"italic": True}},
        {"insert": "\n"},
    ]


async def test_of_two_colours_for_one_word_the_first_to_arrive_stays_on_both_screens(
    server: ServerProcess, proxy: CuttableProxy, apart: tuple[RichWindow, RichWindow]
) -> None:
    near, far = apart
    await near.select(5, 5)
    await near.colour("red")
    await far.select(5, 5)
    await far.colour("blue")

    await together(proxy, near, far)
    assert await read_rich_document(server.url, "hello") == [
        {"insert": "some "},
        {"insert": "words", "attributes": {"color": "red"}},
        {"insert": " here\n"},
    ]


async def test_a_line_made_a_heading_here_and_a_list_there_is_one_thing_on_both_screens(
    server: ServerProcess, proxy: CuttableProxy, apart: tuple[RichWindow, RichWindow]
) -> None:
    near, far = apart
    await near.select(0, 0)
    await near.line_style("h2")
    await far.select(0, 0)
    await far.format("bullet")

    await together(proxy, near, far)
    assert await read_rich_document(server.url, "hello") == [
        {"insert": "some words here"},
        {"insert": "\n", "attributes": {"header": 2}},
    ]


async def test_text_formats_and_embeds_of_both_sides_of_a_cut_arrive_once(
    server: ServerProcess, proxy: CuttableProxy, apart: tuple[RichWindow, RichWindow]
) -> None:
    near, far = apart
    await far.press("Control+End")
    await far.type("\nfar")
    await far.format("divider")
    await far.select(5, 5)
    await far.format("bold")
    await near.select(5, 6)
    await near.press("Delete")
    await near.select(0, 0)
    await near.type("near ")

    await together(proxy, near, far)
    assert await read_rich_document(server.url, "hello") == [
        {"insert": "near some here\nfar\n"},
        {"insert": {"divider": True}},
        {"insert": "\n\n"},
    ]


async def test_undo_after_coming_back_takes_back_what_was_done_while_cut_off(
    server: ServerProcess, proxy: CuttableProxy, apart: tuple[RichWindow, RichWindow]
) -> None:
    near, far = apart
    await far.select(5, 5)
    await far.format("bold")
    await near.select(0, 0)
    await near.type("near ")
    await together(proxy, near, far)

    await far.press("Control+z")

    await near.expect_contents([{"insert": "near some words here\n"}])
    await near.expect_screen_of(far)


async def test_formats_not_yet_sent_survive_a_reload_and_arrive_once(
    server: ServerProcess, proxy: CuttableProxy, new_rich_window: NewRichWindow
) -> None:
    window = await new_rich_window()
    await window.open(proxy.url, "hello")
    await window.type("sent. ")
    await window.expect_settled()

    await proxy.refuse_sync()
    await window.expect_not_online()
    await window.type("Not yet sent.")
    await window.select(0, 4)
    await window.format("bold")
    await window.expect_stored()
    unsent = await window.contents()
    await window.reload()
    await window.expect_contents(unsent)
    assert await read_rich_document(server.url, "hello") == [{"insert": "sent. \n"}]
    proxy.restore()

    await window.expect_online()
    await window.expect_settled()
    assert await read_rich_document(server.url, "hello") == [
        {"insert": "sent", "attributes": {"bold": True}},
        {"insert": ". Not yet sent.\n"},
    ]
    await window.expect_contents(unsent)
