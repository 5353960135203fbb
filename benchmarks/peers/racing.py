"""The contestants at one job after the other, in turns: what disturbs the machine disturbs all of them."""

from __future__ import annotations

import json
import random
import statistics
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import attrs

from benchmarks.peers.installing import Contestant
from benchmarks.peers.jobs import Job

SLOW: Final = 5.0  # seconds: who takes longer for a round is measured once, and that is said


@attrs.frozen
class Time:
    """What a contestant took for a job."""

    rounds: tuple[float, ...]
    """Seconds of the processor for one run, in each round."""

    @property
    def seconds(self) -> float:
        """The median of the rounds."""
        return statistics.median(self.rounds)


@attrs.frozen
class Worker:
    """The process of a contestant."""

    contestant: Contestant
    process: subprocess.Popen[str]
    kinds: frozenset[str]

    def ask(self, **job: Any) -> dict[str, Any]:
        """Have a job done; raise RuntimeError where the process has ended."""
        assert self.process.stdin is not None, "it is a pipe"
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        return answered(self.process, self.contestant)


@contextmanager
def working(contestant: Contestant, folder: Path) -> Iterator[Worker]:
    """Start the process of a contestant, and end it."""
    with subprocess.Popen(
        contestant.command(),
        cwd=folder,
        env=contestant.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            hello = answered(process, contestant)
            assert hello["compiled"] == contestant.compiled, f"{contestant.name} has loaded something else"
            yield Worker(contestant, process, frozenset(hello["kinds"]))
        finally:
            process.kill()


def answered(process: subprocess.Popen[str], contestant: Contestant) -> dict[str, Any]:
    """Return what a process says next."""
    assert process.stdout is not None, "it is a pipe"
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"the process of {contestant.name} ended with {process.wait()}")
    found: dict[str, Any] = json.loads(line)
    return found


def race(contestants: Sequence[Contestant], jobs: Sequence[Job]) -> dict[str, dict[str, Time]]:
    """Return what each contestant took, by the names of the jobs that it does.

    Each has a new process for every job: what another job has left behind slows some of them down, and
    V8 most of all.
    """
    times: dict[str, dict[str, Time]] = {one.name: {} for one in contestants}
    with TemporaryDirectory() as name:
        for number, job in enumerate(jobs):
            path = Path(name) / f"{number}.json"
            path.write_text(json.dumps(job.cases(random.Random(number))))
            with ExitStack() as stack:
                workers = [stack.enter_context(working(one, path.parent)) for one in contestants]
                for worker, time in _raced([one for one in workers if job.kind in one.kinds], job, path):
                    times[worker.contestant.name][job.name] = time
    return times


def _raced(workers: Sequence[Worker], job: Job, path: Path) -> list[tuple[Worker, Time]]:
    """Let all do a job in turns, and see that what it leads to is one and the same."""
    taken: list[list[float]] = [[] for _ in workers]
    led_to: dict[str, str | None] = {}
    for _ in range(job.rounds):
        for worker, seconds in zip(workers, taken, strict=True):
            if seconds and seconds[0] > SLOW:
                continue
            answer = worker.ask(kind=job.kind, cases=str(path), seconds=job.seconds)
            seconds.append(answer["seconds"])
            led_to[worker.contestant.name] = answer["result"]
    if len(set(led_to.values())) > 1:
        raise ValueError(f"{job.name} leads to different results: {led_to}")
    return [(worker, Time(tuple(seconds))) for worker, seconds in zip(workers, taken, strict=True)]
