"""What stands around a rich text: ways in and out, pictures, and documents that other programs made."""

from __future__ import annotations

import random
import re
import struct
import zlib
from typing import Any, Final

import pytest
from playwright.async_api import expect

from tests.browser.conftest import NewRichWindow, NewWindow
from tests.browser.plain_client import make_document, make_rich_document, read_rich_document
from tests.server_process import ServerProcess

OPERATION_BYTES: Final = 256 * 1024  # the server's default limit


def noise_png(width: int, height: int) -> bytes:
    """Return a picture that hardly packs: every pixel is random."""
    rng = random.Random(1)
    rows = b"".join(b"\0" + rng.randbytes(3 * width) for _ in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    packed = zlib.compress(rows)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


async def test_the_start_page_makes_a_rich_text_where_that_is_chosen(
    server: ServerProcess, new_rich_window: NewRichWindow
) -> None:
    window = await new_rich_window()
    await window.page.goto(server.url)
    await window.page.get_by_test_id("kind-rich").check(force=True)
    await window.page.get_by_test_id("doc-name-input").fill("minutes of monday")
    await window.page.get_by_test_id("open-button").click()

    await window.expect_online()
    await expect(window.page).to_have_url(re.compile(r"/rich/minutes(%20|\+)of(%20|\+)monday$"))
    await window.page.goto(server.url)
    await window.page.get_by_test_id("recent-list").get_by_role("link").click()
    await expect(window.page).to_have_url(re.compile(r"/rich/minutes"))


async def test_a_document_of_the_other_kind_leads_to_its_own_page(
    server: ServerProcess, new_rich_window: NewRichWindow, new_window: NewWindow
) -> None:
    await make_document(server.url, "plain", "just text")
    await make_rich_document(server.url, "rich", [{"insert": "not only text\n"}])
    rich, plain = await new_rich_window(), await new_window()

    await rich.page.goto(f"{server.url}/rich/plain")
    await rich.page.get_by_role("button", name="Open it there").click()
    await rich.expect_text("just text")
    await plain.page.goto(f"{server.url}/edit/rich")
    await plain.page.get_by_role("button", name="Open it there").click()
    await plain.expect_text("not only text")


async def test_a_photograph_is_made_small_enough_to_be_sent(
    server: ServerProcess, new_rich_window: NewRichWindow
) -> None:
    ours, theirs = await new_rich_window(), await new_rich_window()
    await ours.open(server.url, "hello")
    await theirs.open(server.url, "hello")
    photograph = noise_png(500, 400)
    assert len(photograph) > 2 * OPERATION_BYTES

    await ours.insert_file("photograph.png", "image/png", photograph)

    await theirs.expect_to_hold("[picture]")
    await ours.expect_screen_of(theirs)
    width = "image => image.complete && image.naturalWidth"
    assert await theirs.content.locator("img").evaluate(width) > 100


async def test_a_picture_that_cannot_be_made_smaller_is_refused_and_says_so(
    server: ServerProcess, new_rich_window: NewRichWindow
) -> None:
    window = await new_rich_window()
    await window.open(server.url, "hello")

    await window.insert_file("moving.gif", "image/gif", b"GIF89a" + random.Random(1).randbytes(200_000))

    await expect(window.page.get_by_test_id("notice")).to_contain_text("too large")
    await window.type("goes on")
    await window.expect_settled()
    assert await read_rich_document(server.url, "hello") == [{"insert": "goes on\n"}]


@pytest.mark.parametrize(
    ("made", "after"),
    [
        pytest.param(
            [{"insert": "a"}, {"insert": {"formula": "x^2"}}, {"insert": "b\n"}],
            [{"insert": "a1"}, {"insert": {"formula": "x^2"}}, {"insert": "b2\n"}],
            id="an embed that nobody here knows",
        ),
        pytest.param(
            [{"insert": "a\r\nb\n"}], [{"insert": "a1\r\nb2\n"}], id="a carriage return before a line feed"
        ),
        pytest.param(
            [{"insert": "a", "attributes": {"image": "x", "scroll": True, "header": 99}}, {"insert": "-b\n"}],
            [
                {"insert": "a", "attributes": {"image": "x", "scroll": True, "header": 99}},
                {"insert": "1-b2\n"},
            ],
            id="attributes that Quill takes for parts of its own",
        ),
        pytest.param([{"insert": "a-b"}], [{"insert": "a1-b2"}], id="no line end at the end"),
        pytest.param(
            [{"insert": "a", "attributes": {"comment": 7}}, {"insert": "-b\n"}],
            [{"insert": "a", "attributes": {"comment": 7}}, {"insert": "1-b2\n"}],
            id="an attribute that nobody here knows",
        ),
        pytest.param(
            [{"insert": "a"}, {"insert": {"image": "javascript:alert(1)"}}, {"insert": "b\n"}],
            [{"insert": "a1"}, {"insert": {"image": "javascript:alert(1)"}}, {"insert": "b2\n"}],
            id="an address that no picture has",
        ),
    ],
)
async def test_what_other_programs_put_in_is_counted_as_they_count_and_left_alone(
    server: ServerProcess, new_rich_window: NewRichWindow, made: list[Any], after: list[Any]
) -> None:
    await make_rich_document(server.url, "foreign", made)
    ours, theirs = await new_rich_window(), await new_rich_window()
    await ours.open(server.url, "foreign")
    await theirs.open(server.url, "foreign")

    await ours.press("Control+Home", "ArrowRight")
    await ours.type("1")
    await ours.expect_settled()
    await theirs.expect_to_hold("1")
    await theirs.press("Control+End")
    await theirs.type("2")

    await ours.expect_contents(after)
    await ours.expect_screen_of(theirs)
    assert await read_rich_document(server.url, "foreign") == after


async def test_an_empty_document_is_a_whole_sheet(
    server: ServerProcess, new_rich_window: NewRichWindow
) -> None:
    window = await new_rich_window()
    await window.page.set_viewport_size({"width": 1280, "height": 800})
    await window.open(server.url, "hello")

    sheet = await window.content.bounding_box()
    assert sheet is not None
    assert abs(sheet["x"] + sheet["width"] / 2 - 640) <= 10
    assert sheet["width"] > 700 and sheet["height"] > 600


async def test_a_phone_shows_the_whole_page_without_scrolling_sideways(
    server: ServerProcess, new_rich_window: NewRichWindow
) -> None:
    window = await new_rich_window()
    await window.page.set_viewport_size({"width": 360, "height": 640})
    await window.open(server.url, "hello")
    await window.type("long lines are broken " * 20)

    for name in ("editor", "connection-badge", "format-bar", "format-bold", "undo", "copy-link"):
        await expect(window.page.get_by_test_id(name)).to_be_in_viewport()
    assert await window.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
