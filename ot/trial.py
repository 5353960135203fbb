"""A submission tried: what would become of it, found out before it is decided, each thing once.

It is written down for its digest, checked, carried over what has landed since its base, and applied to a
document. Each of these takes up to some tens of milliseconds for a long one. So whoever has others to serve
goes through it in steps on a copy of the document, which changes nothing of the log, and lets others have
their turn between two; whoever has not finishes it at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Final

from ot.bounded_document import BoundedDocument
from ot.bounds import Bounds
from ot.canonical_json import canonical_json
from ot.carry_cost import CarryCost, carry_cost
from ot.document_type import DocumentType, Operation
from ot.entry_window import EntryWindow
from ot.errors import InvalidOperation
from ot.operation_size import component_count
from ot.steps import carry_in_steps

STEP_COST: Final = 10_000
"""Carried over so much in one step, as `ot.carry_cost` counts: 5 ms, and one entry at least."""


class Trial:
    """What becomes of `op`, made against revision `base`, after the last entry of `window`.

    `document` is the one there, and once the trial is over, with nothing refused, the one after `op`.
    """

    __slots__ = (
        "_bounds",
        "_doc_type",
        "_own",
        "_steps",
        "_window",
        "base",
        "components",
        "digest",
        "document",
        "landed",
        "op",
        "refusal",
        "size",
        "tag",
        "text",
    )

    def __init__(
        self,
        doc_type: DocumentType,
        bounds: Bounds,
        window: EntryWindow,
        document: BoundedDocument,
        base: int,
        op: Operation,
        own: CarryCost | None,
    ) -> None:
        """Write the operation down; `own` is what `ot.carry_cost` says of it, None if it was not asked."""
        self._doc_type, self._bounds, self._window, self._own = doc_type, bounds, window, own
        self.document, self.base, self.op = document, base, op
        self.tag = window.tag
        """Names the history that this is tried in."""
        self.landed = op
        """The operation as it lands, in the end."""
        self.text = canonical_json(op)
        """Canonical JSON of `op`, in the end of `landed`."""
        content = f"[{base},{self.text}]".encode()
        self.size = len(content)
        """Bytes of what was submitted."""
        self.digest = hashlib.sha256(content).hexdigest()
        self.components = 0
        """Of `op`, once counted; in the end of `landed`."""
        self.refusal: tuple[str, str] | None = None
        """Code and message of why it does not land."""
        self._steps = self._tried()

    def __repr__(self) -> str:
        return f"<Trial of {self._doc_type.name} from {self.base} on, at {self._window.revision}>"

    def step(self) -> bool:
        """Go on for a step; tell whether there may be more."""
        return next(self._steps, self) is not self

    def finish(self) -> None:
        """Do all that is left."""
        for _ in self._steps:
            pass

    def _tried(self) -> Iterator[None]:
        try:
            self.refusal = self._too_large()
            if self.refusal is not None:
                return
            behind = self._window.revision - self.base
            if behind:
                self._doc_type.check(self.op)
                yield
                yield from self._carried(behind)
            else:
                self.landed = normalized(self._doc_type, self.op)
            if self.refusal is not None:
                return
            yield
            if not self.document.applies(self.landed, self.size):
                self.refusal = "too-large", f"the document would be over {self._bounds.document_bytes} bytes"
                return
        except InvalidOperation as error:
            self.refusal = error.code, str(error)
            return
        yield
        if self.landed is not self.op:
            self.text = canonical_json(self.landed)
            self.components = component_count(self.landed)

    def _too_large(self) -> tuple[str, str] | None:
        bounds, own = self._bounds, self._own
        if self.size > bounds.operation_bytes:
            return "too-large", f"an operation of {self.size} bytes; the limit is {bounds.operation_bytes}"
        self.components = component_count(self.op) if own is None else own.size.components
        if self.components > bounds.operation_components:
            limit = bounds.operation_components
            return "too-large", f"an operation of {self.components} components; the limit is {limit}"
        return None

    def _carried(self, behind: int) -> Iterator[None]:
        """Carry over what has landed since the base: in one go, unless that is long."""
        if self.base < self._window.horizon:
            self.refusal = "superseded", f"entries after revision {self.base} are not at hand any more"
            return
        own = self._own or carry_cost(self._doc_type, self.op)
        cost = own.over(*self._window.size_since(self.base))
        if cost > self._bounds.carry_cost:
            against = f"{self.components} components against {behind} entries"
            self.refusal = "superseded", f"{against} cost too much to carry"
            return
        since = self._window.ops_since(self.base)
        if cost <= STEP_COST:
            self.landed = self._doc_type.carry(self.op, since, "left")
            return
        count = max(1, behind * STEP_COST // cost)
        for start in range(0, behind, count):
            entries = since[start : start + count]
            self.landed = yield from carry_in_steps(self._doc_type, self.landed, entries, "left")
            yield


def normalized(doc_type: DocumentType, op: Operation) -> Operation:
    """Return an operation in normal form; raise InvalidOperation unless it is well-formed, as `check` does.

    A type that looks at it once for both has a function `checked`.
    """
    checked: Callable[[Operation], Operation] | None = getattr(doc_type, "checked", None)
    if checked is not None:
        return checked(op)
    doc_type.check(op)
    return doc_type.normalize(op)
