"""What turns one document into another.

Members and items that both have are compared further down; strings that begin or end alike become text
edits; everything else is replaced. Items of lists are matched by what they are worth, so that what was only
moved is removed and inserted: a difference does not show what was meant.
"""

from __future__ import annotations

from ot.canonical_json import canonical_json
from ot.difference import common_prefix, common_suffix, differences
from ot.document_type import ABSENT, Json, Operation, Snapshot
from ot.json1.edits import TEXT, Edit, edit_type
from ot.json1.tree import ROOT, Key, Node, new_tree, without_empty, write
from ot.json_values import same_value


def difference(before: Snapshot, after: Snapshot) -> Operation:
    """Return an operation that turns `before` into `after`."""
    comparison = _Comparison()
    comparison.run(before, after)
    return write(without_empty(comparison.tree))


class _Comparison:
    """Writes removes in places of the first document, and inserts and edits in places of the second.

    A pair of values waits with two nodes, its place before and its place after: one and the same as long as
    no list on the way has shifted.
    """

    def __init__(self) -> None:
        self.tree = new_tree()
        self._waiting: list[tuple[Node, Node, Json, Json]] = []

    def run(self, before: Snapshot, after: Snapshot) -> None:
        self._meet((self.tree, ROOT), (self.tree, ROOT), before, after)
        while self._waiting:
            self._compare(*self._waiting.pop())

    def _meet(
        self, place: tuple[Node, Key], place_after: tuple[Node, Key], before: Json, after: Json
    ) -> None:
        """Take a value from its place, put one in its place afterwards, or let the two be compared."""
        (above, key), (above_after, key_after) = place, place_after
        if before is not ABSENT and after is not ABSENT:
            self._waiting.append((above.child(key), above_after.child(key_after), before, after))
        elif before is not ABSENT:
            above.child(key).component["r"] = True
        elif after is not ABSENT:
            above_after.child(key_after).component["i"] = after

    def _compare(self, place: Node, place_after: Node, before: Json, after: Json) -> None:
        if isinstance(before, dict) and isinstance(after, dict):
            for key in before.keys() | after.keys():
                values = before.get(key, ABSENT), after.get(key, ABSENT)
                self._meet((place, key), (place_after, key), *values)
        elif isinstance(before, list) and isinstance(after, list):
            self._compare_items(place, place_after, before, after)
        elif isinstance(before, str) and isinstance(after, str) and _alike(before, after):
            place_after.component.update(Edit(TEXT, edit_type(TEXT).diff(before, after)).members())
        elif not same_value(before, after):
            place.component["r"] = True
            place_after.component["i"] = after

    def _compare_items(self, place: Node, place_after: Node, before: list[Json], after: list[Json]) -> None:
        worth, worth_after = list(map(canonical_json, before)), list(map(canonical_json, after))
        for start, end, after_start, after_end in differences(worth, worth_after):
            for offset in range(max(end - start, after_end - after_start)):
                index, index_after = start + offset, after_start + offset
                value = before[index] if index < end else ABSENT
                value_after = after[index_after] if index_after < after_end else ABSENT
                self._meet((place, index), (place_after, index_after), value, value_after)


def _alike(before: str, after: str) -> bool:
    """Tell whether enough of a string stays that an edit says more than a replacement."""
    shorter = min(len(before), len(after))
    prefix = common_prefix(before, after)
    return 2 * (prefix + common_suffix(before, after, shorter - prefix)) >= max(shorter, 1)
