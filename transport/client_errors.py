"""What can go wrong for a user of the Python client.

ClientError
├── ConnectionStopped   the connection ended for good: refused, replaced, or closed here
├── DocumentTooLarge    an edit that would make a document larger than the server takes it
├── DocumentClosed      the server refused a document, or the document was closed here
├── NotKept             what is to outlive this run cannot be written down, or read
├── RequestFailed       a request for history or a snapshot was refused
└── TooManyChanges      a reader of changes that did not keep up
"""

from __future__ import annotations

from ot import HandedBack


class ClientError(Exception):
    """Any error that the Python client raises on purpose."""


class ConnectionStopped(ClientError):
    """The connection will not be made again."""

    def __init__(self, url: str, code: str, message: str) -> None:
        super().__init__(url, code, message)
        self.url = url
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return f"{self.url}: {self.message} ({self.code})"


class DocumentTooLarge(ClientError):
    """An operation that was not applied, here or there: the document would be over the server's limit."""

    def __init__(self, doc: str, size: int, limit: int) -> None:
        super().__init__(doc, size, limit)
        self.doc = doc
        self.size = size
        """Bytes that the document would have."""
        self.limit = limit

    def __str__(self) -> str:
        return (
            f"{self.doc}: the document would have {self.size:,} bytes, but the server takes {self.limit:,}; "
            "nothing was changed"
        )


class DocumentClosed(ClientError):
    """The document is not open, and will not be."""

    def __init__(self, doc: str, code: str, message: str) -> None:
        super().__init__(doc, code, message)
        self.doc = doc
        self.code = code
        self.message = message
        self.handed_back: tuple[HandedBack, ...] = ()
        """Edits of it that could not be kept, those of an earlier run among them."""

    def __str__(self) -> str:
        return f"{self.doc}: {self.message} ({self.code})"


class NotKept(ClientError):
    """What is to outlive this run of a client cannot be written down, or what one has left cannot be read."""


class RequestFailed(ClientError):
    """A request was refused, or its connection was lost before the answer."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return f"{self.message} ({self.code})"


class TooManyChanges(ClientError):
    """More changes waited for a reader than are kept."""

    def __init__(self, doc: str, kept: int) -> None:
        super().__init__(doc, kept)
        self.doc = doc
        self.kept = kept

    def __str__(self) -> str:
        return f"{self.doc}: more than {self.kept} changes waited; go on from the document's snapshot"
