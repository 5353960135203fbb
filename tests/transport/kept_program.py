"""A program with a keeper, to be killed: `python -m tests.transport.kept_program URL FILE [EDIT]`.

Makes the edit, if there is one, prints the text once the server has all, and ends.
"""

from __future__ import annotations

import asyncio
import sys

from transport import FileKeeper, connect


async def main(url: str, path: str, *edits: str) -> None:
    async with connect(url, keeper=FileKeeper(path)) as connection:
        document = await connection.open("notes", doc_type="text")
        for edit in edits:
            document.submit([edit])
        await document.settled()
        print(document.snapshot)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
