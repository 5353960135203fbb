"""A text after an operation, and with it everything that may be wrong about an operation on a text."""

from __future__ import annotations

from ot.document_type import Json
from ot.errors import InvalidOperation
from ot.text.faults import deleted_amount, misfit, require_components


def applied(text: str, op: Json) -> str:
    """Return `text` after an operation. Cost: the text is copied twice, however small the operation.

    Raises InvalidOperation, naming the component, where `op` is none or does not fit.
    """
    position, pieces = 0, list[str]()
    for index, component in enumerate(require_components(op)):
        if type(component) is str:
            pieces.append(component)
            continue
        amount = component if type(component) is int else deleted_amount(component, index)
        end = position + (amount if isinstance(amount, int) else len(amount))
        if not position < end <= len(text):
            raise InvalidOperation(misfit(text, position, component), component=component, index=index)
        if type(component) is int:
            pieces.append(text[position:end])
        elif type(amount) is str and not text.startswith(amount, position):
            raise InvalidOperation(misfit(text, position, component), component=component, index=index)
        position = end
    pieces.append(text[position:])
    return "".join(pieces)
