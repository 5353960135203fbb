"""Two people in one rich text: typing, formats that meet, embeds, and what only one of them may take back."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.conftest import NewRichWindow
from tests.browser.plain_client import read_rich_document
from tests.browser.rich_window import RichWindow
from tests.by_hand import connected
from tests.server_process import ServerProcess

GRIN = "\N{GRINNING FACE}"
SMILE = "\N{GRINNING FACE WITH SMILING EYES}"


async def two(server: ServerProcess, new_rich_window: NewRichWindow) -> tuple[RichWindow, RichWindow]:
    """Return two windows on one new document."""
    ours, theirs = await new_rich_window(), await new_rich_window()
    await ours.open(server.url, "hello")
    await theirs.open(server.url, "hello")
    return ours, theirs


async def test_typing_in_both_windows_converges(
    server: ServerProcess, new_rich_window: NewRichWindow
) -> None:
    ours, theirs = await two(server, new_rich_window)

    await ours.type("Hello from here. ")
    await theirs.expect_text("Hello from here. ")
    await theirs.press("Control+End")
    await theirs.type("And from there.")

    await ours.expect_text("Hello from here. And from there.")
    await ours.expect_screen_of(theirs)
    assert await read_rich_document(server.url, "hello") == [{"insert": "Hello from here. And from there.\n"}]


async def test_letters_typed_in_turns_at_one_place_all_arrive_once(
    server: ServerProcess, new_rich_window: NewRichWindow
) -> None:
    ours, theirs = await two(server, new_rich_window)

    for letter in "abcdefghij":
        await ours.type(letter)
        await theirs.type(letter.upper())

    await ours.expect_screen_of(theirs)
    (run,) = await read_rich_document(server.url, "hello")
    assert sorted(run["insert"]) == sorted("abcdefghijABCDEFGHIJ\n")
    await ours.expect_contents([run])


async def test_lines_lists_and_headings_look_alike_in_both_windows(
    server: ServerProcess, new_rich_window: NewRichWindow
) -> None:
    ours, theirs = await two(server, new_rich_window)

    await ours.line_style("h1")
    await ours.type("Title\n")
    await ours.format("bullet")
    await ours.type("one\ntwo\n\n")
    await ours.format("bold")
    await ours.type("strong")
    await theirs.expect_text("Title\none\ntwo\nstrong")

    await theirs.expect_screen_of(ours)
    assert await read_rich_document(server.url, "hello") == [
        {"insert": "Title"},
        {"insert": "\n", "attributes": {"header": 1}},
        {"insert": "one"},
        {"insert": "\n", "attributes": {"list": "bullet"}},
        {"insert": "two"},
        {"insert": "\n", "attributes": {"list": "bullet"}},
        {"insert": "strong", "attributes": {"bold": True}},
        {"insert": "\n"},
    ]


async def test_a_picture_and_a_divider_are_typed_around_and_deleted_as_one(
    server: ServerProcess, new_rich_window: NewRichWindow
) -> None:
    ours, theirs = await two(server, new_rich_window)
    picture = f"{server.url}/assets/icon.svg"

    await ours.type("ab")
    await ours.press("ArrowLeft")
    await ours.insert_picture(picture)
    await ours.press("Control+End")
    await ours.format("divider")
    await theirs.expect_text("a[picture]b\n———\n")
    await expect(theirs.content.locator(f'img[src="{picture}"]')).to_be_visible()
    await theirs.select(2, 0)
    await theirs.type("!")

    await ours.expect_contents(
        [
            {"insert": "a"},
            {"insert": {"image": picture}},
            {"insert": "!b\n"},
            {"insert": {"divider": True}},
            {"insert": "\n\n"},
        ]
    )
    await ours.expect_screen_of(theirs)
    await theirs.press("Backspace", "Backspace")
    await ours.expect_text("ab\n———\n")
    await ours.expect_screen_of(theirs)


async def test_emoji_stay_whole_when_typed_around_replaced_and_deleted(
    server: ServerProcess, new_rich_window: NewRichWindow
) -> None:
    """The one that replaces the other shares its first 16-bit unit."""
    ours, theirs = await two(server, new_rich_window)
    await ours.insert(f"a{GRIN}b")
    await theirs.expect_text(f"a{GRIN}b")

    await ours.select(1, 1)
    await ours.insert(SMILE)
    await theirs.expect_text(f"a{SMILE}b")
    await theirs.press("Control+End")
    await theirs.type("c")
    await ours.expect_text(f"a{SMILE}bc")
    await ours.select(2, 0)
    await ours.format("bold")
    await ours.type("!")
    await theirs.expect_text(f"a{SMILE}!bc")
    await ours.select(2, 0)
    await ours.press("Backspace")

    await theirs.expect_text("a!bc")
    await ours.expect_screen_of(theirs)


async def test_undo_takes_back_only_ones_own_typing_and_formatting(
    server: ServerProcess, new_rich_window: NewRichWindow
) -> None:
    ours, theirs = await two(server, new_rich_window)
    await ours.type("ours")
    await theirs.expect_text("ours")
    await ours.select(0, 4)
    await ours.format("bold")
    await theirs.expect_contents([{"insert": "ours", "attributes": {"bold": True}}, {"insert": "\n"}])
    await theirs.select(0, 4)
    await theirs.format("italic")
    await theirs.press("Control+Home")
    await theirs.format("italic", "bold")  # what is typed in front is neither
    await theirs.type("theirs ")
    await ours.expect_to_hold("theirs ours")

    await ours.press("Control+z")
    await theirs.expect_contents(
        [{"insert": "theirs "}, {"insert": "ours", "attributes": {"italic": True}}, {"insert": "\n"}]
    )
    await ours.press("Control+z")
    await theirs.expect_text("theirs ")
    await ours.press("Control+z")
    await ours.expect_text("theirs ")
    await ours.press("Control+Shift+z", "Control+y")

    await theirs.expect_to_hold("theirs ours")
    await ours.expect_screen_of(theirs)
    assert (await read_rich_document(server.url, "hello"))[0] == {"insert": "theirs "}


async def test_a_window_shows_where_the_others_are_and_what_they_have_selected(
    server: ServerProcess, new_rich_window: NewRichWindow
) -> None:
    ours, theirs = await two(server, new_rich_window)
    await theirs.name("Ada")
    await theirs.type("here I am")
    await theirs.expect_settled()

    await expect(ours.people).to_contain_text("Ada")
    await expect(ours.cursors).to_have_count(1)
    await expect(ours.cursors).to_contain_text("Ada")
    await expect(ours.page.locator(".remote-selection")).to_have_count(0)

    await theirs.press("Shift+Home")
    await expect(ours.page.locator(".remote-selection")).to_have_count(1)
    line = await ours.content.locator("p").first.bounding_box()
    shown = await ours.page.locator(".remote-selection").bounding_box()
    assert line is not None and shown is not None
    assert abs(shown["x"] - line["x"]) <= 1
    assert line["y"] <= shown["y"] + 1 and shown["y"] + shown["height"] <= line["y"] + line["height"] + 1

    await theirs.page.close()
    await expect(ours.cursors).to_have_count(0)
    await expect(ours.people).not_to_contain_text("Ada")


@pytest.mark.parametrize("cursor", [-7, 1.5, 1e300])
async def test_somebody_who_claims_to_be_nowhere_is_shown_somewhere_and_harms_nothing(
    server: ServerProcess, new_rich_window: NewRichWindow, cursor: float
) -> None:
    window = await new_rich_window()
    await window.open(server.url, "hello")
    await window.type("text")
    await window.expect_settled()

    async with connected(server.url) as peer:
        await peer.greet()
        opened = await peer.open("hello", doc_type="rich-text")
        state = {"name": "Nobody", "cursor": cursor, "anchor": 2}
        revision = opened["revision"]
        await peer.say({"type": "presence", "doc": "hello", "revision": revision, "state": state})
        await expect(window.cursors).to_contain_text("Nobody")
        await window.type("!")
        await window.expect_text("text!")
