"""The benchmark of opening asks for what it says, of a document that it has made itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

import ot
from benchmarks import opening
from benchmarks.__main__ import main
from benchmarks.opening import Past, inserted
from tests.replay.recordings import write_typing


def test_a_past_is_a_chain_of_inserts_into_one_text() -> None:
    past = Past(inserted(200))
    text, document = ot.get_type("text"), ""
    for entry in past.entries:
        text.check(entry.op)
        document = text.apply(document, entry.op)
    assert document == "x" * 200
    assert [entry.revision for entry in past.entries] == list(range(1, 201))
    assert [entry.tag for entry in past.entries] == past.tags[1:]


def test_the_command_opens_and_catches_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(opening, "SIZES", (50, 300))
    monkeypatch.setattr(opening, "BEHIND", (100,))
    monkeypatch.setattr(opening, "TRIES", 2)
    monkeypatch.setattr(opening, "TRACE", write_typing(tmp_path / "typed.json.gz", "typed by hand"))
    done = CliRunner().invoke(main, ["open", "--out", str(tmp_path)], env={"COLUMNS": "200"})
    assert done.exit_code == 0, done.output
    assert "opening a document" in done.output
    assert "catching up" in done.output
    assert "every revision on disk" in done.output
