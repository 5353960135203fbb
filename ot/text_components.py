"""Reading and building text operations: the two tools that every function of the `text` type shares.

The cursor knows about components that were taken in part, so that no loop over operations has to. The
builder is the one place that joins neighbours, so that results are in normal form by construction.
"""

from __future__ import annotations

from typing import Final, TypeAlias

Amount: TypeAlias = int | str
"""What is deleted: a count of code points, or the text itself."""

Delete: TypeAlias = dict[str, Amount]
Component: TypeAlias = int | str | Delete
"""A skip, an insert or a delete."""


def amount_size(amount: Amount) -> int:
    """Return how many code points a delete takes away."""
    return amount if isinstance(amount, int) else len(amount)


class Cursor:
    """A place in an operation, possibly inside a component. Past the end everything is kept."""

    __slots__ = ("_components", "_index", "_taken")

    def __init__(self, components: list[Component]) -> None:
        self._components: Final = components
        self._index = 0
        self._taken = 0  # code points of the component at the index that went with earlier pieces

    def over_before(self, length: int) -> list[Component]:
        """Take what happens over the next `length` code points of the snapshot before the operation.

        Inserts among them come along whole, one that follows them does not.
        """
        return self._over(length, str)

    def over_after(self, length: int) -> list[Component]:
        """Take what led to the next `length` code points of the snapshot after the operation.

        Deletes among them come along whole, one that follows them does not.
        """
        return self._over(length, dict)

    def insert(self) -> list[Component]:
        """Take the insert that stands here, if one does."""
        if self._index < len(self._components):
            component = self._components[self._index]
            if type(component) is str:
                self._index += 1
                return [component]
        return []

    @property
    def at_end(self) -> bool:
        """Whether only the end of the snapshot is left, which is kept."""
        return self._index == len(self._components)

    def rest(self) -> list[Component]:
        """Return what has not been taken."""
        left = self._components[self._index :]
        if self._taken:
            left[0] = cut(left[0], self._taken, None)
        return left

    def _over(self, length: int, weightless: type) -> list[Component]:
        """Take pieces until `length` is used up; components of the kind `weightless` use up nothing."""
        pieces: list[Component] = []
        components, index, taken = self._components, self._index, self._taken
        while length:
            if index == len(components):
                pieces.append(length)
                break
            component = components[index]
            if type(component) is weightless:
                pieces.append(component)
                index += 1
                continue
            left = amount_size(component["d"] if isinstance(component, dict) else component) - taken
            if left > length:
                pieces.append(cut(component, taken, taken + length))
                taken += length
                break
            pieces.append(cut(component, taken, None) if taken else component)
            length -= left
            index += 1
            taken = 0
        self._index, self._taken = index, taken
        return pieces


def cut(component: Component, start: int, end: int | None) -> Component:
    """Return a part of a component, from code point `start` of it to `end`, None being its own end."""
    match component:
        case int():
            return (component if end is None else end) - start
        case str():
            return component[start:end]
        case {"d": str(text)}:
            return {"d": text[start:end]}
        case {"d": int(count)}:
            return {"d": (count if end is None else end) - start}
    raise AssertionError(f"operations are checked before they get here: {component!r}")


class Builder:
    """An operation in the making. What is added must not be empty."""

    __slots__ = ("_components",)

    def __init__(self) -> None:
        self._components: list[Component] = []

    def add(self, component: Component) -> None:
        """Append a component, joined to its neighbour if that is of the same kind."""
        components = self._components
        if components and type(components[-1]) is type(component):
            components[-1] = _joined(components[-1], component)
        else:
            components.append(component)

    def extend(self, pieces: list[Component]) -> None:
        """Append pieces of one operation in normal form: only the first can have a neighbour to join."""
        if pieces:
            components = self._components
            if components and type(components[-1]) is type(pieces[0]):
                components[-1] = _joined(components[-1], pieces[0])
                components += pieces[1:]
            else:
                components += pieces

    def build(self) -> list[Component]:
        """Return the operation; a skip at its end says nothing and is left out."""
        components = self._components
        if components and type(components[-1]) is int:
            components.pop()
        return components


def _joined(first: Component, second: Component) -> Component:
    """Join two components of one kind. Deletes stay text only if both are text."""
    if not isinstance(first, dict):
        return first + second  # type: ignore[operator]  # of one kind, as the caller has seen
    assert isinstance(second, dict), "only neighbours of one kind are joined"
    amount, further = first["d"], second["d"]
    if isinstance(amount, str) and isinstance(further, str):
        return {"d": amount + further}
    return {"d": amount_size(amount) + amount_size(further)}
