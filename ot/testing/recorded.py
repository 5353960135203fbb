"""A document type that writes down how it is called, by the names that a story gives to values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Any, Final

import attrs

from ot.composition import ComposesMany
from ot.document_type import DocumentType, Json, Operation, Side, Snapshot
from ot.errors import InvalidOperation


@attrs.define
class Call:
    """One call: as code, and what came of it."""

    number: int
    code: str
    result: str = ""
    raised: Exception | None = None

    @property
    def name(self) -> str:
        """How later calls speak of its result."""
        return f"step_{self.number}"


@attrs.define
class Names:
    """Which objects have names. Scalars have none: where a 1 comes from can't be told."""

    used: set[str] = attrs.field(factory=set)
    _names: dict[int, str] = attrs.field(factory=dict)
    _kept: list[Json] = attrs.field(factory=list)
    """The objects themselves, so that no other gets the identity of one."""

    def give(self, name: str, value: Json) -> None:
        """Call an object by a name from here on, unless it has one."""
        if not _is_plain(value):
            self._names.setdefault(id(value), name)
            self._kept.append(value)

    def code(self, value: Json) -> str:
        """Write a value as code: by its name, or by the names of what is in it, or as it is."""
        name = self._names.get(id(value))
        if name is not None:
            self.used.add(name)
            return name
        if type(value) is list:
            return f"[{', '.join(map(self.code, value))}]"
        return repr(value)


def _is_plain(value: Json) -> bool:
    return value is None or isinstance(value, (bool, int, float)) or (type(value) is str and len(value) < 2)


@attrs.define
class Recorded:
    """A document type around another, the same but for the record."""

    doc_type: DocumentType
    names: Names
    calls: list[Call] = attrs.field(factory=list)

    @classmethod
    def knowing(cls, doc_type: DocumentType, values: Mapping[str, Json]) -> Recorded:
        """Return a record in which some values have names."""
        names: Final = Names()
        for name, value in values.items():
            names.give(name, value)
        return cls(doc_type, names)

    def _called(self, function: str, *arguments: Json) -> Any:
        code = f"{function}({', '.join(map(self.names.code, arguments))})"
        call = Call(len(self.calls) + 1, code)
        self.calls.append(call)
        try:
            result = getattr(self.doc_type, function)(*arguments)
        except Exception as error:
            call.raised = error
            raise
        call.result = repr(result)
        if function != "check":
            self._name(call, result)
        return result

    def _name(self, call: Call, result: Json) -> None:
        if isinstance(result, tuple) or call.code.startswith("split("):
            for index, part in enumerate(result):
                self.names.give(f"{call.name}[{index}]", part)
        self.names.give(call.name, result)

    @property
    def name(self) -> str:
        """That of the type inside."""
        return self.doc_type.name

    @property
    def joins(self) -> bool:
        """That of the type inside."""
        return self.doc_type.joins

    def create(self, data: Json = None) -> Snapshot:
        """Call and write down, as all that follow."""
        return self._called("create", data)

    def apply(self, snapshot: Snapshot, op: Operation) -> Snapshot:
        return self._called("apply", snapshot, op)

    def check(self, op: Operation) -> None:
        self._called("check", op)

    def normalize(self, op: Operation) -> Operation:
        return self._called("normalize", op)

    def transform(self, op: Operation, other: Operation, side: Side) -> Operation:
        return self._called("transform", op, other, side)

    def carry(self, op: Operation, entries: Iterable[Operation], side: Side) -> Operation:
        return self._called("carry", op, list(entries), side)

    def compose(self, op: Operation, later: Operation) -> Operation:
        return self._called("compose", op, later)

    def invert(self, op: Operation, snapshot: Snapshot) -> Operation:
        return self._called("invert", op, snapshot)

    def transform_position(self, position: Json, op: Operation, side: Side = "left") -> Json:
        return self._called("transform_position", position, op, side)

    def diff(self, before: Snapshot, after: Snapshot) -> Operation:
        return self._called("diff", before, after)

    def split(self, op: Operation, size: int) -> list[Operation]:
        parts: list[Operation] = self._called("split", op, size)
        return parts

    def cross(self, own: Operation, theirs: Operation) -> tuple[Operation, Operation]:
        """Cross by the type's own function; where it has none, by what it stands for."""
        if not hasattr(self.doc_type, "cross"):
            return self.transform(own, theirs, "left"), self.transform(theirs, own, "right")
        both: tuple[Operation, Operation] = self._called("cross", own, theirs)
        return both

    def compose_all(self, ops: Sequence[Operation]) -> Operation:
        """Compose by the type's own function; where it has none, by what it stands for."""
        if not isinstance(self.doc_type, ComposesMany):
            return reduce(self.compose, ops)
        return self._called("compose_all", list(ops))


def refused_on_the_way(call: Call) -> bool:
    """Tell whether a call raised what a law is content with."""
    return isinstance(call.raised, InvalidOperation)
