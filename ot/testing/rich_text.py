"""Documents and operations of the type `rich-text`, their results worked out cell by cell.

A cell is one character or one embed, with its attributes. Documents are short and the alphabets small, so
that two operations nearly always meet; among them are values that Python takes for equal and JSON does not.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

import attrs
from hypothesis import strategies as st

from ot.document_type import Json, Operation, Snapshot
from ot.testing.json_equality import same_json
from ot.testing.law import BOTH_SIDES
from ot.testing.made import Made, Move, Operations

Attributes: TypeAlias = dict[str, Json]


class Cell(NamedTuple):
    """One character or embed of a document."""

    content: Json
    attributes: Attributes


BOLD: Final[Attributes] = {"bold": True}
ALPHABET: Final = (
    *(Cell(char, {}) for char in "ab\n😀é\u0301"),
    *(Cell(char, BOLD) for char in "a😀"),
    Cell("a", {"bold": 1, "color": "red"}),
    Cell({"image": "p.png"}, {}),
    Cell({"image": "p.png"}, BOLD),
    Cell("b", {"list": {"depth": 1}}),
)
"""Letters that meet others of their kind, formatted or not, what UTF-16 counts as two, and embeds."""

INSERTED: Final[tuple[tuple[Cell, ...], ...]] = (
    (),
    (),
    (Cell("x", {}),),
    (Cell("x", BOLD),),
    (Cell("x", {}), Cell("y", {})),
    (Cell("😀", {}),),
    (Cell({"image": "q.png"}, {}),),
    (Cell("a", {}), Cell("x", BOLD)),
    (Cell("x", {"list": {"depth": True}}),),
    (Cell({"image": "q.png"}, {}), Cell({"image": "q.png"}, {})),
)
"""What an edit inserts: often nothing, since faults like to hide where one formats and the other inserts."""

FORMATS: Final[tuple[Attributes | None, ...]] = (
    None,  # a delete
    BOLD,
    {"bold": None},
    {"bold": 1},
    {"color": "red", "bold": False},
    {"list": {"depth": 1}},
    {"list": None, "color": ""},
)

PLACES: Final = 16  # of which an edit takes one, modulo those that the document has
LENGTHS: Final = 4  # of a format or delete, from 0 on
MOST_EDITS: Final = 3  # in one operation


@attrs.frozen
class _Change:
    """What happens to one cell."""

    deleted: bool = False
    attributes: Attributes = attrs.field(factory=dict)
    """Set, or cleared where None."""
    edit: Made | None = None
    """What happens inside an embed."""

    @property
    def keeps(self) -> bool:
        """Whether nothing happens at all."""
        return not self.deleted and not self.attributes and self.edit is None


_KEPT: Final = _Change()


@attrs.frozen
class _Plan:
    """What happens at every place of a document. Nothing is inserted right behind a cell that goes."""

    inserts: tuple[tuple[Cell, ...], ...]
    """What comes before each cell, and at the end."""
    changes: tuple[_Change, ...]


def rich_text_documents(
    max_size: int = 6, *, embeds: st.SearchStrategy[Json] | None = None
) -> st.SearchStrategy[Snapshot]:
    """Return a strategy of documents of up to `max_size` characters and embeds, some of them `embeds`."""
    cells: st.SearchStrategy[Cell] = st.sampled_from(ALPHABET)
    if embeds is not None:
        cells |= st.builds(Cell, embeds, st.sampled_from(({}, BOLD)))
    return st.lists(cells, max_size=max_size).map(document_of)


def rich_text_operations(
    document: Snapshot, *, edits: Mapping[str, Operations] | None = None
) -> st.SearchStrategy[Made]:
    """Return a strategy of operations on `document`, in normal form.

    `edits` says for each kind of embed that can be edited how operations inside it are made.
    """
    cells = cells_of(document)
    plans = _EDITS.map(lambda edits: _plan(len(cells), edits))
    if edits is not None:
        plans = plans.flatmap(lambda plan: _with_edits(cells, plan, edits))
    return plans.map(lambda plan: _made(cells, plan))


_EDITS: Final = st.lists(
    st.integers(0, PLACES * LENGTHS * len(FORMATS) * len(INSERTED) - 1), max_size=MOST_EDITS
)
"""An edit is one number and the strategy one for all documents, which Hypothesis draws faster. Smaller
numbers do less, so that failures shrink."""


def _plan(length: int, edits: Sequence[int]) -> _Plan:
    inserts: list[tuple[Cell, ...]] = [()] * (length + 1)
    changes = [_KEPT] * length
    for edit in edits:
        what, place = divmod(edit, PLACES)
        what, size = divmod(what, LENGTHS)
        inserted, format_ = divmod(what, len(FORMATS))
        attributes = FORMATS[format_]
        place %= length + 1
        inserts[place] += INSERTED[inserted]
        for cell in range(place, min(place + size, length)):
            changes[cell] = _Change(deleted=True) if attributes is None else _Change(attributes=attributes)
    return _Plan(tuple(_moved_to_the_front(inserts, changes)), tuple(changes))


def _moved_to_the_front(
    inserts: Sequence[tuple[Cell, ...]], changes: Sequence[_Change]
) -> list[tuple[Cell, ...]]:
    """Move what is inserted inside or behind a deleted run in front of it, as the normal form has it."""
    moved = list(inserts)
    for place in range(len(changes), 0, -1):
        if changes[place - 1].deleted:
            moved[place - 1], moved[place] = moved[place - 1] + moved[place], ()
    return moved


@st.composite
def _with_edits(
    draw: st.DrawFn, cells: Sequence[Cell], plan: _Plan, edits: Mapping[str, Operations]
) -> _Plan:
    """Let some embeds that stay be edited from inside."""
    changes = list(plan.changes)
    for place, cell in enumerate(cells):
        name = next(iter(cell.content))  # of an embed; one character is its own only item
        if name in edits and not changes[place].deleted and draw(st.booleans()):
            edit = draw(edits[name](cell.content[name]))
            changes[place] = attrs.evolve(changes[place], edit=edit)
    return attrs.evolve(plan, changes=tuple(changes))


def every_rich_text_operation(
    document: Snapshot, inserted: Sequence[Json], formats: Sequence[Attributes]
) -> Iterator[Made]:
    """Yield every operation on `document` that inserts nothing or one of `inserted` at each place.

    Those are inserts as in a document. Each character or embed is kept, deleted, or given one of `formats`.
    """
    cells = cells_of(document)
    choices = [(), *(tuple(cells_of([insert])) for insert in inserted)]
    changes = [_KEPT, _Change(deleted=True), *(_Change(attributes=attributes) for attributes in formats)]
    for chosen in itertools.product(changes, repeat=len(cells)):
        free = [choices, *([()] if change.deleted else choices for change in chosen)]
        for inserts in itertools.product(*free):
            yield _made(cells, _Plan(inserts, chosen))


def cells_of(document: Snapshot) -> list[Cell]:
    """Take a document apart."""
    cells = []
    for component in document:
        insert, attributes = component["insert"], component.get("attributes", {})
        cells += [Cell(content, attributes) for content in (insert if isinstance(insert, str) else [insert])]
    return cells


def document_of(cells: Sequence[Cell]) -> Snapshot:
    """Put a document together."""
    return _joined([_carrying({"insert": cell.content}, cell.attributes) for cell in cells])


def changed(cell: Cell, change: Attributes) -> Cell:
    """Return a cell with attributes set, or cleared where None."""
    attributes = cell.attributes | change
    return Cell(cell.content, {name: value for name, value in attributes.items() if value is not None})


def width(content: Json) -> int:
    """Return the length of a character or embed in UTF-16 code units."""
    return 2 if isinstance(content, str) and ord(content) > 0xFFFF else 1


def _made(cells: Sequence[Cell], plan: _Plan) -> Made:
    after: list[Cell] = []
    for cell, inserts, change in zip(cells, plan.inserts, plan.changes, strict=False):
        after += inserts
        if not change.deleted:
            after.append(changed(_edited(cell, change), change.attributes))
    after += plan.inserts[-1]
    return Made(_operation(cells, plan), document_of(after), tuple(_moves(cells, plan)))


def _edited(cell: Cell, change: _Change) -> Cell:
    if change.edit is None:
        return cell
    return Cell(dict.fromkeys(cell.content, change.edit.after), cell.attributes)


def _operation(cells: Sequence[Cell], plan: _Plan) -> Operation:
    """Write a plan as an operation: neighbours of one kind that carry the same become one component."""
    steps: list[dict[str, Json]] = []
    for cell, inserts, change in itertools.zip_longest(cells, plan.inserts, plan.changes):
        steps += [_carrying({"insert": content}, attributes) for content, attributes in inserts]
        if cell is None:
            break
        kind = "delete" if change.deleted else "retain"
        what: Json = width(cell.content)
        if change.edit is not None:
            what = dict.fromkeys(cell.content, change.edit.op)
        steps.append(_carrying({kind: what}, change.attributes))
    joined = _joined(steps)
    if joined and joined[-1].keys() == {"retain"} and isinstance(joined[-1]["retain"], int):
        joined.pop()
    return joined


def _joined(steps: Sequence[dict[str, Json]]) -> list[dict[str, Json]]:
    joined: list[dict[str, Json]] = []
    for step in steps:
        (kind,) = step.keys() - {"attributes"}
        last = joined[-1] if joined else {}
        joins = type(last.get(kind)) is type(step[kind]) is not dict
        if joins and same_json(last.get("attributes"), step.get("attributes")):
            joined[-1] = last | {kind: last[kind] + step[kind]}
        else:
            joined.append(step)
    return joined


def _carrying(component: dict[str, Json], attributes: Attributes) -> dict[str, Json]:
    return component | {"attributes": attributes} if attributes else component


def _moves(cells: Sequence[Cell], plan: _Plan) -> Iterator[Move]:
    """Say where each position goes: count what stands before it afterwards."""
    before = after = 0
    for place in range(len(cells) + 1):
        inserted = sum(width(cell.content) for cell in plan.inserts[place])
        for side in BOTH_SIDES:
            yield Move(before, side, after + (inserted if side == "right" else 0))
        after += inserted
        if place < len(cells):
            before += width(cells[place].content)
            after += 0 if plan.changes[place].deleted else width(cells[place].content)
