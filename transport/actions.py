"""What somebody may be allowed to do with a document.

Each action stands for itself, but without `open` none of the others is of use:

    open            see the document as it is, as it changes, and who else is there
    create          make it, where it does not exist
    edit            submit operations
    present         show others where one is
    read-history    read entries and snapshots of the past
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias, get_args

Action: TypeAlias = Literal["open", "create", "edit", "present", "read-history"]

ACTIONS: Final[frozenset[Action]] = frozenset(get_args(Action))

DENIED: Final = "there is no such document, or you may not open it"
"""One answer for both: whether there is a document is a secret too."""
