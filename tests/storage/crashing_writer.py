"""Append to many documents at once, for ever, and print what was acknowledged: to be killed."""

from __future__ import annotations

import asyncio
import sys

from storage import SQLiteStore
from storage.testing import Script


async def room(store: SQLiteStore, doc: str) -> None:
    """Take a document up where it is and go on."""
    script = Script(doc, epoch=f"epoch of {doc}")
    await script.begin(store)
    outcomes = await store.outcomes(doc, ["bob"])
    script.outcomes.update(outcomes)
    for entry in await store.entries(doc, after=0):
        script.lands(entry.client, entry.op)
    script.step()
    while True:
        await script.lands("ann", [f"{doc} {script.revision + 1}"]).refused("bob").tell(store)
        print(doc, script.revision, flush=True)


async def main(path: str, rooms: int) -> None:
    store = SQLiteStore(path)
    await store.start()
    await asyncio.gather(*(room(store, f"doc-{n}") for n in range(rooms)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
