"""Edits inside embeds go through the type that is registered for them, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest

from ot import InvalidOperation, Json, Side
from ot.rich_text import EmbedType, RichText
from ot.text import Text


class Counter:
    """The shortest kind of embed: a number that edits add to."""

    def check(self, op: Json) -> None:
        """Accept whole numbers."""
        if type(op) is not int:
            raise InvalidOperation(f"adds {op!r}")

    def apply(self, snapshot: Json, op: Json) -> Json:
        """Add."""
        return snapshot + op

    def compose(self, op: Json, later: Json) -> Json:
        """Add both."""
        return op + later

    def transform(self, op: Json, other: Json, side: Side) -> Json:
        """Add as much as before."""
        return op

    def invert(self, op: Json, snapshot: Json) -> Json:
        """Take it back."""
        return -op


counter: Final[EmbedType] = Counter()
rich_text: Final = RichText(embeds={"note": Text(), "count": counter})

NOTE: Final = [{"insert": "a"}, {"insert": {"note": "hey"}}]
BOLD: Final = {"bold": True}


def edit(*change: Any, at: int = 1, attributes: Any = None) -> list[dict[str, Any]]:
    component: dict[str, Any] = {"retain": {"note": list(change)}}
    if attributes:
        component["attributes"] = attributes
    return [{"retain": at}, component] if at else [component]


def test_an_edit_changes_the_embed_and_its_attributes() -> None:
    op = edit(3, "!", attributes=BOLD)
    after = [{"insert": "a"}, {"insert": {"note": "hey!"}, "attributes": BOLD}]
    assert rich_text.apply(NOTE, op) == after
    inverse = rich_text.invert(op, NOTE)
    assert inverse == edit(3, {"d": "!"}, attributes={"bold": None})
    assert rich_text.apply(after, inverse) == NOTE
    assert rich_text.apply([{"insert": {"count": 3}}], [{"retain": {"count": 2}}]) == [
        {"insert": {"count": 5}}
    ]


def test_two_edits_of_one_embed_meet_inside_it() -> None:
    a, b = edit("x"), edit("y")
    assert rich_text.transform(a, b, "left") == edit("x")
    assert rich_text.transform(a, b, "right") == edit(1, "x")
    assert rich_text.carry(a, [b, b], "right") == edit(2, "x")


def test_an_edit_of_what_is_deleted_is_gone() -> None:
    assert rich_text.transform(edit("x"), [{"retain": 1}, {"delete": 1}], "left") == []
    assert rich_text.transform([{"retain": 1}, {"delete": 1}], edit("x"), "left") == [
        {"retain": 1},
        {"delete": 1},
    ]


def test_an_edit_that_comes_to_nothing_stays_as_peers_have_it() -> None:
    gone = rich_text.transform(edit({"d": 1}), edit({"d": 1}), "left")
    assert gone == edit()
    rich_text.check(gone)
    assert rich_text.apply(NOTE, gone) == NOTE


def test_a_format_and_an_edit_of_one_embed_are_both_kept() -> None:
    bold = [{"retain": 2, "attributes": BOLD}]
    assert rich_text.transform(edit("x"), bold, "left") == edit("x")
    assert rich_text.transform(bold, edit("x", attributes={"bold": None}), "left") == [
        {"retain": 1, "attributes": BOLD}
    ]
    assert rich_text.compose(bold, edit("x")) == [
        {"retain": 1, "attributes": BOLD},
        {"retain": {"note": ["x"]}, "attributes": BOLD},
    ]


def test_compose_joins_edits_and_edits_what_was_inserted() -> None:
    assert rich_text.compose(edit("x"), edit(1, "y")) == edit("xy")
    assert rich_text.compose([{"insert": {"note": "a"}}], edit(1, "b", at=0)) == [{"insert": {"note": "ab"}}]
    assert rich_text.compose(edit("x"), [{"retain": 1}, {"delete": 1}]) == [{"retain": 1}, {"delete": 1}]


def test_clearing_an_attribute_of_an_edited_embed_still_clears_it() -> None:
    document = [{"insert": {"note": ""}, "attributes": BOLD}]
    first, clear = edit("x", at=0), [{"retain": 1, "attributes": {"bold": None}}]
    composed = rich_text.compose(first, clear)
    assert composed == edit("x", at=0, attributes={"bold": None})
    assert rich_text.apply(document, composed) == [{"insert": {"note": "x"}}]


def test_edits_never_join_with_their_neighbours() -> None:
    op = [{"retain": 1}, *edit("x", at=0), *edit("x", at=0), {"retain": 1}, {"delete": 1}]
    rich_text.check(op)
    assert rich_text.normalize(op) == op
    assert rich_text.compose(op, []) == op
    assert rich_text.split(op, 1) == [
        edit("x", at=1),
        edit("x", at=2),
        [{"retain": 4}, {"delete": 1}],
    ]


@pytest.mark.parametrize(
    ("document", "op", "reason"),
    [
        ([{"insert": "a"}], edit("x", at=0), "edits an embed 'note' where there is text"),
        ([{"insert": {"image": 1}}], edit("x", at=0), "edits an embed 'note' where there is 'image'"),
        (
            [{"insert": {"note": "", "size": 1}}],
            edit("x", at=0),
            "edits an embed 'note' where there is 'note', 'size'",
        ),
        (NOTE, edit(4, "x"), "component 0 (4): skips code points 0 to 4, but the document has 3"),
        (NOTE, edit("x", at=2), "takes code units 2 to 3, but the document has 2"),
    ],
)
def test_an_edit_of_something_else_is_refused(document: Any, op: Any, reason: str) -> None:
    rich_text.check(op)
    calls: list[Callable[[], Any]] = [
        lambda: rich_text.apply(document, op),
        lambda: rich_text.invert(op, document),
    ]
    for call in calls:
        with pytest.raises(InvalidOperation) as refusal:
            call()
        assert reason in str(refusal.value)
        assert refusal.value.component is op[-1]


def test_composing_edits_of_different_embeds_is_refused() -> None:
    for first in (edit("x", at=0), [{"insert": {"note": "x"}}], [{"insert": "x"}]):
        with pytest.raises(InvalidOperation, match="edits an embed 'count' where there is"):
            rich_text.compose(first, [{"retain": {"count": 1}}])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"note": ["x", 1]}, "a skip at the end says nothing"),
        ({"count": True}, "adds True"),
        ({"cell": 1}, "edits an embed 'cell', which is not registered; registered: note, count"),
        ({"note": [1e999]}, "the edit of an embed has inf, which is no JSON number"),
    ],
)
def test_check_asks_the_type_of_the_embed(change: Any, reason: str) -> None:
    with pytest.raises(InvalidOperation) as refusal:
        rich_text.check([{"retain": change}])
    assert reason in str(refusal.value)


def test_embeds_nested_too_deep_are_refused_before_their_type_sees_them() -> None:
    endless = RichText()
    endless.register_embed("cell", endless)
    op: Any = [{"insert": "x"}]
    for _ in range(10_000):
        op = [{"retain": {"cell": op}}]
    with pytest.raises(InvalidOperation, match="more than 64 lists and objects inside one another"):
        endless.check(op)


def test_the_name_of_an_embed_is_taken_once() -> None:
    registered = RichText(embeds={"note": Text()})
    with pytest.raises(ValueError, match="an embed type named 'note' is registered already"):
        registered.register_embed("note", counter)
    registered.register_embed("count", counter)
    registered.check([{"retain": {"count": 1}}])
