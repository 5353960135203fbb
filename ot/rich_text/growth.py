"""By how much an operation makes a rich text larger, beyond its own bytes.

Attributes are written once in an operation, and once in every run that they are set on; and where a run is
cut in two, both halves carry what the run carried. Without a bound, 200 KiB of attributes over 100,000
runs, or 10,000 inserts into one run with as many, would be gigabytes.
"""

from __future__ import annotations

from collections.abc import Iterator

from ot.canonical_json import canonical_json
from ot.document_type import Operation
from ot.growth import growth_beyond_own_bytes
from ot.rich_text.components import Component, insert_length, is_plain_retain
from ot.rich_text.embeds import Embeds

ATTRIBUTES_MEMBER = len('"attributes":,')
RUN = len('{"insert":""},')


class _Runs:
    """The runs of a document from front to back: which one a place is in, and what cutting it costs."""

    __slots__ = ("_cut_bytes", "_following", "left", "run")

    def __init__(self, document: list[Component]) -> None:
        self._following: Iterator[Component] = iter(document)
        self.run: Component = {"insert": ""}
        """The run of the last code unit that was passed."""
        self.left = 0
        """Code units of it that are still to come: 0 between two runs."""
        self._cut_bytes: int | None = None

    def passed(self, length: int) -> int | None:
        """Go on by so many code units; return how many runs they are in, None beyond the end."""
        count = 1 if self.left else 0
        while length > self.left:
            length -= self.left
            run = next(self._following, None)
            if run is None:
                return None
            self.run, self._cut_bytes, count = run, None, count + 1
            self.left = insert_length(run["insert"])
        self.left -= length
        return count

    def cut(self) -> int:
        """Return the bytes that a cut at this place adds: none between two runs."""
        if not self.left:
            return 0
        if self._cut_bytes is None:  # once for each run, however often it is cut
            self._cut_bytes = RUN + _attribute_bytes(self.run)
        return self._cut_bytes


def document_growth(op: Operation, document: list[Component], embeds: Embeds, most: int) -> int:
    """Return the most bytes that `op` adds beyond its own; past `most`, any number above it."""
    runs, added = _Runs(document), 0
    for component in op:
        if added > most:
            break
        if "insert" in component:
            added += runs.cut()
            continue
        if "delete" in component or is_plain_retain(component):
            if runs.passed(component.get("delete") or component["retain"]) is None:
                break
            continue
        before, retain = runs.cut(), component["retain"]
        count = runs.passed(retain if type(retain) is int else 1)
        if count is None:
            break
        added += before + runs.cut() + count * _attribute_bytes(component)
        if type(retain) is dict:
            added += _edit_growth(retain, runs.run["insert"], embeds, most)
    return added


def _attribute_bytes(component: Component) -> int:
    """Return the bytes of the attributes that a run gets from a component; null takes away."""
    attributes = component.get("attributes")
    if attributes is None:
        return 0
    kept = {name: value for name, value in attributes.items() if value is not None}
    return len(canonical_json(kept).encode()) + ATTRIBUTES_MEMBER if kept else 0


def _edit_growth(edit: Component, insert: object, embeds: Embeds, most: int) -> int:
    """Return what an edit inside an embed adds; 0 where `apply` will find another embed, or none."""
    ((name, change),) = edit.items()
    if type(insert) is not dict or name not in insert or name not in embeds:
        return 0
    return growth_beyond_own_bytes(embeds[name], change, insert[name], most)
