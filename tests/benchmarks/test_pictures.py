"""The pictures in README.md and docs/ are those of the runs that are kept, and read without their page."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner

from benchmarks import pictures
from benchmarks.__main__ import main
from benchmarks.pictures import FOLDER, PICTURES, Picture

ROOT: Final = Path(__file__).parent.parent.parent
PAGES: Final = (ROOT / "README.md", ROOT / "docs" / "performance.md")


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_a_picture_is_what_is_drawn_of_the_run_that_is_kept(picture: Picture) -> None:
    assert (FOLDER / f"{picture.name}.svg").read_text(encoding="utf-8") == picture.svg()


def test_every_picture_stands_on_a_page_and_no_other_does() -> None:
    shown = {name for page in PAGES for name in re.findall(r"images/([\w-]+)\.svg\)", page.read_text())}
    assert shown == {picture.name for picture in PICTURES}


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_a_picture_fetches_nothing_and_has_a_ground_for_light_and_for_dark(picture: Picture) -> None:
    drawn = picture.svg()
    assert ET.fromstring(drawn).get("aria-label") == picture.title
    assert not re.findall(r"href|<script|@import|url\(", drawn)
    assert 'class="ground"' in drawn
    assert drawn.count("--ground: ") == 2
    assert len(drawn) < 20_000


def test_the_command_writes_all_of_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pictures, "FOLDER", tmp_path)
    assert CliRunner().invoke(main, ["draw"]).exit_code == 0
    assert {path.stem for path in tmp_path.iterdir()} == {picture.name for picture in PICTURES}


def test_a_table_that_no_run_has_is_named() -> None:
    with pytest.raises(LookupError, match=r"merge\.json has no table 'nothing'"):
        Picture("x", "merge", "nothing", "x", "x").svg()
