"""The step that every client repeats: one's own operation and another's, made on one snapshot, cross.

          own
      s -------> .
      |          |
    theirs     theirs'
      v          v
      . -------> .
          own'

What lands later is "left" of what landed before: one's own has not landed yet.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from ot.document_type import DocumentType, Operation

Cross: TypeAlias = Callable[[Operation, Operation], tuple[Operation, Operation]]


def crossed(doc_type: DocumentType, own: Operation, theirs: Operation) -> tuple[Operation, Operation]:
    """Return `own` as it is after `theirs`, and `theirs` as it is after `own`.

    A type may have a function `cross` that does both at once.
    """
    cross: Cross | None = getattr(doc_type, "cross", None)
    if cross is not None:
        return cross(own, theirs)
    return doc_type.transform(own, theirs, "left"), doc_type.transform(theirs, own, "right")
