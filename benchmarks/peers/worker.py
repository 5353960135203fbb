"""The process of one Python contestant: it reads jobs as JSON, one a line, and answers with what they took.

    python -m benchmarks.peers.worker ADAPTER

A job names the kind of work, a file with the cases, and the least seconds that a round takes; the answer
says how much processor time the work took each time, and a digest of what it led to.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from pathlib import Path
from typing import Any

import ot
from benchmarks.peers.adapters import ADAPTERS, Adapter, Run


def main(name: str) -> None:
    """Answer jobs until there are none; the first line says which kinds of work there are."""
    adapters = ADAPTERS[name]()
    print(json.dumps({"kinds": sorted(adapters), "compiled": ot.COMPILED}), flush=True)
    prepared: dict[str, Run] = {}
    for line in sys.stdin:
        print(json.dumps(answer(adapters, json.loads(line), prepared)), flush=True)


def answer(adapters: dict[str, Adapter], job: dict[str, Any], prepared: dict[str, Run]) -> dict[str, Any]:
    """Do a job for at least as long as it says; cases are read and prepared once."""
    run = prepared.get(job["cases"])
    if run is None:
        run = adapters[job["kind"]](json.loads(Path(job["cases"]).read_text()))
        prepared[job["cases"]] = run
    times, result = 0, None
    started = time.process_time()
    while True:
        result = run()
        times += 1
        seconds = time.process_time() - started
        if seconds >= job["seconds"]:
            return {"seconds": seconds / times, "result": digest(result)}


def digest(result: object) -> str | None:
    """Return what a result can be compared by with those of other languages."""
    if isinstance(result, str):
        return hashlib.sha256(result.encode()).hexdigest()
    return None if result is None else str(result)


if __name__ == "__main__":
    main(sys.argv[1])
