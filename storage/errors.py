"""What can go wrong with a store.

StoreError
├── StoreUnavailable   not now: locked, full, away; try again
├── StoreCorrupt       what was read is not what was written; stop and look
├── NewerSchema        written by a newer version of Counterpoint
├── StoreInUse         another server has it
└── StoreUnusable      a location that cannot be opened or written, or an address not understood
"""

from __future__ import annotations


class StoreError(Exception):
    """Any error that a store raises on purpose."""


class StoreUnavailable(StoreError):
    """The store cannot answer now. A write that raised this may have landed or not."""

    def __init__(self, location: str, reason: str) -> None:
        super().__init__(location, reason)
        self.location = location
        self.reason = reason

    def __str__(self) -> str:
        return f"store {self.location} is unavailable: {self.reason}"


class StoreCorrupt(StoreError):
    """What the store holds contradicts itself."""

    def __init__(self, location: str, reason: str) -> None:
        super().__init__(location, reason)
        self.location = location
        self.reason = reason

    def __str__(self) -> str:
        return f"store {self.location} is corrupt: {self.reason}; restore it from a backup"


class NewerSchema(StoreError):
    """A store whose schema this version does not know."""

    def __init__(self, location: str, found: int, known: int) -> None:
        super().__init__(location, found, known)
        self.location = location
        self.found = found
        self.known = known

    def __str__(self) -> str:
        return (
            f"store {self.location} has schema version {self.found}, but this version of Counterpoint "
            f"knows up to {self.known}; upgrade Counterpoint, or use another store"
        )


class StoreInUse(StoreError):
    """A store that another server has for itself."""

    def __init__(self, location: str, pid: int | None) -> None:
        super().__init__(location, pid)
        self.location = location
        self.pid = pid
        """Of the other server's process, if it has said so: as that one counts processes."""

    def __str__(self) -> str:
        who = "another server" if self.pid is None else f"another server (pid {self.pid})"
        return f"{who} has this store: {self.location}"


class StoreUnusable(StoreError):
    """A store that cannot be opened at all."""

    def __init__(self, location: str, reason: str) -> None:
        super().__init__(location, reason)
        self.location = location
        self.reason = reason

    def __str__(self) -> str:
        return f"cannot use store {self.location}: {self.reason}"
