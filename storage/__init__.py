"""Where revision logs live: one interface, several stores."""

from storage.errors import NewerSchema, StoreCorrupt, StoreError, StoreUnavailable, StoreUnusable
from storage.store import (
    Append,
    Appended,
    AppendResult,
    Conflict,
    Store,
    StoredDocument,
    StoredSnapshot,
)

__all__ = [
    "Append",
    "AppendResult",
    "Appended",
    "Conflict",
    "NewerSchema",
    "Store",
    "StoreCorrupt",
    "StoreError",
    "StoreUnavailable",
    "StoreUnusable",
    "StoredDocument",
    "StoredSnapshot",
]
