"""The subtypes by which json0 edits values inside a document: text0, and whatever else is registered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from ot.document_type import DocumentType

Subtypes: TypeAlias = Mapping[str, DocumentType]
"""By their name on the wire, text0 among them."""
