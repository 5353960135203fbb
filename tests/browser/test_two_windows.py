"""Two people on one document: what one types the other sees, and a crash of the server costs nothing."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.conftest import NewWindow
from tests.browser.plain_client import read_document
from tests.server_process import ServerProcess


async def test_typing_in_both_windows_converges(server: ServerProcess, new_window: NewWindow) -> None:
    ours, theirs = await new_window(), await new_window()
    await ours.open(server.url, "hello")
    await theirs.open(server.url, "hello")

    await ours.type("Hello from here. ")
    await theirs.expect_text("Hello from here. ")
    await theirs.press("Control+End")
    await theirs.type("And from there.")

    await ours.expect_text("Hello from here. And from there.")
    await expect(ours.content).to_have_text("Hello from here. And from there.")
    await expect(theirs.content).to_have_text("Hello from here. And from there.")
    assert await read_document(server.url, "hello") == "Hello from here. And from there."


async def test_letters_typed_in_turns_at_one_place_all_arrive_once(
    server: ServerProcess, new_window: NewWindow
) -> None:
    ours, theirs = await new_window(), await new_window()
    await ours.open(server.url, "hello")
    await theirs.open(server.url, "hello")

    for letter in "abcdefghij":
        await ours.type(letter)
        await theirs.type(letter.upper())
    await ours.expect_settled()
    await theirs.expect_settled()

    text = await read_document(server.url, "hello")
    assert sorted(text) == sorted("abcdefghijABCDEFGHIJ")
    await ours.expect_text(text)
    await theirs.expect_text(text)


async def test_a_window_shows_who_is_here_and_where_their_cursor_is(
    server: ServerProcess, new_window: NewWindow
) -> None:
    ours, theirs = await new_window(), await new_window()
    await ours.open(server.url, "hello")
    await theirs.open(server.url, "hello")
    await theirs.name("Ada")

    await theirs.type("here I am")
    await theirs.expect_settled()

    await expect(ours.people).to_contain_text("Ada")
    await expect(ours.cursors).to_have_count(1)
    await expect(ours.cursors).to_contain_text("Ada")

    await theirs.page.close()
    await expect(ours.cursors).to_have_count(0)
    await expect(ours.people).not_to_contain_text("Ada")


async def test_both_windows_come_back_after_the_server_was_killed_and_lose_nothing(
    server: ServerProcess, new_window: NewWindow
) -> None:
    ours, theirs = await new_window(), await new_window()
    await ours.open(server.url, "hello")
    await theirs.open(server.url, "hello")
    await ours.type("<before>")
    await theirs.expect_text("<before>")

    await server.kill()
    await ours.type("<ours>")
    await theirs.type("<theirs>")
    await ours.expect_not_online()
    await server.start()

    await ours.expect_to_hold("<before>", "<ours>", "<theirs>")
    await ours.expect_settled()
    await theirs.expect_settled()
    text = await read_document(server.url, "hello")
    assert sorted(text) == sorted("<before><ours><theirs>")
    await ours.expect_text(text)
    await theirs.expect_text(text)


async def test_what_was_acknowledged_is_there_for_a_new_window_after_a_kill(
    server: ServerProcess, new_window: NewWindow
) -> None:
    ours = await new_window()
    await ours.open(server.url, "hello")
    await ours.type("to be kept")
    await ours.expect_settled()
    await ours.page.close()

    await server.kill()
    await server.start()

    later = await new_window()
    await later.open(server.url, "hello")
    await later.expect_text("to be kept")


async def test_a_kill_in_the_middle_of_typing_neither_loses_nor_doubles_a_letter(
    server: ServerProcess, new_window: NewWindow
) -> None:
    ours = await new_window()
    await ours.open(server.url, "hello")

    for word in ("one ", "two ", "three "):
        await ours.type(word)
        await server.kill()  # with the word, or parts of it, on the way
        await server.start()
    await ours.expect_online()
    await ours.expect_settled()

    assert await read_document(server.url, "hello") == "one two three "
    await ours.expect_text("one two three ")
