"""The repository stands alone: no file points at a machine, a registry or a folder beside it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parent.parent.parent
FOREIGN: Final = {
    "a folder beside the repository": r"\.\./shared\b",
    "somebody's home folder": r"/(?:root|home/\w+|Users/\w+)/",
    "a folder of one machine": r"(?<![\w.])/(?:work|workspace)/\w",
    "a package registry": r"\b(?:pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)/|registry\.yarnpkg)",
    "where a package was fetched from": r'--(?:extra-)?index-url|--find-links|"resolved"\s*:',
}
SPEAKS_OF_THEM: Final = Path(__file__).relative_to(ROOT).as_posix()


def tracked_files() -> list[str]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    return [name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


def foreign_words(text: str) -> list[str]:
    """Return what in a text leads out of the repository, each with its line."""
    return [
        f"line {text.count(chr(10), 0, found.start()) + 1}: {found.group()!r} is {what}"
        for what, pattern in FOREIGN.items()
        for found in re.finditer(pattern, text)
    ]


def test_no_tracked_file_leads_out_of_the_repository() -> None:
    found = []
    for name in tracked_files():
        content = (ROOT / name).read_bytes()
        if name != SPEAKS_OF_THEM and b"\0" not in content:
            found += [f"{name}, {word}" for word in foreign_words(content.decode())]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "see ../shared/design.md",
        f"#!{'/'.join(['', 'root', 'bin', 'python'])}",
        f"cd {'/'.join(['', 'work', 'tree'])}",
        "--index-url https://example.org/simple",
        '"resolved": "https://example.org/x.tgz"',
    ],
)
def test_a_word_that_leads_out_is_found(line: str) -> None:
    assert len(foreign_words(f"first line\n{line}\n")) == 1


def test_the_licence_is_the_whole_apache_licence() -> None:
    text = (ROOT / "LICENSE").read_text()
    assert "Apache License" in text
    assert "9. Accepting Warranty or Additional Liability." in text
    assert "APPENDIX: How to apply the Apache License to your work." in text
