"""The document types that this process knows, by name."""

from __future__ import annotations

from ot.document_type import DocumentType
from ot.errors import UnknownType

_types: dict[str, DocumentType] = {}


def register_type(doc_type: DocumentType) -> None:
    """Make a type known by its name; the name must be new.

    Raises ValueError where the name is taken: replacing the type of stored documents would read
    their logs as something that they are not.
    """
    if doc_type.name in _types:
        raise ValueError(f"a document type named {doc_type.name!r} is registered already")
    _types[doc_type.name] = doc_type


def get_type(name: str) -> DocumentType:
    """Return the type of that name; raise UnknownType if there is none."""
    try:
        return _types[name]
    except KeyError:
        raise UnknownType(name, tuple(sorted(_types))) from None
