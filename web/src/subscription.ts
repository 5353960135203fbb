/**
 * Opening a document, resuming it, and starting anew from a snapshot.
 *
 * Every `open` is answered once, by {@link resumed} or {@link restarted} (or `closed`); between it and its answer
 * nothing is sent.
 */

import { stateHash } from "./canonical_json.ts"
import {
  type DocumentState,
  type Effect,
  isSynchronized,
  pendingOps,
  type Start,
  type Step,
} from "./document_state.ts"
import type { Snapshot } from "./document_type.ts"
import { crossedBy, handedBack, leadsOn, rejected, takenBack, tookAll } from "./log_events.ts"
import { nobodyAt } from "./presence.ts"
import type { Entry, Fate } from "./wire.ts"

/** What an `open` says of what the client holds. */
export interface Position {
  readonly epoch: string
  readonly revision: number
  readonly tag: string
  readonly inflight: number | null
  readonly diverged: string | null
}

/** The answer to an `open` that leads on from what is held here. */
export interface Continuation {
  readonly revision: number
  readonly tag: string
  readonly seq: number
  readonly entries: readonly Entry[]
}

/** Begin to open: return what to say of what is held here. Nothing is taken in until the answer. */
export function opening(state: DocumentState): readonly [DocumentState, Position] {
  if (state.subscription === "opening") throw new Error("one open of a document is outstanding at a time")
  const { epoch, revision, tag } = state
  const inflight = state.inflight === null ? null : state.inflight.submission.seq
  const diverged = state.diverged ? stateHash(state.base) : null
  return [{ ...state, subscription: "opening" }, { epoch, revision, tag, inflight, diverged }]
}

/** Note that the connection, or the subscription, is gone. */
export function lost(state: DocumentState): DocumentState {
  return { ...state, subscription: "closed" }
}

/** Take in the answer to an `open` that leads on from what is held here. */
export function resumed(state: DocumentState, answer: Continuation, fate: Fate | null): Step {
  const [heeded, effects] = heededFate(subscribed(state), fate)
  if (!leadsOn(heeded.revision, answer.entries))
    return [heeded, [...effects, { kind: "open-again", reason: "entries with a gap" }]]
  const [next, more] = tookAll(heeded, answer.entries)
  if (next.revision !== answer.revision) {
    const reason = `entries up to ${next.revision} instead of ${answer.revision}`
    return [next, [...effects, ...more, { kind: "open-again", reason }]]
  }
  const [settled, last] = settledWith({ ...next, tag: answer.tag }, answer.seq, fate)
  return [settled, [...effects, ...more, ...last]]
}

/**
 * Take in the answer to an `open` that gives a snapshot instead of leading on.
 *
 * In the epoch that is held here, and because this client said that it had diverged, what is pending is carried
 * over the difference. Otherwise the server's past is not the one known here: what is pending is handed back,
 * except what has landed.
 */
export function restarted(state: DocumentState, start: Start, fate: Fate | null): Step {
  const { epoch, revision, tag, snapshot } = start
  const repairing = state.diverged && epoch === state.epoch
  const [heeded, effects] = heededFate({ ...subscribed(state), diverged: false }, fate)
  const didLand = fate?.landed !== undefined && heeded.inflight !== null
  const [next, more] = repairing ? carriedTo(heeded, snapshot, didLand) : startedAnew(heeded, snapshot, didLand)
  const begun = { ...next, base: snapshot, epoch, revision, tag, presences: nobodyAt(revision) }
  const [settled, last] = settledWith(begun, start.seq, fate)
  return [settled, [...effects, ...more, ...last]]
}

/** Go on under another client id, the earlier one being refused: nobody can say what became of what is pending. */
export function disowned(state: DocumentState, client: string): Step {
  const [emptied, effects] = givenUp(state, "bad-resume", "the server no longer knows who made these edits")
  return [{ ...emptied, client, seq: 0, subscription: "closed" }, effects]
}

/** Give up everything that is pending: to the application, and off the screen. */
export function givenUp(state: DocumentState, code: string, message: string): Step {
  const emptied = withoutEdits(state)
  if (isSynchronized(state)) return [emptied, []]
  const handedBack: Effect = { kind: "handed-back", code, message, ops: pendingOps(state), base: state.base }
  return [emptied, [handedBack, { kind: "replaced", snapshot: state.base }]]
}

/** Return what is left where nobody goes on with what was done here. */
export function withoutEdits(state: DocumentState): DocumentState {
  return { ...state, inflight: null, buffer: [], undos: [], redos: [], snapshot: state.base }
}

function subscribed(state: DocumentState): DocumentState {
  if (state.subscription !== "opening") throw new Error("an open is answered once, by resumed or restarted")
  const inflight = state.inflight === null ? null : { ...state.inflight, sent: false }
  return { ...state, subscription: "open", inflight }
}

function heededFate(state: DocumentState, fate: Fate | null): Step {
  if (fate?.rejected === undefined || state.inflight === null) return [state, []]
  return rejected(state, state.inflight.submission.seq, fate.rejected, fate.message ?? fate.rejected)
}

/** Carry what is pending over the difference between what is held here and a snapshot. */
function carriedTo(state: DocumentState, snapshot: Snapshot, didLand: boolean): Step {
  const { docType, base, inflight } = state
  if (!didLand || inflight === null) return crossedBy(state, docType.diff(base, snapshot))
  return crossedBy({ ...state, inflight: null }, docType.diff(docType.apply(base, inflight.op), snapshot))
}

function startedAnew(state: DocumentState, snapshot: Snapshot, didLand: boolean): Step {
  const effects: Effect[] = []
  const ops = didLand ? state.buffer : pendingOps(state)
  if (ops.length > 0) {
    const { docType, inflight } = state
    const base = didLand && inflight !== null ? docType.apply(state.base, inflight.op) : state.base
    const message = "the server's copy is not the one these edits were made on"
    effects.push({ kind: "handed-back", code: "restarted", message, ops, base })
  }
  const emptied = { ...state, inflight: null, buffer: [], undos: [], redos: [], snapshot }
  return [emptied, [...effects, { kind: "replaced", snapshot }]]
}

/** Compare what is still inflight with the last submission that the server knows of. */
function settledWith(state: DocumentState, seq: number, fate: Fate | null): Step {
  if (state.inflight === null) return [{ ...state, seq }, []]
  const own = state.inflight.submission.seq
  if (own === seq + 1) return [{ ...state, seq: own }, []]
  // Its number was used and its fate can't be known any more (or, landed, it was not among the entries):
  // resending could double it. Only an identity used by two clients at once gets here.
  const known = { ...state, seq }
  if (fate?.landed === undefined)
    return handedBack(known, state.inflight, "fate-unknown", `submission ${own} was lost sight of`)
  const [next, effects] = takenBack(known, state.inflight)
  return [next, effects]
}
