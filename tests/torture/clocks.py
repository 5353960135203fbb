"""The clock on the wall jumps: back an hour, on a day, and back again."""

from __future__ import annotations

import shutil
import struct
import subprocess
from pathlib import Path
from typing import Final

from tests.torture.stage import NotHere, Stage, running
from tests.torture.typists import require_each_once, typists

HOUR: Final = 3_600
JUMPS: Final = (-HOUR, 24 * HOUR, -24 * HOUR, 0)  # seconds from the true time
SHIM: Final = Path(__file__).parent / "wall_clock.c"
STUCK: Final = 30.0


async def clock_jumps(stage: Stage) -> str:
    """Nothing that has to go on hangs on the time of day."""
    library, offset = _shim(stage.folder), stage.folder / "clock-offset"
    offset.write_bytes(struct.pack("q", 0))
    environment = {"LD_PRELOAD": str(library), "WALL_CLOCK_OFFSET": str(offset)}
    async with running(stage.server(environment=environment)) as server, typists(server, 8) as people:
        people.begin()
        for jump in JUMPS:
            assert await people.further(25, STUCK)
            with offset.open("r+b") as mapped:
                mapped.write(struct.pack("q", jump))
            assert await people.further(25, STUCK), f"nothing goes on after a jump to {jump:+} s"
        await people.go_on(2.0)
        assert all(one.connection.phase == "online" for one in people.people), "somebody was dropped"
        await people.settle()
        count = await require_each_once(server, people)
        slowest = max(one.slowest for one in people.people)
    jumps = ", ".join(f"{jump / HOUR:+.0f}" for jump in JUMPS)
    return f"to {jumps} hours: {count} tokens, the slowest took {slowest:.1f} s"


def _shim(folder: Path) -> Path:
    """Build what stands between a process and its clock."""
    compiler = shutil.which("cc")
    if compiler is None:
        raise NotHere("there is no C compiler to build a clock that can be set for one process")
    library = folder / "wall_clock.so"
    build = [compiler, "-shared", "-fPIC", "-O2", "-o", str(library), str(SHIM), "-ldl"]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NotHere(f"the clock cannot be built: {done.stderr[:200]}")
    return library
