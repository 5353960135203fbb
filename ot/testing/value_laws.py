"""The laws of operations as values: plain JSON in normal form, never mutated, and refused where wrong."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Iterator
from typing import Final, TypeAlias

from ot.document_type import DocumentType, Json, Operation, Snapshot
from ot.errors import InvalidOperation
from ot.testing.json_equality import same_json
from ot.testing.law import Law, LawBroken, expect, results
from ot.testing.scenario import Scenario

Path: TypeAlias = tuple[int | str, ...]

NO_JSON: Final[tuple[Json, ...]] = (math.nan, math.inf, -math.inf, "\ud83d")
"""No JSON numbers, and half of a character."""

ODD: Final[tuple[Json, ...]] = (None, True, -1, 0, 0.5, 2**70, "", "?", [], {})
"""JSON that belongs hardly anywhere in an operation."""


def results_are_in_normal_form(doc_type: DocumentType, scenario: Scenario) -> None:
    """`check` accepts what every function returns, and `normalize` changes nothing about it."""
    for what, op in results(doc_type, scenario):
        try:
            doc_type.check(op)
        except InvalidOperation as refusal:
            raise LawBroken(f"{what} is {op!r}, which check refuses: {refusal}") from None
        expect(f"normalize({what})", doc_type.normalize(op), op)


def arguments_are_never_mutated(doc_type: DocumentType, scenario: Scenario) -> None:
    """Documents and operations are what they were after every function has seen them."""
    before = copy.deepcopy(scenario).values()
    results(doc_type, scenario)
    doc_type.apply(scenario.document, scenario.a.op)
    doc_type.check(scenario.a.op)
    for move in scenario.a.moves:
        doc_type.transform_position(move.position, scenario.a.op, move.side)
    for name, value in scenario.values().items():
        expect(f"after all functions, {name}", value, before[name])


def the_same_again_gives_the_same(doc_type: DocumentType, scenario: Scenario) -> None:
    """A type remembers nothing between calls and throws no dice."""
    firsts = copy.deepcopy(results(doc_type, scenario))
    for (what, first), (_, again) in zip(firsts, results(doc_type, scenario), strict=True):
        expect(f"{what}, asked for again,", again, first)


def operations_survive_json(doc_type: DocumentType, scenario: Scenario) -> None:
    """What every function returns is plain JSON and comes back equal."""
    for what, op in results(doc_type, scenario):
        read_again = json.loads(json.dumps(op, allow_nan=False))
        expect(f"{what}, written as JSON and read again,", read_again, op)


def a_boolean_is_no_number(doc_type: DocumentType, scenario: Scenario) -> None:
    """`true` in the place of a 1, and `false` in that of a 0, is refused or means something else.

    In Python `True == 1`, in JavaScript not: a type that takes one for the other drifts from its peers.
    A place where anything at all may stand, since it means nothing, does not count.
    """
    document, a = scenario.document, scenario.a
    for path, number in list(leaves(a.op)):
        if type(number) in (int, float) and number in (0, 1):
            mistaken = replaced(a.op, path, bool(number))
            other = replaced(a.op, path, "?")
            if _leads_to(doc_type, document, mistaken, a.after) and not _leads_to(
                doc_type, document, other, a.after
            ):
                raise LawBroken(f"apply takes {bool(number)} for {number} in {mistaken!r}")


def what_is_no_json_is_refused(doc_type: DocumentType, scenario: Scenario) -> None:
    """NaN, infinities and lone surrogates anywhere in an operation are refused by `check`."""
    for path, _ in list(leaves(scenario.a.op)):
        for value in NO_JSON:
            op = replaced(scenario.a.op, path, value)
            if _accepted(doc_type, op):
                raise LawBroken(f"check accepts {value!r} in {op!r}")


def misfits_are_refused_in_an_orderly_way(doc_type: DocumentType, scenario: Scenario) -> None:
    """Whatever JSON they are given, `check` and `apply` raise InvalidOperation or nothing.

    A room refuses a submission for InvalidOperation alone: any other error would end the session.
    """
    ops = [scenario.a.op, scenario.b_next.op]
    ops += [replaced(scenario.a.op, path, value) for path, _ in leaves(scenario.a.op) for value in ODD]
    for op in ops:
        if _accepted(doc_type, op):
            _applied(doc_type, scenario.document, op)
            _applied(doc_type, scenario.a_next.after, op)


def leaves(value: Json, path: Path = ()) -> Iterator[tuple[Path, Json]]:
    """Yield the values in a JSON value that hold no others, with the way there."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield from leaves(member, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))
    else:
        yield path, value


def replaced(value: Json, path: Path, leaf: Json) -> Json:
    """Return a copy of a JSON value with one value in it replaced."""
    if not path:
        return leaf
    result = copy.copy(value)
    result[path[0]] = replaced(value[path[0]], path[1:], leaf)
    return result


def _accepted(doc_type: DocumentType, op: Operation) -> bool:
    try:
        doc_type.check(op)
    except InvalidOperation:
        return False
    return True


def _applied(doc_type: DocumentType, document: Snapshot, op: Operation) -> tuple[Snapshot, ...]:
    """Return the document after an operation, nothing where it is refused."""
    try:
        return (doc_type.apply(document, op),)
    except InvalidOperation:
        return ()


def _leads_to(doc_type: DocumentType, document: Snapshot, op: Operation, after: Snapshot) -> bool:
    """Tell whether an operation, well-formed or not, is accepted and makes one document of another."""
    if not _accepted(doc_type, op):
        return False
    return any(same_json(reached, after) for reached in _applied(doc_type, document, op))


LAWS: Final[tuple[Law, ...]] = (
    results_are_in_normal_form,
    arguments_are_never_mutated,
    the_same_again_gives_the_same,
    operations_survive_json,
    a_boolean_is_no_number,
    what_is_no_json_is_refused,
    misfits_are_refused_in_an_orderly_way,
)
