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

from ot.document_type import DocumentType, Operation


def crossed(doc_type: DocumentType, own: Operation, theirs: Operation) -> tuple[Operation, Operation]:
    """Return `own` as it is after `theirs`, and `theirs` as it is after `own`."""
    return doc_type.transform(own, theirs, "left"), doc_type.transform(theirs, own, "right")
