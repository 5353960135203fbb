"""The committed pages are what their sources give: whoever reads `web/src` reads what is served."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent.parent


def files(folder: Path) -> dict[str, bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_building_the_pages_again_gives_the_same_bytes(tmp_path: Path) -> None:
    subprocess.run(["node", "build.mjs", str(tmp_path / "dist")], cwd=ROOT / "web", check=True)
    built, committed = files(tmp_path / "dist"), files(ROOT / "web" / "dist")
    assert sorted(built) == sorted(committed)
    assert [name for name in built if built[name] != committed[name]] == [], "run 'npm run build' in web/"
