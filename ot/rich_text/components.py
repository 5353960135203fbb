"""The parts of rich-text operations: what they measure, and the builder that joins them.

The builder is the one place that writes an operation or a document, so that results are in normal form by
construction. Components that come in are never changed, but they may stand in the result as they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Final, TypeAlias

from ot.document_type import Json
from ot.rich_text.attributes import Attributes, same_attributes
from ot.utf16 import units

Component: TypeAlias = dict[str, Json]
"""An insert, a retain or a delete."""


END: Final[Component] = {"retain": 2**60}
"""What stands behind the last component: everything else is kept."""


def insert_length(insert: Json) -> int:
    """Return the length of what is inserted, in code units: an embed has length 1."""
    return units(insert) if type(insert) is str else 1


def length_of(component: Component) -> int:
    """Return how much of a document a component inserts, retains or deletes."""
    if "insert" in component:
        return insert_length(component["insert"])
    amount = component["delete"] if "delete" in component else component["retain"]
    return amount if type(amount) is int else 1


def extent(component: Component) -> int | None:
    """Return how much of the document before it a component takes up; None for an insert."""
    amount = component.get("delete") or component.get("retain")
    return 1 if type(amount) is dict else amount


def with_attributes(component: Component, attributes: Attributes | None) -> Component:
    """Return an unformatted component, carrying `attributes`."""
    if attributes is not None:
        component["attributes"] = attributes
    return component


def is_plain_retain(component: Component) -> bool:
    """Tell whether a component leaves what it keeps as it is."""
    return len(component) == 1 and type(component.get("retain")) is int


def shortened(component: Component, length: Json) -> Component:
    """Return a retain or a delete of as much; an insert or an edit inside an embed stays as it is."""
    for kind in ("delete", "retain"):
        if type(component.get(kind)) is int and component[kind] != length:
            return component | {kind: length}
    return component


def cut_text(component: Component, first: int, size: int) -> list[Component]:
    """Cut an inserted text into one part of `first` characters, where that is any, and others of `size`."""
    text = component.get("insert")
    if type(text) is not str:
        return [component]
    end = first if first > 0 else size
    cuts = [0, *range(end, len(text), size), len(text)]
    attributes = component.get("attributes")
    return [with_attributes({"insert": text[a:b]}, attributes) for a, b in pairwise(cuts)]


class Builder:
    """An operation in the making, in normal form. What is added must not be empty.

    At one place inserts go before the delete, whatever the order in which they are added: a delete is
    held back until something is retained. `retained` and `deleted` are never both above zero.
    """

    __slots__ = ("_joined", "components", "deleted", "retained")

    def __init__(self) -> None:
        self.components: list[Component] = []
        """What is written so far."""
        self.retained = 0
        """The plain retain that comes next, if anything does: one at the end is never written."""
        self.deleted = 0
        """The delete that comes next, after what is still inserted at this place."""
        self._joined: list[int] | None = None
        """Where inserts are held as lists of texts: joining each as it comes would cost the square."""

    def retain(self, length: int) -> None:
        """Keep as much as it is."""
        if self.deleted:
            self.components.append({"delete": self.deleted})
            self.deleted = 0
        self.retained += length

    def delete(self, length: int) -> None:
        """Delete as much."""
        if self.retained:
            self.components.append({"retain": self.retained})
            self.retained = 0
        self.deleted += length

    def insert(self, component: Component) -> None:
        """Append an insert, joined to the text before it if that carries the same."""
        components = self.components
        if self.retained:
            components.append({"retain": self.retained})
            self.retained = 0
        elif components and "insert" in components[-1] and type(component["insert"]) is str:
            last = components[-1]
            if type(last["insert"]) is not dict and same_attributes(
                last.get("attributes"), component.get("attributes")
            ):
                self._join(last, component["insert"])
                return
        components.append(component)

    def format(self, component: Component) -> None:
        """Append a retain that is more than to keep what is there: with attributes, or inside an embed."""
        components = self.components
        if self.retained:
            components.append({"retain": self.retained})
            self.retained = 0
        elif self.deleted:
            components.append({"delete": self.deleted})
            self.deleted = 0
        elif components and type(component["retain"]) is int:
            last = components[-1]
            if type(last.get("retain")) is int and same_attributes(
                last.get("attributes"), component["attributes"]
            ):
                components[-1] = last | {"retain": last["retain"] + component["retain"]}
                return
        components.append(component)

    def add(self, component: Component) -> None:
        """Append any component."""
        if "insert" in component:
            self.insert(component)
        elif "delete" in component:
            self.delete(component["delete"])
        elif len(component) == 1 and type(component["retain"]) is int:
            self.retain(component["retain"])
        else:
            self.format(component)

    def add_rest(self, component: Component, left: Json, following: Iterable[Component]) -> None:
        """Append the rest of an operation: of one component as much as is left, then all that follow.

        An insert or an edit inside an embed is there as a whole, whatever `left` is.
        """
        self.add(shortened(component, left))
        for component in following:
            self.add(component)

    def extend(self, components: list[Component]) -> None:
        """Append inserts that are in normal form among themselves, as those of a document are."""
        if components:
            self.insert(components[0])
            self.components += components[1:]

    def finished(self) -> list[Component]:
        """Return what was made. The builder must not be used any more."""
        for index in self._joined or ():
            component = self.components[index]
            component["insert"] = "".join(component["insert"])
        if self.deleted:
            self.components.append({"delete": self.deleted})
        return self.components

    def _join(self, last: Component, text: str) -> None:
        if type(last["insert"]) is list:
            last["insert"].append(text)
        else:
            self._joined = self._joined or []
            self._joined.append(len(self.components) - 1)
            self.components[-1] = last | {"insert": [last["insert"], text]}
