"""`every_pair` counts what it tries, tells which pairs disagree, and compares with what they should make."""

from __future__ import annotations

from functools import partial

from ot.testing import Made, every_pair, every_text_operation
from ot.text import Text
from tests.ot.museum.text_faults import TieBrokenByNothing, TieBrokenByTheText
from tests.ot.plain_text import merged, places

operations = partial(every_text_operation, inserted=["x"])


def together(document: str, left: Made, right: Made) -> str:
    return merged(document, places(left.op, len(document)), places(right.op, len(document)))


def test_all_pairs_of_one_document_are_tried() -> None:
    pairs = every_pair(Text(), ["a"], operations, merged=together)
    assert (pairs.tried, pairs.faults) == (len(list(operations("a"))) ** 2, ())


def test_a_pair_meets_where_one_operation_changes_the_other() -> None:
    front, back = Made(["x"], "xab"), Made([1, {"d": 1}], "a")
    assert every_pair(Text(), ["ab"], lambda _: [front], lambda _: [back]).met == 1
    assert every_pair(Text(), ["ab"], lambda _: [Made([], "ab")], lambda _: [back]).met == 0


def test_a_disagreement_is_told_with_its_document_and_both_operations() -> None:
    pairs = every_pair(TieBrokenByNothing(), [""], operations, partial(every_text_operation, inserted=["y"]))
    assert pairs.faults == (
        "on '', ['x'] (left) and ['y'] (right): the first one first gives 'yx', the other way round 'xy'",
    )


def test_both_ways_agreeing_on_the_wrong_document_is_a_fault() -> None:
    others = partial(every_text_operation, inserted=["w"])
    assert every_pair(TieBrokenByTheText(), [""], operations, others).faults == ()
    pairs = every_pair(TieBrokenByTheText(), [""], operations, others, merged=together)
    assert pairs.faults == ("on '', ['x'] (left) and ['w'] (right): both ways give 'wx', not 'xw'",)
