/**
 * What every document type promises, and the words for its parts.
 *
 * The types themselves are the npm packages of the OT ecosystem; an adapter gives each this face. Snapshots
 * and operations are plain JSON values, as they stand on the wire, and no function here changes an argument.
 *
 * The law that carries everything, for `a` and `b` made on one snapshot:
 *
 *     apply(apply(s, a), transform(b, a, "right")) equals apply(apply(s, b), transform(a, b, "left"))
 *
 * What need not hold: `transform(a, compose(b1, b2), side)` may differ from carrying `a` over `b1`, then `b2`.
 */

import type { Json } from "./wire.ts"

export type Operation = Json
export type Snapshot = Json

/** Whose insert goes first at the same place. What lands later is "left" of what landed before. */
export type Side = "left" | "right"

export interface DocumentType {
  /** What `doc_type` is on the wire. */
  readonly name: string
  /** Whether neighbouring operations of one client may go out as one composed operation. */
  readonly joins: boolean
  create(data?: Json): Snapshot
  /** Return the snapshot after `op`; throws {@link InvalidOperation} where it does not fit. */
  apply(snapshot: Snapshot, op: Operation): Snapshot
  /** Throw {@link InvalidOperation} unless `op` is well-formed and in normal form. */
  check(op: Operation): void
  normalize(op: Operation): Operation
  /** Return `op` as it is after `other`, both made on one snapshot; `side` is that of `op`. */
  transform(op: Operation, other: Operation, side: Side): Operation
  /** Return one operation that does `op`, then `later`. */
  compose(op: Operation, later: Operation): Operation
  /** Return what undoes `op`; `snapshot` is the one before `op`. */
  invert(op: Operation, snapshot: Snapshot): Operation
  /** Return where `op` moves a position; left: it stays before an insert made at it. */
  transformPosition(position: number, op: Operation, side: Side): number
  /** Return an operation that turns `before` into `after`. */
  diff(before: Snapshot, after: Snapshot): Operation
  /** Return parts of about `size` units each, made one after the other, that compose to `op`. */
  split(op: Operation, size: number): readonly Operation[]
}

/** Tell whether `op` is one of those that do nothing, as the types of this field write them. */
export function isNothing(op: Operation): boolean {
  return op === null || (Array.isArray(op) && op.length === 0)
}

/**
 * The step that every client repeats: one's own operation and another's, made on one snapshot, cross.
 *
 * Returns `own` as it is after `theirs`, and `theirs` as it is after `own`. What lands later is "left" of what
 * landed before, and one's own has not landed yet.
 */
export function crossed(docType: DocumentType, own: Operation, theirs: Operation): readonly [Operation, Operation] {
  return [docType.transform(own, theirs, "left"), docType.transform(theirs, own, "right")]
}

/** An operation, or the data of a new document, that its type refuses. */
export class InvalidOperation extends Error {
  override readonly name = "InvalidOperation"
  readonly code = "invalid-operation"
}
