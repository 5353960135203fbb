/**
 * What the user does to a document, and what goes out of it.
 *
 * A local operation applies at once and joins the buffer. One submission is inflight at a time; when it is
 * acknowledged the first of the buffer follows. Undo is one's own: see `undo.ts`.
 */

import type { DocumentState, Effect, Step, Submission } from "./document_state.ts"
import { isNothing, type Operation } from "./document_type.ts"
import { operationSize, within } from "./operation_size.ts"
import { popped, pushed, type UndoGroup } from "./undo.ts"

/**
 * Apply one's own operation, made on the present snapshot.
 *
 * Consecutive edits of one `group` are undone as one. Throws {@link InvalidOperation} if the type refuses `op`.
 */
export function edited(state: DocumentState, op: Operation, group: UndoGroup): Step {
  const inverse = inverseOf(state, op)
  const undos = pushed(state.docType, state.undos, inverse, group)
  return [{ ...withOwn(state, op), undos, redos: [] }, [{ kind: "changed", op, author: "edit" }]]
}

/** Take back one's own latest edit, whatever others have done since. */
export function undone(state: DocumentState): Step {
  return movedBetween(state, "undos", "redos")
}

/** Do again what {@link undone} took back. */
export function redone(state: DocumentState): Step {
  return movedBetween(state, "redos", "undos")
}

function movedBetween(state: DocumentState, source: "undos" | "redos", target: "undos" | "redos"): Step {
  let stack = state[source]
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const [rest, op] = popped(state.docType, stack, top)
    stack = rest
    if (isNothing(op)) continue // others have taken it back already: go on to what can be seen
    const stacked = pushed(state.docType, state[target], inverseOf(state, op), null)
    const effects: readonly Effect[] = [{ kind: "changed", op, author: "undo" }]
    return [{ ...withOwn(state, op), [source]: rest, [target]: stacked }, effects]
  }
  return [{ ...state, [source]: stack }, []]
}

function inverseOf(state: DocumentState, op: Operation): Operation {
  state.docType.check(op)
  return state.docType.invert(op, state.snapshot)
}

function withOwn(state: DocumentState, op: Operation): DocumentState {
  return { ...state, snapshot: state.docType.apply(state.snapshot, op), buffer: buffered(state, op) }
}

/** Queue an operation: joined to the last one while that stays small, cut where it is large. */
function buffered(state: DocumentState, op: Operation): readonly Operation[] {
  const { docType, buffer, partLimit } = state
  const last = buffer.at(-1)
  if (docType.joins && last !== undefined) {
    const joined = docType.compose(last, op)
    if (within(operationSize(joined), partLimit)) return [...buffer.slice(0, -1), joined]
  }
  if (within(operationSize(op), partLimit)) return [...buffer, op]
  return [...buffer, ...docType.split(op, Math.min(partLimit.components, Math.floor(partLimit.bytes / 8)))]
}

/**
 * Return the submission that is to go out now, if any; it counts as sent.
 *
 * A client that persists writes `pendingOf(state)` down before it lets the submission leave.
 */
export function toSend(state: DocumentState): readonly [DocumentState, Submission | null] {
  if (state.subscription !== "open") return [state, null]
  let next = state
  const [first, ...rest] = state.buffer
  if (state.inflight === null && first !== undefined) {
    const submission: Submission = { seq: state.seq + 1, base: state.revision, op: first }
    next = { ...state, inflight: { submission, op: first, sent: false }, buffer: rest, seq: submission.seq }
  }
  if (next.inflight === null || next.inflight.sent) return [next, null]
  return [{ ...next, inflight: { ...next.inflight, sent: true } }, next.inflight.submission]
}

/** Note that the server took a submission not in, and used nothing up: it goes out again. */
export function notTaken(state: DocumentState, seq: number): DocumentState {
  if (state.inflight?.submission.seq !== seq) return state
  return { ...state, inflight: { ...state.inflight, sent: false } }
}
