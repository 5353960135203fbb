"""The packages that Counterpoint is measured beside, each installed into a scratch directory of its own.

Nothing of them is in the project's own environment. What is there already in the version named is kept, so
that only the first run needs a network.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol, TypeVar

import attrs

from benchmarks.tables import Table

ROOT: Final = Path(__file__).parent.parent.parent
SCRATCH: Final = ROOT / "build" / "peers"
COMPILED: Final = ROOT / "build" / "compiled"
WORKER: Final = "benchmarks.peers.worker"

PATIENCE: Final = 300.0  # seconds for one package: a registry that takes longer is as good as none


class NotInstalled(Exception):
    """A package that cannot be had, and why."""


@attrs.frozen
class Contestant:
    """Somebody who does the work: a process that loads one implementation."""

    name: str
    adapter: str
    """How the worker calls it."""
    package: str = ""
    """With its version, as its registry has it; nothing for Counterpoint itself."""
    is_npm: bool = False
    compiled: bool = False
    """Whether this is Counterpoint with its core compiled."""

    def command(self) -> list[str]:
        """Return what starts the process, once all is installed."""
        if self.is_npm:
            return ["node", str(Path(__file__).parent / "worker.mjs"), self.adapter, str(self.folder())]
        return [sys.executable, "-m", WORKER, self.adapter]

    def environment(self) -> dict[str, str]:
        """Return the environment of the process: what it loads comes first on its path."""
        first = [COMPILED] if self.compiled else [self.folder()] if self.package else []
        return {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, [*first, ROOT]))}

    def folder(self) -> Path:
        """Return where its package is, or is going to be."""
        return folder_of(self.package)

    def install(self) -> None:
        """Raise NotInstalled if that cannot be done."""
        if self.compiled and not (COMPILED / "ot").is_dir():
            raise NotInstalled("`make compiled` makes it")
        if self.package:
            install(self.package, self.folder(), is_npm=self.is_npm)


def folder_of(packages: str) -> Path:
    """Return where packages are, or are going to be; it is named for the first."""
    return SCRATCH / re.sub(r"[@/=]+", "-", packages.split()[0]).strip("-")


def install(packages: str, folder: Path, *, is_npm: bool) -> None:
    """Install packages, if they are not there; raise NotInstalled if that cannot be done.

    They are named with their versions, with spaces between.
    """
    if is_npm and shutil.which("node") is None:
        raise NotInstalled("there is no Node")
    if folder.is_dir():
        return
    partial = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        subprocess.run(
            _installation(packages.split(), partial, is_npm),
            check=True,
            capture_output=True,
            timeout=PATIENCE,
        )
    except (OSError, subprocess.SubprocessError) as error:
        said = (getattr(error, "stderr", None) or b"").decode(errors="replace").strip()
        raise NotInstalled(said.splitlines()[-1] if said else str(error)) from error
    partial.rename(folder)


def _installation(packages: list[str], folder: Path, is_npm: bool) -> list[str]:
    if is_npm:
        (folder / "package.json").write_text(json.dumps({"private": True}))
        options = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        return ["npm", "install", *options, "--prefix", str(folder), *packages]
    options = ["--disable-pip-version-check", "--quiet", "--only-binary", ":all:"]
    options += ["--no-binary", "diff-match-patch"]  # the version that quill-delta wants is no wheel
    return [sys.executable, "-m", "pip", "install", *options, "--target", str(folder), *packages]


class Installable(Protocol):
    """Somebody who has to be installed first."""

    @property
    def name(self) -> str: ...

    def install(self) -> None:
        """Raise NotInstalled if that cannot be done."""


Candidate = TypeVar("Candidate", bound=Installable)


def installed(candidates: Sequence[Candidate]) -> tuple[list[Candidate], list[Table]]:
    """Return who can be measured, and a table of those who cannot with the reason, if there are any."""
    present: list[Candidate] = []
    missing: list[tuple[str, tuple[str]]] = []
    for candidate in candidates:
        try:
            candidate.install()
        except NotInstalled as reason:
            missing.append((candidate.name, (str(reason),)))
        else:
            present.append(candidate)
    if not missing:
        return present, []
    how = "What could not be installed, and why."
    return present, [Table("Not measured", how, ("because",), tuple(missing))]


CONTESTANTS: Final = (
    Contestant("Counterpoint", "counterpoint"),
    Contestant("Counterpoint, compiled", "counterpoint", compiled=True),
    Contestant("str, sliced", "slicing"),
    Contestant("python-ottype, compiled", "ottype-compiled", "python-ottype==25.7.0"),
    Contestant("python-ottype, pure", "ottype-pure", "python-ottype==25.7.0"),
    Contestant("ot-text-unicode, V8", "ot-text-unicode", "ot-text-unicode@4.0.0", is_npm=True),
    Contestant("ot.js, V8", "ot", "ot@0.0.15", is_npm=True),
    Contestant("quill-delta, Python port", "delta-port", "quill-delta==1.0.3"),
    Contestant("quill-delta, V8", "quill-delta", "quill-delta@5.1.0", is_npm=True),
    Contestant("Yjs, V8", "yjs", "yjs@13.6.33", is_npm=True),
    Contestant("loro, Rust", "loro", "loro==1.17.1"),
    Contestant("pycrdt, Rust", "pycrdt", "pycrdt==0.14.13"),
)
