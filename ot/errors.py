"""What can go wrong in the core.

    OTError
    ├── InvalidOperation     an operation (or the data of a new document) that its type refuses
    ├── UnknownType          no document type of that name is registered
    └── RefusedSubmission    a submission that the log cannot take now; it uses up nothing
        ├── FutureRevision
        ├── SeqGap
        └── SeqReused

Attributes first: the text is made from them. `code` is the word that stands on the wire.
"""

from __future__ import annotations

from typing import ClassVar


class OTError(Exception):
    """Any error that the caller of `ot` can cause; everything else is a bug in `ot`."""

    code: ClassVar[str]


class InvalidOperation(OTError):
    """An operation that is malformed, not in normal form, or does not fit the snapshot."""

    code = "invalid-operation"

    def __init__(self, reason: str, *, component: object = None, index: int | None = None) -> None:
        super().__init__(reason, component, index)
        self.reason = reason
        self.component = component
        self.index = index

    def __str__(self) -> str:
        if self.index is None:
            return self.reason
        return f"component {self.index} ({_shortened(self.component)}): {self.reason}"


class UnknownType(OTError):
    """A document type that nobody has registered."""

    code = "unknown-doc-type"

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(name, known)
        self.name = name
        self.known = known

    def __str__(self) -> str:
        return f"no document type {_shortened(self.name)}; registered are {', '.join(self.known)}"


class RefusedSubmission(OTError):
    """A submission that has not been decided: the client may open again and send it anew."""


class FutureRevision(RefusedSubmission):
    """An operation made against a revision that the log has not reached."""

    code = "future-revision"

    def __init__(self, *, base: int, revision: int) -> None:
        super().__init__(base, revision)
        self.base = base
        self.revision = revision

    def __str__(self) -> str:
        return (
            f"operation made against revision {self.base}, but the log is at {self.revision}; "
            "open the document again"
        )


class SeqGap(RefusedSubmission):
    """A submission whose forerunner never arrived."""

    code = "seq-gap"

    def __init__(self, *, seq: int, last: int) -> None:
        super().__init__(seq, last)
        self.seq = seq
        self.last = last

    def __str__(self) -> str:
        return f"submission {self.seq}, but {self.last + 1} comes next; open the document again"


class SeqReused(RefusedSubmission):
    """A sequence number that already stands for another submission."""

    code = "seq-reused"

    def __init__(self, *, seq: int, last: int) -> None:
        super().__init__(seq, last)
        self.seq = seq
        self.last = last

    def __str__(self) -> str:
        return (
            f"submission {self.seq} was already used for another operation (the last one known is "
            f"{self.last}); open the document again and go on from {self.last + 1}"
        )


def _shortened(value: object, limit: int = 60) -> str:
    """Show a value in a message, however large or deeply nested it is."""
    try:
        text = repr(value[:limit]) if isinstance(value, str) else repr(value)
    except RecursionError:
        text = f"a deeply nested {type(value).__name__}"
    return text if len(text) <= limit else text[: limit - 1] + "…"
