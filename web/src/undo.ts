/**
 * Undo and redo of one client's own edits, in a document that others edit too.
 *
 * A stack holds inverses. The topmost applies to what is on the screen, the one below it to what the screen
 * shows once the topmost has been applied, and so on down. What others do has to be carried through the whole
 * stack; that would cost its depth for each of their operations. So every step keeps what it has not been
 * carried over yet (`owed`) and pays when it is taken off: then it passes on to the step below what is owed there.
 *
 * The stack is private to its client, so it may be carried over compositions. A stack is a value: every function
 * returns a new one.
 */

import { crossed, type DocumentType, type Operation } from "./document_type.ts"

/** Steps kept: more than anybody takes back one by one; bounds what a day of typing keeps in memory. */
const DEPTH = 500
/** Operations owed by one step before they are composed to one, so that idle stacks stay small. */
const FOLD_AT = 64

/** What joins neighbouring edits to one step; null joins nothing. */
export type UndoGroup = number | string | null

interface UndoStep {
  readonly op: Operation
  readonly group: UndoGroup
  readonly owed: readonly Operation[]
}

/** Inverses of a client's own edits, the latest last. */
export type UndoStack = readonly UndoStep[]

/** Add a step; one of the same group as the topmost joins it. */
export function pushed(docType: DocumentType, stack: UndoStack, inverse: Operation, group: UndoGroup): UndoStack {
  const top = stack.at(-1)
  if (group !== null && top?.group === group) {
    const [rest, last] = popped(docType, stack, top)
    return [...rest, { op: docType.compose(inverse, last), group, owed: [] }]
  }
  return [...stack, { op: inverse, group, owed: [] }].slice(-DEPTH)
}

/** Take off the topmost step, `top`: the rest of the stack, and the inverse as it is on the present screen. */
export function popped(docType: DocumentType, stack: UndoStack, top: UndoStep): readonly [UndoStack, Operation] {
  let op = top.op
  const below: Operation[] = []
  for (const foreign of top.owed) {
    const [after, theirs] = crossed(docType, op, foreign)
    op = after
    below.push(theirs)
  }
  return [owing(docType, stack.slice(0, -1), below), op]
}

/** Take in an operation that somebody else made on the present screen. */
export function carried(docType: DocumentType, stack: UndoStack, foreign: Operation): UndoStack {
  return owing(docType, stack, [foreign])
}

function owing(docType: DocumentType, stack: UndoStack, ops: readonly Operation[]): UndoStack {
  const top = stack.at(-1)
  if (top === undefined || ops.length === 0) return stack
  const owed = [...top.owed, ...ops]
  const folded = owed.length <= FOLD_AT ? owed : [owed.reduce((sum, op) => docType.compose(sum, op))]
  return [...stack.slice(0, -1), { ...top, owed: folded }]
}
