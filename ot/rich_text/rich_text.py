"""Rich text: insert, retain and delete over text with attributes and embeds, in UTF-16 code units.

An operation lists components from the start of the snapshot, in the format of Quill's Delta:

    {"insert": "text", "attributes": {"bold": true}}       text, formatted or not
    {"insert": {"image": "p.png"}}                         an embed: any object, of length 1
    {"retain": 5}                                          keep 5
    {"retain": 5, "attributes": {"bold": true, "color": null}}   keep 5, set bold, clear color
    {"retain": {"note": change}}                           keep an embed, and change it from inside
    {"delete": 5}                                          delete 5

What follows the last component is kept. A document is an operation of inserts alone. Normal form: nothing
empty, neighbours of one kind with equal attributes are joined (embeds never), at one place the insert goes
before the delete, no plain retain at the end, no null attribute in an insert; nothing to do is `[]`. A
delete before an insert is accepted all the same, and normalised.

Laws, for `a` and `b` made on one snapshot `s`, and `c` made after `a`:

    apply(apply(s, a), transform(b, a, "right")) == apply(apply(s, b), transform(a, b, "left"))
    apply(s, compose(a, c)) == apply(apply(s, a), c)
    apply(apply(s, a), invert(a, s)) == s

The sides are the other way round than in the other types, as in the package `rich-text`: at one place the
left insert goes second, and where both set or clear one attribute the left one loses. An insert inside what
the other deletes survives; text inserted into what the other formats is not formatted.

A place between the two halves of an astral character is no place. `apply` and `invert` see the document and
refuse it; `compose` refuses it in what the first operation inserts; `check` and `transform` cannot know.

Not laws: transform over a composition need not equal transform one by one, since a composition forgets on
which side of a deleted text an insert was made. And two people's runs of keys, typed at one place and landing
in turns, may mix: an author's next key goes behind what landed at that place meanwhile. The smallest cases:

    transform(transform(z, [{"delete": 1}], "right"), [{"insert": "b"}], "right") == [{"insert": "z"}]
    transform(z, [{"insert": "b"}, {"delete": 1}], "right") == z == [{"retain": 1}, {"insert": "z"}]
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ot.carry_cost import CarryCost
from ot.document_type import Json, Operation, Side, Snapshot
from ot.errors import InvalidOperation
from ot.rich_text import carrying, composing
from ot.rich_text.applying import applied
from ot.rich_text.attributes import composed as composed_attributes
from ot.rich_text.attributes import inverted, same_attributes
from ot.rich_text.carry_cost import operation_cost
from ot.rich_text.components import Builder, Component, cut_text, is_plain_retain, length_of, with_attributes
from ot.rich_text.difference import document_difference
from ot.rich_text.documents import Reader, require_document
from ot.rich_text.embeds import Embeds, EmbedType, embed_inverted
from ot.rich_text.faults import component_fault, require_component, require_components
from ot.rich_text.growth import document_growth
from ot.rich_text.live_rich_text import LiveRichText
from ot.sides import require_side

NEW_DOCUMENT: Final = ({"insert": "\n"},)
"""As Quill has it: an editor's text ends in a newline, which carries the format of the last line."""


class RichText:
    """Formatted text with embeds: Quill's Delta.

    `embeds` names the kinds of embeds that can be edited from inside; for the type that is registered
    already, add them with `register_embed`. What a kind of embed needs is said in `EmbedType`.
    """

    name = "rich-text"
    joins = True

    def __init__(self, *, embeds: Embeds | None = None) -> None:
        self._embeds: Final = dict(embeds or {})

    def register_embed(self, name: str, embed: EmbedType) -> None:
        """Make a kind of embed editable from inside; call it before any document is open.

        Raises ValueError where the name is taken: another type would read stored edits as something
        that they are not.
        """
        if name in self._embeds:
            raise ValueError(f"an embed type named {name!r} is registered already")
        self._embeds[name] = embed

    def create(self, data: Json = None) -> Snapshot:
        """Return a new document: one newline, or `data` if that is a document in normal form."""
        if data is None:
            return [dict(component) for component in NEW_DOCUMENT]
        document = require_document(data)
        self.check(document)
        return document

    def apply(self, snapshot: Snapshot, op: Operation) -> Snapshot:
        """Return the document after `op`. Cost: its components before the last change are walked over."""
        return applied(require_document(snapshot), op, self._embeds)

    def live(self, snapshot: Snapshot) -> LiveRichText:
        """Return a document that changes in place, at a cost that hardly depends on its length."""
        return LiveRichText(snapshot, self._embeds)

    def growth(self, op: Operation, snapshot: Snapshot, most: int) -> int:
        """Return the most bytes that `op` adds to a document beyond its own; see `ot.growth`."""
        return document_growth(op, require_document(snapshot), self._embeds, most)

    def carry_cost(self, op: Operation) -> CarryCost:
        """Return what carrying `op` costs: with what its attributes take where it falls into pieces."""
        return operation_cost(op, self._embeds)

    def check(self, op: Operation) -> None:
        """Raise InvalidOperation unless `op` is well-formed and in normal form.

        A delete before an insert is let through. An edit inside an embed is checked by its type.
        """
        last: Component | None = None
        for index, component in enumerate(require_components(op)):
            reason = component_fault(component, self._embeds)
            if reason is None and last is not None:
                reason = _neighbour_fault(last, component)
            if reason is not None:
                raise InvalidOperation(reason, component=component, index=index)
            last = component
        if last is not None and is_plain_retain(last):
            reason = "a retain at the end says nothing and has to be left out"
            raise InvalidOperation(reason, component=last, index=len(op) - 1)

    def normalize(self, op: Operation) -> Operation:
        """Return `op` with nothing empty, neighbours joined, inserts before deletes, no retain at the end.

        Raises InvalidOperation where something in it is no component at all.
        """
        result = Builder()
        for index, component in enumerate(require_components(op)):
            if _is_empty(component):
                continue
            normal = _without_empty_attributes(component)
            reason = component_fault(normal, self._embeds)
            if reason is not None:
                raise InvalidOperation(reason, component=component, index=index)
            result.add(normal)
        return result.finished()

    def transform(self, op: Operation, other: Operation, side: Side) -> Operation:
        """Return `op` as it is after `other`; at one place the left insert goes second."""
        if len(op) > 2 or (op and "retain" in op[-1]):  # no keystroke, which would be carried as numbers
            return carrying.transformed(op, other, require_side(side), self._embeds)
        return carrying.carried(op, (other,), require_side(side), self._embeds)

    def carry(self, op: Operation, entries: Iterable[Operation], side: Side) -> Operation:
        """Return `op` transformed over a run of operations, one by one."""
        return carrying.carried(op, entries, require_side(side), self._embeds)

    def compose(self, op: Operation, later: Operation) -> Operation:
        """Return one operation that does `op`, then `later`.

        Raises InvalidOperation where `later` cuts an astral character that `op` inserts.
        """
        return composing.composed(op, later, self._embeds)

    def invert(self, op: Operation, snapshot: Snapshot) -> Operation:
        """Return what undoes `op`; `snapshot` is the one before `op`.

        An attribute that the text did not have is cleared, also where `op` itself only cleared it.
        """
        reader, result = Reader(require_document(snapshot)), Builder()
        for index, component in enumerate(require_components(op)):
            require_component(component, index)
            if "insert" in component:
                result.delete(length_of(component))
                continue
            try:
                pieces = reader.take(length_of(component))
                if is_plain_retain(component):
                    result.retain(component["retain"])
                for piece in pieces if not is_plain_retain(component) else ():
                    result.add(piece if "delete" in component else self._restored(component, piece))
            except InvalidOperation as misfit:
                raise InvalidOperation(str(misfit), component=component, index=index) from None
        return result.finished()

    def transform_position(self, position: Json, op: Operation, side: Side = "left") -> int:
        """Return where `op` moves a position, in code units; one inside a deleted text goes to its start.

        With side left it stays before an insert made at it, with side right it goes behind.
        """
        if type(position) is not int or position < 0:
            reason = f"a position in a rich text is a whole number from 0 on, not {position!r:.60}"
            raise InvalidOperation(reason)
        return carrying.position_after(position, op, behind=require_side(side) == "right")

    def diff(self, before: Snapshot, after: Snapshot) -> Operation:
        """Return an operation that turns `before` into `after`. Embeds that differ are replaced."""
        return document_difference(require_document(before), require_document(after))

    def split(self, op: Operation, size: int) -> list[Operation]:
        """Return parts of at most about `size` characters and components each that compose to `op`.

        They go from front to back: what somebody else types meanwhile at the place of a long insert
        lands before or after it, never in its middle.
        """
        parts, part, position, room = [], Builder(), 0, size
        for component in op:
            if is_plain_retain(component):
                part.retain(component["retain"])
                position += component["retain"]
                continue
            for piece in cut_text(component, room, size):
                if room < 1:
                    parts.append(part.finished())
                    part, room = Builder(), size
                    part.retain(position)
                part.add(piece)
                position += 0 if "delete" in piece else length_of(piece)
                room -= _weight(piece)
        return [*parts, part.finished()]

    def _restored(self, component: Component, piece: Component) -> Component:
        """Return the retain that undoes a format, or an edit inside an embed, of one piece of a document."""
        retain: Json = length_of(piece)
        if type(component["retain"]) is dict:
            retain = embed_inverted(component["retain"], piece["insert"], self._embeds)
        attributes = inverted(component.get("attributes", {}), piece.get("attributes"))
        return with_attributes({"retain": retain}, attributes)


def _neighbour_fault(last: Component, component: Component) -> str | None:
    """Return why one component must not follow another; None where it may."""
    kind = next(iter(component.keys() - {"attributes"}))
    if kind not in last or type(last[kind]) is not type(component[kind]) or type(component[kind]) is dict:
        return None
    if not same_attributes(last.get("attributes"), component.get("attributes")):
        return None
    return f"two {kind}s in a row with equal attributes have to be joined to one"


def _is_empty(component: Json) -> bool:
    """Tell whether a component does nothing, which the normal form leaves out."""
    if type(component) is not dict or len(component) - ("attributes" in component) != 1:
        return False
    amount = component.get("retain", component.get("delete"))
    return component.get("insert") == "" or (type(amount) is int and amount == 0)


def _without_empty_attributes(component: Json) -> Json:
    """Return a component without attributes that say nothing."""
    attributes = component.get("attributes") if type(component) is dict else None
    if type(attributes) is not dict:
        return component
    rest = {name: value for name, value in component.items() if name != "attributes"}
    return with_attributes(rest, composed_attributes(None, attributes, keep_null="insert" not in component))


def _weight(component: Component) -> int:
    """Return the characters of an inserted text; everything else is one component and counts as 1."""
    text = component.get("insert")
    return len(text) if type(text) is str else 1
