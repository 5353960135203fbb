"""Writes the protocol down for others.

python -m transport.schema json         the JSON Schema
python -m transport.schema typescript   the TypeScript of the browser client
python -m transport.schema write        puts them where they are kept
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from transport.typescript import typescript

ROOT: Final = Path(__file__).parent.parent

FILES: Final[dict[str, Callable[[], str]]] = {
    "web/src/wire.ts": typescript,
}


def main(arguments: list[str]) -> int:
    match arguments:
        case ["typescript"]:
            sys.stdout.write(typescript())
        case ["write"]:
            for name, text in FILES.items():
                path = ROOT / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text(), encoding="utf-8")
        case _:
            sys.stderr.write(__doc__ or "")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
