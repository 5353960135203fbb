"""The disk is full, the database cannot be written, another process holds its lock, the clock jumps."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.by_hand import connected
from tests.torture.stage import NotHere, Stage, running
from tests.torture.typists import require_each_once, typists

SMALL_DISK: Final = "2m"
LARGER_DISK: Final = "64m"
PAGE_OF_TEXT: Final = 3_000  # characters behind each token, so that the disk is soon full
STUCK: Final = 40.0  # seconds: clients wait for longer and longer while the store refuses
NOBODY: Final = "65534"

HOLD_THE_LOCK: Final = """
import sqlite3, sys, time
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
time.sleep(float(sys.argv[2]))
connection.execute("COMMIT")
"""


async def disk_full(stage: Stage) -> str:
    """Nothing is acknowledged that is not written, reading goes on, and with room again all of it lands."""
    with _small_disk(stage.folder / "disk") as disk:
        async with running(stage.server(folder=disk)) as server, typists(server, 4) as people:
            people.begin(PAGE_OF_TEXT)
            while await people.further(1, 3.0):
                pass
            full_at = people.revision
            async with connected(server.url) as reader:
                await reader.greet()
                opened = await reader.open("notes")
                assert opened["revision"] >= full_at - len(people.people), "reading ends with the disk"
            _mount("-o", f"remount,size={LARGER_DISK}", str(disk))
            assert await people.further(1, STUCK), f"nothing lands with room again:\n{server.log()[-2_000:]}"
            await people.settle()
            count = await require_each_once(server, people)
    return f"full at revision {full_at}, {count} tokens with room again"


@contextmanager
def _small_disk(folder: Path) -> Iterator[Path]:
    if os.geteuid() != 0:
        raise NotHere("a small file system can be mounted by root alone")
    folder.mkdir()
    _mount("-t", "tmpfs", "-o", f"size={SMALL_DISK}", "tmpfs", str(folder))
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _mount(*arguments: str) -> None:
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NotHere(f"mount does not work here: {done.stderr.strip()}")


async def read_only_database(stage: Stage) -> str:
    """A server that may not write its database says which and why, ends, and has changed nothing."""
    server = stage.server()
    async with running(server), typists(server, 2) as people:
        people.begin()
        assert await people.further(10, STUCK)
        await people.settle()
        assert await server.terminate() == 0
        content = server.database.read_bytes()
        said = await _refused(stage)
        assert str(server.database) in said, f"does not name the database: {said}"
        assert "Traceback" not in said, said
        assert server.database.read_bytes() == content
        await server.start()
        count = await require_each_once(server, people)
    return f"refused with a reason, {count} tokens afterwards"


async def _refused(stage: Stage) -> str:
    """Start a server where it may write nothing; return what it says."""
    behind: list[str] = []
    if os.geteuid() == 0:  # who may write everything all the same
        if shutil.which("setpriv") is None:
            raise NotHere("root may write everything, and there is no setpriv to be somebody else")
        behind = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    command = stage.server(behind=behind).command
    modes = {path: path.stat().st_mode for path in (stage.folder, *stage.folder.iterdir())}
    for path in modes:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        async with asyncio.timeout(STUCK):
            said, _ = await process.communicate()
    finally:
        for path, mode in modes.items():
            path.chmod(mode)
    assert process.returncode not in (0, None), f"served a database that it may not write: {said!r}"
    return said.decode()


async def lock_held_by_another(stage: Stage) -> str:
    """Another process writes to the database for a while: people wait, and nothing is lost."""
    async with running(stage.server()) as server, typists(server, 8) as people:
        people.begin()
        for seconds in stage.scale.locks:
            assert await people.further(25, STUCK)
            holder = await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                HOLD_THE_LOCK,
                str(server.database),
                str(seconds),
                stdout=asyncio.subprocess.PIPE,
            )
            assert holder.stdout is not None
            assert await holder.stdout.readline() == b"locked\n"
            await people.go_on(seconds)
            assert await holder.wait() == 0
            assert await people.further(25, STUCK), f"nothing goes on after a lock of {seconds} s"
        slowest = max(one.slowest for one in people.people)
        await people.settle()
        count = await require_each_once(server, people)
    held = " and ".join(f"{seconds:.0f} s" for seconds in stage.scale.locks)
    return f"held for {held}: {count} tokens, the slowest took {slowest:.1f} s"
