"""A server that measures the turns of its event loop: `python -m tests.torture.timed_server serve`.

A turn is what happens between two looks at the sockets: whoever has just sent something waits for it to end.
`TURNS` names a file into which the longest are written at the end, each with its beginning on the monotonic
clock. They are in seconds of the processor that this thread has had: what else the machine does is not
counted.
"""

from __future__ import annotations

import asyncio
import heapq
import json
import os
import selectors
import time
from pathlib import Path
from typing import Any, Final

import transport.command_line
from server import main

KEPT: Final = 200
"""The longest turns that are told."""


class TimedSelector(selectors.EpollSelector):
    """Keeps the longest turns, and when each began."""

    def __init__(self) -> None:
        super().__init__()
        self.longest: list[tuple[float, float]] = []
        self._began: tuple[float, float] | None = None

    def select(self, timeout: float | None = None) -> Any:
        """End a turn, wait for what comes, and begin the next."""
        if self._began is not None:
            used, when = self._began
            heapq.heappush(self.longest, (time.thread_time() - used, when))
            if len(self.longest) > KEPT:
                heapq.heappop(self.longest)
        found = super().select(timeout)
        self._began = (time.thread_time(), time.monotonic())
        return found


if __name__ == "__main__":
    selector = TimedSelector()
    transport.command_line._loop_factory = lambda: lambda: asyncio.SelectorEventLoop(selector)
    try:
        main()
    finally:
        Path(os.environ["TURNS"]).write_text(json.dumps(selector.longest))
