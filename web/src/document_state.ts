/**
 * A client's side of one document: what it shows, what it has sent, what it has yet to send.
 *
 *     log  --inflight-->  .  --buffer-->  what the screen shows
 *     base                                snapshot
 *
 * States: *synchronized* (nothing pending), *awaiting* (inflight), *awaiting with buffer*. Beside that the
 * subscription is closed, opening or open; only an open one sends. A state is a value; every event is a function
 * that returns the next state and the effects to carry out. The events stand in `local_edits.ts` (what the user
 * does), `log_events.ts` (what the log says) and `subscription.ts` (opening, resuming, starting anew).
 *
 * Invariants ({@link checkState}): base, inflight, buffer is the snapshot; `inflight.op` is made against `base`, each
 * operation of the buffer against what the one before it leaves; `inflight.submission` never changes.
 *
 * The same machine as the Python client's, under the same names: a difference is a bug in one of them.
 */

import { canonicalJson } from "./canonical_json.ts"
import type { DocumentType, Operation, Snapshot } from "./document_type.ts"
import type { OperationSize } from "./operation_size.ts"
import { nobodyAt, type Presences } from "./presence.ts"
import type { UndoStack } from "./undo.ts"

/**
 * What one submission may hold: half of the server's default limits, since an operation can grow a little while
 * it is carried, and a refusal should take back one thing and not a day's work.
 */
export const PART_LIMIT: OperationSize = { components: 10_000, bytes: 128 * 1024 }

export type Subscription = "closed" | "opening" | "open"

/** One message to the log, exactly as it was first sent. */
export interface Submission {
  readonly seq: number
  readonly base: number
  readonly op: Operation
}

/** A submission under way, and its operation carried over everything that landed since. */
export interface Inflight {
  readonly submission: Submission
  readonly op: Operation
  /** Whether it has gone out on the present subscription. */
  readonly sent: boolean
}

/** All that has to outlive a crash of the client, written before a submission leaves. */
export interface Pending {
  readonly epoch: string
  readonly revision: number
  readonly tag: string
  readonly base: Snapshot
  readonly seq: number
  readonly inflight: Inflight | null
  readonly buffer: readonly Operation[]
}

export interface DocumentState {
  readonly docType: DocumentType
  readonly client: string
  readonly epoch: string
  readonly revision: number
  readonly tag: string
  readonly base: Snapshot
  readonly snapshot: Snapshot
  readonly seq: number
  readonly inflight: Inflight | null
  readonly buffer: readonly Operation[]
  readonly subscription: Subscription
  /** How often what landed differed from what was carried here: zero in ordinary life. */
  readonly repairs: number
  readonly partLimit: OperationSize
  /** Whether a hash from the server has shown that the state here is not the server's. */
  readonly diverged: boolean
  readonly undos: UndoStack
  readonly redos: UndoStack
  readonly presences: Presences
}

/** What a caller carries out after an event. */
export type Effect =
  /** The screen is to change by `op`; by an edit made here it has done so already, by an undo it has not. */
  | { readonly kind: "changed"; readonly op: Operation; readonly author: "edit" | "undo" | "foreign" }
  /** The screen is to show another snapshot: the document was opened anew. */
  | { readonly kind: "replaced"; readonly snapshot: Snapshot }
  /** A submission is in the log. */
  | { readonly kind: "acknowledged"; readonly seq: number; readonly revision: number }
  /** What landed differed from what was carried here; the screen has followed the log. */
  | { readonly kind: "repaired"; readonly seq: number; readonly touchedBuffer: boolean }
  /**
   * Edits that could not be kept, for the application to show or offer again. `ops` are as they were before
   * anything was taken back, each made on what the one before leaves, the first on `base`.
   */
  | {
      readonly kind: "handed-back"
      readonly code: string
      readonly message: string
      readonly ops: readonly Operation[]
      readonly base: Snapshot
    }
  /** The stream has a gap, or the state here is not the server's: open the document again. */
  | { readonly kind: "open-again"; readonly reason: string }

export type Step = readonly [DocumentState, readonly Effect[]]

/** Where the answer to a first `open` leaves a client. */
export interface Start {
  readonly epoch: string
  readonly revision: number
  readonly tag: string
  readonly seq: number
  readonly snapshot: Snapshot
}

/** Begin with what the answer to a first `open` holds. */
export function openedState(docType: DocumentType, client: string, start: Start): DocumentState {
  const { snapshot, ...position } = start
  const pending: Pending = { ...position, base: snapshot, inflight: null, buffer: [] }
  return { ...restoredState(docType, client, pending), subscription: "open" }
}

/** Begin with what an earlier run of this client had written down. */
export function restoredState(docType: DocumentType, client: string, pending: Pending): DocumentState {
  return {
    docType,
    client,
    epoch: pending.epoch,
    revision: pending.revision,
    tag: pending.tag,
    base: pending.base,
    snapshot: pendingOps(pending).reduce((snapshot, op) => docType.apply(snapshot, op), pending.base),
    seq: pending.seq,
    inflight: pending.inflight === null ? null : { ...pending.inflight, sent: false },
    buffer: pending.buffer,
    subscription: "closed",
    repairs: 0,
    partLimit: PART_LIMIT,
    diverged: false,
    undos: [],
    redos: [],
    presences: nobodyAt(pending.revision),
  }
}

/** Whether the log has everything that was done here. */
export function isSynchronized(state: Pick<DocumentState, "inflight" | "buffer">): boolean {
  return state.inflight === null && state.buffer.length === 0
}

/** What is not acknowledged, in order, made against `base`. */
export function pendingOps(state: Pick<DocumentState, "inflight" | "buffer">): readonly Operation[] {
  return state.inflight === null ? state.buffer : [state.inflight.op, ...state.buffer]
}

/** Return what to write down before a submission leaves. */
export function pendingOf(state: DocumentState): Pending {
  const { epoch, revision, tag, base, seq, inflight, buffer } = state
  return { epoch, revision, tag, base, seq, inflight, buffer }
}

/** Tell whether two operations are one in normal form, numbers compared by value. */
export function sameOperation(docType: DocumentType, op: Operation, other: Operation): boolean {
  if (canonicalJson(op) === canonicalJson(other)) return true
  return canonicalJson(docType.normalize(op)) === canonicalJson(docType.normalize(other))
}

/** Throw unless the fields relate as they must; simulations call it after every step. */
export function checkState(state: DocumentState): void {
  const shown = pendingOps(state).reduce((snapshot, op) => state.docType.apply(snapshot, op), state.base)
  if (canonicalJson(shown) !== canonicalJson(state.snapshot))
    throw new Error(`base and pending make ${canonicalJson(shown)}, not ${canonicalJson(state.snapshot)}`)
  if (state.inflight !== null && state.inflight.submission.seq !== state.seq)
    throw new Error(`inflight is ${state.inflight.submission.seq}, but the last seq is ${state.seq}`)
  if (state.inflight !== null && state.inflight.submission.base > state.revision)
    throw new Error(`inflight was made at ${state.inflight.submission.base}, after ${state.revision}`)
  if (state.presences.revision !== state.revision)
    throw new Error(`presences are at ${state.presences.revision}, not at ${state.revision}`)
}
