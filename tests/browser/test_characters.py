"""Characters that editors and counters get wrong: beyond 16 bits, joined, and carriage returns."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.conftest import NewWindow
from tests.browser.plain_client import make_document, read_document
from tests.server_process import ServerProcess

FAMILY = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
GRIN = "\N{GRINNING FACE}"


async def test_emoji_count_the_same_in_both_windows(server: ServerProcess, new_window: NewWindow) -> None:
    ours, theirs = await new_window(), await new_window()
    await ours.open(server.url, "hello")
    await theirs.open(server.url, "hello")

    await ours.insert(GRIN + FAMILY + GRIN)
    await theirs.expect_text(GRIN + FAMILY + GRIN)
    await theirs.press("Control+End")
    await theirs.type("end")
    await ours.expect_text(GRIN + FAMILY + GRIN + "end")
    await ours.press("Control+Home", "Delete")

    await theirs.expect_text(FAMILY + GRIN + "end")
    await ours.expect_settled()
    assert await read_document(server.url, "hello") == FAMILY + GRIN + "end"


async def test_an_emoji_replaced_by_its_neighbour_stays_whole(
    server: ServerProcess, new_window: NewWindow
) -> None:
    """Both share their first 16-bit unit: a difference taken by units would cut between the halves."""
    ours, theirs = await new_window(), await new_window()
    await ours.open(server.url, "hello")
    await theirs.open(server.url, "hello")
    await ours.insert("a\N{GRINNING FACE}b")
    await theirs.expect_text("a\N{GRINNING FACE}b")

    await ours.press("Control+Home", "ArrowRight", "Shift+ArrowRight")
    await ours.insert("\N{GRINNING FACE WITH SMILING EYES}")

    await theirs.expect_text("a\N{GRINNING FACE WITH SMILING EYES}b")
    await ours.expect_settled()
    assert await read_document(server.url, "hello") == "a\N{GRINNING FACE WITH SMILING EYES}b"


async def test_carriage_returns_stay_as_they_are(server: ServerProcess, new_window: NewWindow) -> None:
    await make_document(server.url, "dos", "one\r\ntwo\rthree\n")
    window = await new_window()
    await window.open(server.url, "dos")
    await window.expect_text("one\r\ntwo\rthree\n")

    await window.press("Control+End")
    await window.type("four")
    await window.expect_settled()

    assert await read_document(server.url, "dos") == "one\r\ntwo\rthree\nfour"
    await window.expect_text("one\r\ntwo\rthree\nfour")


async def test_typing_before_and_behind_a_carriage_return_lands_where_it_was_typed(
    server: ServerProcess, new_window: NewWindow
) -> None:
    await make_document(server.url, "dos", "a\r\nb")
    ours, theirs = await new_window(), await new_window()
    await ours.open(server.url, "dos")
    await theirs.open(server.url, "dos")

    await ours.press("Control+Home", "ArrowRight")
    await ours.type("1")
    await theirs.expect_text("a1\r\nb")
    await theirs.press("Control+End")
    await theirs.type("2")

    await ours.expect_text("a1\r\nb2")
    await ours.expect_settled()
    assert await read_document(server.url, "dos") == "a1\r\nb2"


async def test_words_of_many_scripts_are_shown_as_typed(server: ServerProcess, new_window: NewWindow) -> None:
    words = "日本語 한국어 עברית हिन्दी ไทย"
    ours, theirs = await new_window(), await new_window()
    await ours.open(server.url, "hello")
    await theirs.open(server.url, "hello")

    await ours.insert(words)

    await theirs.expect_text(words)
    await expect(theirs.content).to_have_text(words)
