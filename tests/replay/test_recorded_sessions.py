"""The recorded sessions, replayed by the command through a server process, end as they were recorded.

Also for somebody who joins when that process was killed without warning and started again.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest

from tests.replay.recordings import write_typing
from tests.server_process import ROOT, ServerProcess
from transport import connect

TRACES: Final = ROOT / "benchmarks" / "traces"
CONCURRENT: Final = ("friendsforever",)
SEQUENTIAL: Final = ("automerge-paper", "rustcode", "seph-blog1", "sveltecomponent")
FAST: Final = ("--limit", "submissions_per_second=100000", "--limit", "submission_burst=100000")
PATIENCE: Final = 300.0  # seconds for one session on a machine that is busy


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    """A server with a database of its own, ended after the test."""
    process = ServerProcess(tmp_path)
    process.command += FAST
    await process.start()
    yield process
    if process.process is not None:
        await process.kill()


def sync(server: ServerProcess) -> str:
    return f"ws://127.0.0.1:{server.port}/sync"


async def replayed(url: str, trace: Path, *options: str) -> tuple[int, str, str]:
    """Run the command and return its exit code, what it printed, and what it complained of."""
    command = [sys.executable, "server.py", "replay", str(trace), "--url", url, *options]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=pipe, stderr=pipe)
    async with asyncio.timeout(PATIENCE):
        printed, complained = await process.communicate()
    assert process.returncode is not None
    return process.returncode, printed.decode(), complained.decode()


async def replay_all(server: ServerProcess, names: tuple[str, ...]) -> None:
    for name in names:
        code, printed, complained = await replayed(sync(server), TRACES / f"{name}.json.gz", "--doc", name)
        assert code == 0, complained
        assert "another text" not in printed
        print(printed)


async def test_recorded_sessions_end_as_recorded_and_outlive_the_server(server: ServerProcess) -> None:
    await asyncio.gather(replay_all(server, CONCURRENT), replay_all(server, SEQUENTIAL))
    await server.kill()
    await server.start()
    async with connect(sync(server)) as connection:
        for name in (*CONCURRENT, *SEQUENTIAL):
            recorded = json.loads(gzip.decompress((TRACES / f"{name}.json.gz").read_bytes()))
            text = (await connection.open(name)).snapshot
            assert hashlib.sha256(text.encode()).hexdigest() == recorded["sha256"], name


async def test_another_text_is_exit_code_one_and_one_line(server: ServerProcess, tmp_path: Path) -> None:
    wrong = write_typing(tmp_path / "wrong.json.gz", "abc", end="abd")
    code, printed, complained = await replayed(sync(server), wrong, "--clients", "2")
    assert code == 1
    assert printed.count("another text") == 3
    digest = hashlib.sha256(b"abc").hexdigest()
    assert f"counterpoint: client 1 holds 3 code points with the hash {digest}" in complained


async def test_authors_of_a_concurrent_trace_are_its_clients() -> None:
    trace = TRACES / "friendsforever.json.gz"
    code, _, complained = await replayed("ws://127.0.0.1:1/sync", trace, "--clients", "3")
    assert code == 2
    assert "2 authors" in complained
