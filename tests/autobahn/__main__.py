"""`python -m tests.autobahn`: a line for each round of cases, and exit code 1 where one ended otherwise."""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter
from typing import Any, Final

from kosoku import (  # type: ignore[import-not-found]  # not installed where types are checked
    FailureError,
    run_fuzzingclient,
)

from tests.autobahn.echo import echoing
from tests.autobahn.rounds import PASSED, ROUNDS, Round

AT_ONCE: Final = 4  # cases: most of a case is waiting for the other end
MINUTES: Final = 10  # for one round, before it counts as stuck


async def main() -> int:
    """Run every round; return the exit code."""
    wrong = 0
    for cases in ROUNDS:
        started = time.monotonic()
        results = await results_of(cases)
        found = faults(cases, results)
        wrong += len(found)
        verdicts = Counter(result.behavior.value for result in results)
        counted = ", ".join(f"{verdict} {count}" for verdict, count in sorted(verdicts.items()))
        seconds = time.monotonic() - started
        print(f"{cases.name:15} {len(results):4} cases {seconds:6.1f} s  {counted}", flush=True)
        for fault in found:
            print(f"  FAILED {fault}", flush=True)
    print(f"autobahn: {sum(cases.count for cases in ROUNDS)} cases, {wrong} ended otherwise than they should")
    return 1 if wrong else 0


async def results_of(cases: Round) -> list[Any]:
    """Run the cases of a round against an echo of its own."""
    async with echoing(cases.limits) as url, asyncio.timeout(MINUTES * 60):
        try:
            results = await run_fuzzingclient(url, cases.cases, concurrency=AT_ONCE)
        except FailureError as failure:  # raised where any case failed, with the results of all
            results = failure.results
    return list(results)


def faults(cases: Round, results: list[Any]) -> list[str]:
    """Return what is not as the round has it, one line each."""
    found = []
    if len(results) != cases.count:
        found.append(f"{len(results)} cases were run, and there are {cases.count}")
    for result in results:
        verdict, close = result.behavior.value, result.behavior_close.value
        if verdict not in cases.verdicts or close not in PASSED:
            found.append(
                f"{result.case_id}: {verdict}, {result.result}; close {close}, {result.result_close}"
            )
    return found


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
