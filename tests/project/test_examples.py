"""Every example that a reader may copy runs as it stands on the page."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import aiohttp
import pytest

from tests.project.examples import PAGES, ROOT, WAYS, Example, all_examples, examples
from tests.server_process import ServerProcess, free_port

PATIENCE: Final = 30.0  # seconds for any example
ENVIRONMENT: Final = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}


@pytest.mark.parametrize("example", all_examples(), ids=lambda example: example.name)
async def test_an_example_runs_as_it_stands(example: Example, tmp_path: Path) -> None:
    port = free_port()
    script = tmp_path / "example.py"
    for name, code in example.files:
        (tmp_path / name).write_text(code)
    script.write_text(example.code.replace("8080", str(port)))
    match example.way:
        case "alone":
            await run_to_its_end(script, example)
        case "with a server":
            server = ServerProcess(tmp_path, port=port)
            await server.start()
            try:
                await run_to_its_end(script, example)
            finally:
                await server.kill()
        case "as a server":
            await run_as_server(script, port)
        case _:
            pytest.fail(f"{example.name}: say how it is run, as one of {', '.join(WAYS)}")


async def run_to_its_end(script: Path, example: Example) -> None:
    async with started(script) as process:
        async with asyncio.timeout(PATIENCE):
            printed, _ = await process.communicate()
        assert process.returncode == 0, printed.decode()
        if example.prints is not None:
            assert printed.decode() == example.prints


async def run_as_server(script: Path, port: int) -> None:
    async with started(script) as process, asyncio.timeout(PATIENCE), aiohttp.ClientSession() as http:
        assert await greeting(http, port, process) == "welcome"


async def greeting(http: aiohttp.ClientSession, port: int, process: asyncio.subprocess.Process) -> str:
    """Return the type of the first message that a client hears, trying until somebody listens."""
    while process.returncode is None:
        try:
            async with http.ws_connect(f"http://127.0.0.1:{port}/sync") as socket:
                await socket.send_json({"type": "hello"})
                kind: str = (await socket.receive_json())["type"]
                return kind
        except aiohttp.ClientConnectionError:
            await asyncio.sleep(0.05)  # it is another process: nothing tells us when it listens
    pytest.fail(f"it ended with {process.returncode} before it listened")


@contextlib.asynccontextmanager
async def started(script: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(script),
        cwd=script.parent,
        env=ENVIRONMENT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        print((await process.communicate())[0].decode())


def test_the_readme_shows_how_to_embed_and_how_to_connect() -> None:
    ways = {example.way for example in examples(PAGES[0])}
    assert ways >= {"as a server", "with a server"}


def test_a_block_without_a_word_on_how_it_runs_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("text\n\n```python\nprint(1)\n```\n\n<!-- runs: alone -->\n```python\nprint(2)\n```\n")
    assert [(example.line, example.way, example.code) for example in examples(page)] == [
        (4, None, "print(1)\n"),
        (9, "alone", "print(2)\n"),
    ]


def test_what_a_block_prints_is_read_from_the_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "<!-- runs: alone -->\n\n```python\nprint(1)\n```\n\n<!-- prints -->\n\n```text\n1\n```\n"
    )
    assert [example.prints for example in examples(page)] == ["1\n"]


def test_a_file_stands_beside_the_examples_that_follow_it(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "<!-- file: x.py -->\n```python\nY = 1\n```\n\n<!-- runs: alone -->\n```python\nimport x\n```\n"
    )
    assert [example.files for example in examples(page)] == [(("x.py", "Y = 1\n"),)]


def test_a_file_that_no_example_follows_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- file: x.py -->\n```python\nY = 1\n```\n")
    with pytest.raises(AssertionError, match=r"no example follows x\.py"):
        examples(page)
