"""The Python examples of README.md and docs/, as they stand there.

A comment before each fenced block says how it is run, `<!-- runs: … -->`:

    alone            to its end, with exit code 0
    with a server    the same, while a new server listens on port 8080
    as a server      until its `/sync` greets a client, then it is stopped

`<!-- file: name.py -->` instead makes a block a file, beside all examples that follow on its page; and a
fenced block under `<!-- prints -->` is what the block before it prints. No example may go
without: the reader will run it. Port 8080 alone is replaced, by one that is free.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import attrs

ROOT: Final = Path(__file__).parent.parent.parent
PAGES: Final = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
WAYS: Final = ("alone", "with a server", "as a server")

BLOCK: Final = re.compile(
    r"(?:<!-- (?P<mark>[^>]*?) -->\n+)?^```(?P<language>\w*)[^\n]*\n(?P<code>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@attrs.frozen
class Example:
    """One Python block, how it is run, and what it should print if the page says so."""

    page: str
    line: int
    way: str | None
    code: str
    prints: str | None = None
    files: tuple[tuple[str, str], ...] = ()
    """Files that stand beside it, by name."""

    @property
    def name(self) -> str:
        return f"{self.page}:{self.line}"


def examples(page: Path) -> list[Example]:
    """Return the Python blocks of a page in order."""
    text = page.read_text()
    found: list[Example] = []
    files: dict[str, str] = {}
    for block in BLOCK.finditer(text):
        mark = block["mark"] or ""
        if mark == "prints":
            assert found, f"{page.name} shows what is printed, but no example before it"
            found[-1] = attrs.evolve(found[-1], prints=block["code"])
        elif mark.startswith("file: "):
            files[mark.removeprefix("file: ")] = block["code"]
        elif block["language"] == "python":
            line = text.count("\n", 0, block.start("code")) + 1
            way = mark.removeprefix("runs: ") if mark.startswith("runs: ") else None
            found.append(Example(page.name, line, way, block["code"], files=tuple(files.items())))
    unused = files.keys() - {name for example in found for name, _ in example.files}
    assert not unused, f"{page.name}: no example follows {', '.join(unused)}"
    return found


def all_examples() -> list[Example]:
    return [example for page in PAGES for example in examples(page)]
