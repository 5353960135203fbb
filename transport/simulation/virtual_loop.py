"""Virtual time, and event loops that live in it.

A world has one `Schedule`: everything that is to happen, by virtual time and then by the order in which it
was asked for. A simulated process is a `VirtualLoop` on that schedule, on which real asyncio code runs one
callback a step. Killing a process is letting go of its loop: nothing of it runs any more, no `finally`
either, exactly as after `kill -9`.
"""

from __future__ import annotations

import asyncio
import heapq
import inspect
import weakref
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any, TypeVarTuple, Unpack

Arguments = TypeVarTuple("Arguments")


class Schedule:
    """What happens next, over all processes of a world."""

    def __init__(self) -> None:
        self.now = 0.0
        self.steps = 0
        self._queue: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0

    def at(self, when: float, callback: Callable[[], None]) -> None:
        """Have something happen at a time, or now if that is past."""
        self._count += 1
        heapq.heappush(self._queue, (max(when, self.now), self._count, callback))

    def after(self, seconds: float, callback: Callable[[], None]) -> None:
        """Have something happen so many seconds from now."""
        self.at(self.now + seconds, callback)

    def step(self, until: float) -> bool:
        """Let the next thing happen; False if there is none before `until`, which is now then."""
        if not self._queue or self._queue[0][0] > until:
            self.now = max(self.now, until)
            return False
        self.now, _, callback = heapq.heappop(self._queue)
        self.steps += 1
        callback()
        return True


class VirtualLoop(asyncio.BaseEventLoop):
    """The event loop of one simulated process.

    Its clock begins at a time of its own: nobody may compare it with another's.
    """

    def __init__(self, schedule: Schedule, failed: Callable[[str], None], clock: float = 0.0) -> None:
        self.alive = False
        super().__init__()
        self.alive = True
        self._clock = clock - schedule.now
        self._schedule = schedule
        self._failed = failed
        self._begun: list[asyncio.Task[None]] = []
        self._coroutines: weakref.WeakSet[Any] = weakref.WeakSet()
        self.set_task_factory(self._task)

    def _task(self, loop: asyncio.AbstractEventLoop, coro: Any, **kwargs: Any) -> asyncio.Task[Any]:
        task: asyncio.Task[Any] = asyncio.Task(coro, loop=loop, **kwargs)
        self._coroutines.add(coro)
        if not self.alive:
            coro.close()
        return task

    def kill(self) -> None:
        """End the process: nothing that it had scheduled happens any more."""
        self.alive = False
        for coro in self._coroutines:
            if inspect.getcoroutinestate(coro) == inspect.CORO_CREATED:
                coro.close()  # it never will begin, and Python warns of coroutines that are forgotten

    def enter(self, callback: Callable[[], object]) -> None:
        """Run something in this process now; nothing if it is dead."""
        if self.alive:
            self._run(asyncio.Handle(callback, (), self))

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Start a task in this process; none if it is dead."""
        if not self.alive:
            work.close()
        self.enter(lambda: self._begun.append(self.create_task(work)))

    # What asyncio calls.

    def time(self) -> float:
        return self._schedule.now + self._clock

    def is_running(self) -> bool:
        return self.alive

    def is_closed(self) -> bool:
        return not self.alive

    def close(self) -> None:
        self.kill()

    def call_soon(
        self,
        callback: Callable[[Unpack[Arguments]], object],
        *args: *Arguments,
        context: Context | None = None,
    ) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        self._schedule.at(self._schedule.now, lambda: self._run(handle))
        return handle

    def call_at(
        self,
        when: float,
        callback: Callable[[Unpack[Arguments]], object],
        *args: *Arguments,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        self._schedule.at(when - self._clock, lambda: self._run(handle))
        return handle

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        pass

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        if self.alive:
            self._failed(f"{context.get('message')}: {context.get('exception')!r}")

    def _run(self, handle: asyncio.Handle) -> None:
        if not self.alive or handle.cancelled():
            return
        asyncio._set_running_loop(self)
        try:
            handle._run()
        finally:
            asyncio._set_running_loop(None)
