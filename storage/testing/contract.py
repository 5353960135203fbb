"""What holds for every store."""

from __future__ import annotations

from storage.testing.appending import AppendingContract
from storage.testing.documents import DocumentsContract
from storage.testing.reading import ReadingContract


class StoreContract(DocumentsContract, AppendingContract, ReadingContract):
    """A subclass makes the store; each test gets an empty one."""
