"""Undo and redo of one client's own edits, in a document that others edit too.

A stack holds inverses. The topmost applies to what is on the screen, the one below it to what the screen
shows once the topmost has been applied, and so on down. What others do has to be carried through the
whole stack; that would cost the depth of the stack for each of their operations. So every step keeps
what it has not been carried over yet (`owed`), and pays when it is taken off: then it passes on to the
step below what is owed there. A foreign operation costs the same however deep the stack is.

The stack is private to its client, so it may be carried over compositions.
"""

from __future__ import annotations

from typing import Final

import attrs

from ot.crossing import crossed
from ot.document_type import DocumentType, Operation

DEPTH: Final = 500
"""Steps kept. More than anybody takes back one by one; bounds what a day of typing keeps in memory."""

FOLD_AT: Final = 64
"""Operations owed by one step before they are composed to one, so that idle stacks stay small."""


@attrs.define
class Step:
    """One thing to undo: an inverse, and the operations it has not been carried over yet."""

    op: Operation
    group: object = None
    owed: list[Operation] = attrs.field(factory=list)


@attrs.define
class UndoStack:
    """Inverses of a client's own edits, the latest on top."""

    doc_type: DocumentType
    steps: list[Step] = attrs.field(factory=list)

    def __len__(self) -> int:
        return len(self.steps)

    def push(self, inverse: Operation, group: object = None) -> None:
        """Add a step; one of the same group as the topmost joins it. `None` is no group."""
        if group is not None and self.steps and self.steps[-1].group == group:
            last = self.pop()
            inverse = self.doc_type.compose(inverse, last)
        self.steps.append(Step(inverse, group))
        del self.steps[:-DEPTH]

    def pop(self) -> Operation:
        """Take the topmost step off, as it is on the present screen."""
        step = self.steps.pop()
        op, below = step.op, []
        for foreign in step.owed:
            op, theirs = crossed(self.doc_type, op, foreign)
            below.append(theirs)
        if self.steps:
            self._owe(self.steps[-1], below)
        return op

    def carry(self, foreign: Operation) -> None:
        """Take in an operation that somebody else made on the present screen."""
        if self.steps:
            self._owe(self.steps[-1], [foreign])

    def clear(self) -> None:
        """Forget everything."""
        self.steps.clear()

    def _owe(self, step: Step, ops: list[Operation]) -> None:
        step.owed += ops
        if len(step.owed) > FOLD_AT:
            folded = step.owed[0]
            for op in step.owed[1:]:
                folded = self.doc_type.compose(folded, op)
            step.owed = [folded]
