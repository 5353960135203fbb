"""Where revision logs live: one interface, several stores.

    store = storage.open_store("sqlite:counterpoint.db")
    await store.start()
    document = await store.load("notes")

Stores of your own are tested by `storage.testing.StoreContract`.
"""

from storage.address import open_store
from storage.errors import (
    NewerSchema,
    StoreCorrupt,
    StoreError,
    StoreInUse,
    StoreUnavailable,
    StoreUnusable,
)
from storage.memory import MemoryStore
from storage.sqlite import SQLiteStore
from storage.store import (
    Append,
    Appended,
    AppendResult,
    Conflict,
    DocumentHead,
    Store,
    StoredDocument,
    StoredSnapshot,
)

__all__ = [  # noqa: RUF022 -- grouped by topic
    # open one
    "MemoryStore",
    "SQLiteStore",
    "Store",
    "open_store",
    # what goes in and comes out
    "Append",
    "AppendResult",
    "Appended",
    "Conflict",
    "DocumentHead",
    "StoredDocument",
    "StoredSnapshot",
    # what can go wrong
    "NewerSchema",
    "StoreCorrupt",
    "StoreError",
    "StoreInUse",
    "StoreUnavailable",
    "StoreUnusable",
]
