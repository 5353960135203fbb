"""A document after an operation, and with it everything that may be wrong about an operation on one."""

from __future__ import annotations

from ot.document_type import Json
from ot.errors import InvalidOperation
from ot.rich_text.components import Builder, Component, is_plain_retain, length_of
from ot.rich_text.composing import formatted_pieces
from ot.rich_text.documents import Reader
from ot.rich_text.embeds import Embeds
from ot.rich_text.faults import require_component, require_components


def applied(document: list[Component], op: Json, embeds: Embeds) -> list[Component]:
    """Return the document after `op`. Cost: its components before the last change are walked over.

    Raises InvalidOperation, naming the component, where `op` is none or does not fit.
    """
    reader, result = Reader(document), Builder()
    for index, component in enumerate(require_components(op)):
        require_component(component, index)
        if "insert" in component:
            result.insert(component)
            continue
        try:
            pieces = reader.take(length_of(component))
            if "retain" not in component:
                continue
            if is_plain_retain(component):
                result.extend(pieces)
            else:
                for piece in formatted_pieces(pieces, component, embeds):
                    result.insert(piece)
        except InvalidOperation as misfit:
            raise InvalidOperation(str(misfit), component=component, index=index) from None
    result.extend(reader.rest())
    return result.finished()
