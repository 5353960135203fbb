"""Imports point one way: ot <- storage <- transport <- server, and never round.

Read from the source, so that what a type checker alone imports counts as well.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import attrs
import pytest

ROOT: Final = Path(__file__).parent.parent.parent
LAYERS: Final = ("ot", "storage", "transport", "server")
"""Each may import those before it."""
NEVER_IMPORTED: Final = {"tests", "benchmarks"}


@attrs.frozen
class Import:
    """One module that another names in an import."""

    importer: str
    imported: str
    line: int

    def __str__(self) -> str:
        return f"{self.importer}, line {self.line}, imports {self.imported}"


def modules(root: Path) -> dict[str, Path]:
    """Return every module of the layers below `root`, by its dotted name."""
    paths = [path for layer in LAYERS for path in (root / layer).rglob("*.py")]
    paths += [path for layer in LAYERS if (path := root / f"{layer}.py").exists()]
    return {_name(path.relative_to(root)): path for path in paths}


def _name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(root: Path) -> list[Import]:
    """Return every import of the layers below `root`; of `from a import b`, a.b where that is a module."""
    known = modules(root)
    return [found for name, path in sorted(known.items()) for found in _imports_of(name, path, known)]


def _imports_of(name: str, path: Path, known: dict[str, Path]) -> Iterator[Import]:
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        match node:
            case ast.Import(names=names):
                yield from (Import(name, alias.name, node.lineno) for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                source = _absolute(name, path, module, level)
                for alias in names:
                    part = f"{source}.{alias.name}"
                    yield Import(name, part if part in known else source, node.lineno)


def _absolute(name: str, path: Path, module: str | None, level: int) -> str:
    if level == 0:
        assert module is not None
        return module
    package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    kept = package[: len(package) - level + 1]
    return ".".join([*kept, *([module] if module else [])])


def upward(found: list[Import]) -> list[Import]:
    """Return the imports of a layer above the importer's, or of what no layer may import."""
    height = {layer: index for index, layer in enumerate(LAYERS)}

    def goes_up(one: Import) -> bool:
        importer, imported = one.importer.split(".")[0], one.imported.split(".")[0]
        return imported in NEVER_IMPORTED or height.get(imported, -1) > height[importer]

    return [one for one in found if goes_up(one)]


def circle(found: list[Import]) -> list[str]:
    """Return the modules of one circle of imports; nothing if there is none."""
    importers = {one.importer for one in found}
    arrows = {name: {one.imported for one in found if one.importer == name} & importers for name in importers}
    while leaves := {name for name, imported in arrows.items() if not imported}:
        arrows = {name: imported - leaves for name, imported in arrows.items() if name not in leaves}
    return sorted(arrows)


def test_no_import_goes_up() -> None:
    assert [str(one) for one in upward(imports(ROOT))] == []


def test_no_imports_go_round() -> None:
    assert circle(imports(ROOT)) == []


def test_the_core_imports_nothing_but_attrs() -> None:
    allowed = {*sys.stdlib_module_names, "attrs", "ot"}
    forbidden = {"asyncio", "socket", "threading", "time", "random"}  # no I/O, no clock, no chance

    def allowed_in(importer: str) -> set[str]:
        if importer.startswith("ot.testing"):
            return {*allowed, "hypothesis"}
        if importer.startswith("ot.measuring"):
            return allowed - forbidden | {"time", "random"}
        return allowed - forbidden

    core = [one for one in imports(ROOT) if one.importer.split(".")[0] == "ot"]
    assert core
    wrong = [str(one) for one in core if one.imported.split(".")[0] not in allowed_in(one.importer)]
    assert wrong == []


@pytest.mark.parametrize(
    ("layer", "source"),
    [
        ("ot", "import storage"),
        ("ot", "from transport import connect"),
        ("storage", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from transport import room"),
        ("storage", "def late():\n    import server"),
        ("transport", "from tests import suites"),
    ],
)
def test_an_import_that_goes_up_is_found(tmp_path: Path, layer: str, source: str) -> None:
    (tmp_path / layer).mkdir()
    (tmp_path / layer / "module.py").write_text(source)
    assert len(upward(imports(tmp_path))) == 1


def test_imports_that_go_round_are_found(tmp_path: Path) -> None:
    (tmp_path / "ot").mkdir()
    (tmp_path / "ot" / "__init__.py").write_text("from ot.one import x")
    (tmp_path / "ot" / "one.py").write_text("from . import two")
    (tmp_path / "ot" / "two.py").write_text("from .one import x")
    assert circle(imports(tmp_path)) == ["ot", "ot.one", "ot.two"]
