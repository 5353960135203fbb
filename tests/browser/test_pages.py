"""The pages around the text: the way in, what the editor tells about the document, and small screens."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.browser.conftest import NewWindow
from tests.browser.cuttable_proxy import CuttableProxy
from tests.server_process import ServerProcess


async def test_the_start_page_opens_a_document_by_its_name(
    server: ServerProcess, new_window: NewWindow
) -> None:
    window = await new_window()
    await window.page.goto(server.url)

    await window.page.get_by_test_id("doc-name-input").fill("minutes of monday")
    await window.page.get_by_test_id("open-button").click()

    await window.expect_online()
    await expect(window.page).to_have_url(re.compile(r"/edit/minutes(%20|\+)of(%20|\+)monday$"))
    await expect(window.page.get_by_role("heading", level=1)).to_have_text("minutes of monday")


async def test_the_keys_go_to_the_document_as_soon_as_it_is_there(
    server: ServerProcess, new_window: NewWindow
) -> None:
    window = await new_window()
    await window.open(server.url, "hello")
    await expect(window.content).to_be_focused()

    await window.page.keyboard.type("at once")

    await window.expect_text("at once")


async def test_words_and_lines_are_counted_as_others_type(
    server: ServerProcess, new_window: NewWindow
) -> None:
    ours, theirs = await new_window(), await new_window()
    await ours.open(server.url, "hello")
    await theirs.open(server.url, "hello")

    await theirs.type("one two\nthree")

    await expect(ours.page.get_by_test_id("word-count")).to_have_text("3 words · 2 lines")


async def test_the_copied_link_opens_the_same_document(server: ServerProcess, new_window: NewWindow) -> None:
    ours, theirs = await new_window(), await new_window()
    await ours.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await ours.open(server.url, "hello")
    await ours.type("found")
    await ours.expect_settled()

    await ours.page.get_by_test_id("copy-link").click()
    await expect(ours.page.get_by_test_id("copy-link")).to_contain_text("Copied")

    await theirs.page.goto(await ours.page.evaluate("navigator.clipboard.readText()"))
    await theirs.expect_text("found")


async def test_a_theme_once_chosen_stays_after_a_reload(server: ServerProcess, new_window: NewWindow) -> None:
    window = await new_window()
    await window.open(server.url, "hello")
    page = window.page.locator("html")
    await expect(page).to_have_attribute("data-theme", "light")

    await window.page.get_by_test_id("theme-toggle").click()
    await expect(page).to_have_attribute("data-theme", "dark")
    await window.reload()
    await expect(page).to_have_attribute("data-theme", "dark")


async def test_the_header_of_a_phone_has_one_height_whatever_the_badge_says(
    proxy: CuttableProxy, new_window: NewWindow
) -> None:
    window = await new_window()
    await window.page.set_viewport_size({"width": 390, "height": 844})
    await window.open(proxy.url, "hello")
    header = "document.querySelector('header').offsetHeight"
    before = await window.page.evaluate(header)

    await proxy.cut()
    await window.type("x")
    await expect(window.badge).to_contain_text("· 1 unsent")
    await expect(window.badge.get_by_role("button")).to_be_visible()

    assert await window.page.evaluate(header) == before


async def test_a_phone_shows_the_whole_page_without_scrolling_sideways(
    server: ServerProcess, new_window: NewWindow
) -> None:
    window = await new_window()
    await window.page.set_viewport_size({"width": 360, "height": 640})
    await window.open(server.url, "hello")
    await window.type("long lines are broken " * 20)

    for name in ("editor", "connection-badge", "undo", "copy-link"):
        await expect(window.page.get_by_test_id(name)).to_be_in_viewport()
    assert await window.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
