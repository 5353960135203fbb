"""What is wrong with a message from the other side."""

from __future__ import annotations

from transport.codes import CODE_OF
from transport.messages import Error


class BadMessage(Exception):
    """A frame that is no message of the protocol.

    `path` leads to what is wrong (`op[3].d`), "" where it is the message itself. `doc`, `seq` and
    `request` are those of the message, where they could be read.
    """

    def __init__(
        self,
        code: str,
        path: str,
        message: str,
        *,
        doc: str | None = None,
        seq: int | None = None,
        request: int | None = None,
    ) -> None:
        super().__init__(code, path, message)
        self.code = code
        self.path = path
        self.message = message
        self.doc = doc
        self.seq = seq
        self.request = request

    def __str__(self) -> str:
        return f"{self.path or 'message'}: {self.message}"

    @property
    def fatal(self) -> bool:
        """Whether the connection ends with this."""
        return CODE_OF[self.code].kind == "fatal"

    def error(self) -> Error:
        """Return the answer to whoever sent it."""
        return Error(
            code=self.code,
            message=str(self),
            fatal=self.fatal,
            doc=self.doc,
            seq=self.seq,
            request=self.request,
        )
