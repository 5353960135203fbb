"""Compile the core: the same source, made into C by mypyc, in a copy of it.

    COUNTERPOINT_COMPILE=1 pip install .     an installation that has it
    make compiled                            one in build/compiled/, unpacked

What is compiled lies beside its source and is loaded instead of it, so it is never made in a checkout:
there, plain Python is what runs. `ot.COMPILED` tells which of the two it is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT: Final = Path(__file__).parent

NEEDED: Final = ("mypy[mypyc]>=1.15", "attrs>=25.1")
"""What makes C of it, and what the types of the core come from; a C compiler has to be there already."""

MODULES: Final = (
    "ot/canonical_json.py",
    "ot/difference.py",
    "ot/utf16.py",
    *(
        f"ot/json1/{name}.py"
        for name in (
            "applying",
            "carrying",
            "clashes",
            "comparing",
            "composing",
            "edits",
            "faults",
            "growing",
            "inverting",
            "items",
            "json1",
            "merged_places",
            "merging",
            "normal_form",
            "positions",
            "reading",
            "splitting",
            "transforming",
            "tree",
            "values",
        )
    ),
    *(
        f"ot/rich_text/{name}.py"
        for name in (
            "applying",
            "attributes",
            "carrying",
            "components",
            "composing",
            "difference",
            "documents",
            "embeds",
            "faults",
            "growth",
            "live_rich_text",
            "rich_text",
        )
    ),
    *(
        f"ot/text/{name}.py"
        for name in (
            "applying",
            "components",
            "composing",
            "crossing",
            "faults",
            "keystrokes",
            "live_text",
            "positions",
            "runs",
            "scattered",
            "text",
            "transforming",
        )
    ),
)
"""Functions and plain classes over plain values.

Classes of attrs stay outside: compiled, a factory for a default fails at import, and two frozen ones never
compare equal. So do protocols that are asked for at run time, which compiled are none.
"""

DERIVED_FROM: Final = {
    "ot/json1/json1.py": "Json1",
    "ot/rich_text/rich_text.py": "RichText",
    "ot/text/text.py": "Text",
}
"""Classes that users derive types of their own from, which a compiled class has to allow in so many words.

The words are written into the copy, since they come from a package that plain Python does without.
"""

ALLOWING: Final = """
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_extensions import mypyc_attr


@mypyc_attr(allow_interpreted_subclasses=True)
"""

OPTIONS: Final = ("--strict", "--explicit-package-bases", "--config-file=")


def compile_copy(folder: Path) -> list[Path]:
    """Copy the core to `folder`/ot and compile it there; return the libraries.

    Raises CalledProcessError where mypyc or the C compiler fails; they have then said why.
    """
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "ot", folder / "ot", ignore=shutil.ignore_patterns("__pycache__"))
    for module, name in DERIVED_FROM.items():
        path = folder / module
        before, line, after = path.read_text().partition(f"\nclass {name}:")
        assert line, f"{module} has no class {name}"
        path.write_text(before + ALLOWING + line.lstrip("\n") + after)
    command = [sys.executable, "-m", "mypyc", *OPTIONS, *MODULES]
    output = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    if output.returncode != 0:
        print(output.stdout, output.stderr, sep="\n", file=sys.stderr)
        output.check_returncode()
    shutil.rmtree(folder / "build")
    return [path for path in folder.rglob("*") if path.suffix in (".so", ".pyd")]


class CompiledCore(BuildHookInterface[Any]):
    """Puts what is compiled into the wheel, beside its source, where that is asked for."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Return what has to be installed to build the wheel, beside the builder."""
        return [*NEEDED] if self._is_asked_for() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and name to the builder what it has to take in."""
        if not self._is_asked_for():
            return
        for library in compile_copy(self._folder()):
            build_data["force_include"][str(library)] = str(library.relative_to(self._folder()))
        build_data["pure_python"] = False
        build_data["infer_tag"] = True

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the copy."""
        shutil.rmtree(self._folder(), ignore_errors=True)

    def _folder(self) -> Path:
        return Path(self.directory) / "compiling"

    def _is_asked_for(self) -> bool:
        return os.environ.get("COUNTERPOINT_COMPILE", "") not in ("", "0")
