"""Writes the protocol down for others: people, validators, the browser client.

    python -m transport.schema json         the JSON Schema
    python -m transport.schema typescript   the wire types of the browser client
    python -m transport.schema docs         writes the tables of docs/protocol.md anew, in place
    python -m transport.schema write        all three, in the files where they are kept

All come from the message classes, the codes and the limits; the same classes give the same text.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from transport.json_schema import json_schema_text
from transport.protocol_page import renewed
from transport.typescript import typescript

ROOT: Final = Path(__file__).parent.parent

KEPT: Final[dict[str, Callable[[], str]]] = {
    "docs/protocol.md": lambda: renewed((ROOT / "docs/protocol.md").read_text(encoding="utf-8")),
    "docs/protocol.schema.json": json_schema_text,
    "web/src/wire.ts": typescript,
}
"""The files in which the protocol is kept, and what has to stand in each."""


def main(arguments: list[str]) -> int:
    match arguments:
        case ["json"]:
            sys.stdout.write(json_schema_text())
        case ["typescript"]:
            sys.stdout.write(typescript())
        case ["docs"]:
            _keep("docs/protocol.md")
        case ["write"]:
            for name in KEPT:
                _keep(name)
        case _:
            sys.stderr.write(__doc__ or "")
            return 2
    return 0


def _keep(name: str) -> None:
    (ROOT / name).write_text(KEPT[name](), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
