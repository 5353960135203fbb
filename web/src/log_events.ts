/**
 * What the log says: entries that landed, one's own among them, and submissions that were refused.
 *
 * The rules that keep both ends equal:
 *
 * 1. What is inflight is carried over single log entries. The buffer and the undo stacks are private, and may be
 *    carried over compositions.
 * 2. While an `open` is outstanding, {@link received}, {@link acknowledged} and {@link lagged} change nothing;
 *    {@link rejected} is heeded.
 * 3. A resubmission is the first message again.
 * 4. What landed wins: where it differs from the form carried here, the screen follows the log.
 */

import { canonicalJson, stateHash } from "./canonical_json.ts"
import {
  type DocumentState,
  type Effect,
  type Inflight,
  isSynchronized,
  pendingOps,
  sameOperation,
  type Step,
} from "./document_state.ts"
import { crossed, InvalidOperation, type Operation, type Snapshot } from "./document_type.ts"
import { landedAmong } from "./presence.ts"
import { carried } from "./undo.ts"
import type { Entry } from "./wire.ts"

/** Take in what landed. Known entries are skipped; a gap asks for the document anew. */
export function received(state: DocumentState, entries: readonly Entry[], tag: string): Step {
  if (state.subscription !== "open") return [state, []]
  const fresh = entries.filter((entry) => entry.revision > state.revision)
  const first = fresh[0]
  if (first === undefined) return [state, []]
  if (!leadsOn(state.revision, fresh))
    return [state, [openAgain(`entries from ${first.revision} after revision ${state.revision}`)]]
  const [next, effects] = tookAll(state, fresh)
  return [{ ...next, tag }, effects]
}

/**
 * Take in the answer to a submission that came again.
 *
 * It lands where this client has not been, or where it took no notice: opening tells the rest.
 */
export function acknowledged(state: DocumentState, seq: number): Step {
  const ours = state.subscription === "open" && state.inflight?.submission.seq === seq
  return [state, ours ? [openAgain(`submission ${seq} landed out of sight`)] : []]
}

/** Take in that the server has let go of what comes next. */
export function lagged(state: DocumentState): Step {
  return [state, state.subscription === "open" ? [openAgain("too slow")] : []]
}

/**
 * Take in that a submission was refused for good; its `seq` is used up.
 *
 * `superseded` only puts it back under the buffer. Any other code takes it off the screen and hands it, with the
 * buffer as it was, to the application; what of the buffer still applies is kept.
 */
export function rejected(state: DocumentState, seq: number, code: string, message: string): Step {
  if (state.inflight?.submission.seq !== seq) return [state, []]
  if (code === "superseded")
    return [{ ...state, buffer: [state.inflight.op, ...state.buffer], inflight: null }, []]
  return handedBack(state, state.inflight, code, message)
}

/** Give up what is inflight, whatever became of it: to the application, and off the screen. */
export function handedBack(state: DocumentState, inflight: Inflight, code: string, message: string): Step {
  const [next, effects, dropped] = takenBack(state, inflight)
  const also = dropped === 0 ? "" : `; ${dropped} later edits went with it`
  const ops = pendingOps(state)
  return [next, [{ kind: "handed-back", code, message: message + also, ops, base: state.base }, ...effects]]
}

/**
 * Take the inflight operation off the screen, and with it what can't stand without it: the third of the answer
 * says how many operations of the buffer that were.
 */
export function takenBack(
  state: DocumentState,
  inflight: Inflight,
): readonly [DocumentState, readonly Effect[], number] {
  const { docType } = state
  let away = docType.invert(inflight.op, state.base)
  const kept: Operation[] = []
  let snapshot: Snapshot = state.base
  for (const op of state.buffer) {
    const [after, theirs] = crossed(docType, op, away)
    const applied = appliedOrNull(state, snapshot, after)
    if (applied === null) {
      away = docType.diff(state.snapshot, snapshot) // what comes after was made on this one
      break
    }
    away = theirs
    snapshot = applied.snapshot
    kept.push(after)
  }
  const [next, effects] = shownWith({ ...state, inflight: null, buffer: kept }, away, snapshot)
  return [next, effects, state.buffer.length - kept.length]
}

function appliedOrNull(state: DocumentState, snapshot: Snapshot, op: Operation): { snapshot: Snapshot } | null {
  try {
    return { snapshot: state.docType.apply(snapshot, op) }
  } catch (error) {
    if (error instanceof InvalidOperation) return null
    throw error
  }
}

/** Tell whether `entries` follow `revision` and one another without a gap. */
export function leadsOn(revision: number, entries: readonly Entry[]): boolean {
  let at = revision
  for (const entry of entries) {
    if (entry.revision - (entry.span ?? 1) !== at) return false
    at = entry.revision
  }
  return true
}

/** Take in entries that lead on, one by one. */
export function tookAll(state: DocumentState, entries: readonly Entry[]): Step {
  let next = state
  const effects: Effect[] = []
  for (const entry of entries) {
    const [after, more] = took(next, entry)
    next = after
    effects.push(...more)
  }
  return [next, effects]
}

function took(state: DocumentState, entry: Entry): Step {
  const strayed = entry.hash !== undefined && entry.hash !== stateHash(state.base)
  const own = entry.client === state.client && (entry.span ?? 1) === 1
  const ours = own && state.inflight !== null && entry.seq === state.inflight.submission.seq
  const [next, effects] = ours ? landed(state, entry, state.inflight) : foreign(state, entry)
  return [
    {
      ...next,
      seq: own && !ours ? Math.max(next.seq, entry.seq) : next.seq,
      diverged: state.diverged || strayed,
      revision: entry.revision,
      presences: landedAmong(state.docType, state.presences, entry),
    },
    strayed ? [openAgain(`the state at ${state.revision} is not the server's`), ...effects] : effects,
  ]
}

/** Take in one's own entry: the log's form of it wins over the one carried here. */
function landed(state: DocumentState, entry: Entry, inflight: Inflight): Step {
  const { docType, base: before } = state
  const acknowledgement: Effect = { kind: "acknowledged", seq: entry.seq, revision: entry.revision }
  const without: DocumentState = { ...state, inflight: null }
  if (sameOperation(docType, inflight.op, entry.op)) {
    const base = state.buffer.length > 0 ? docType.apply(before, inflight.op) : state.snapshot
    return [{ ...without, base }, [acknowledgement]]
  }
  const repair = docType.compose(docType.invert(inflight.op, before), entry.op)
  const [repaired, effects] = crossedBy({ ...without, base: docType.apply(before, inflight.op) }, repair)
  const touchedBuffer = canonicalJson(repaired.buffer) !== canonicalJson(state.buffer)
  return [
    { ...repaired, base: docType.apply(before, entry.op), repairs: state.repairs + 1 },
    [acknowledgement, ...effects, { kind: "repaired", seq: entry.seq, touchedBuffer }],
  ]
}

/**
 * Carry what is pending over another's entry, and the entry over what is pending.
 *
 *       log  --inflight-->  .  --buffer-->  screen
 *        |                  |                  |
 *    entry.op            theirs             theirs
 *        v                  v                  v
 *        .  --inflight-->   .  --buffer-->  screen
 */
function foreign(state: DocumentState, entry: Entry): Step {
  const [next, effects] = crossedBy(state, entry.op)
  const base = isSynchronized(next) ? next.snapshot : state.docType.apply(state.base, entry.op)
  return [{ ...next, base }, effects]
}

/** Carry what is pending over `theirs`, made against what is pending first, and show it. */
export function crossedBy(state: DocumentState, theirs: Operation): Step {
  const { docType } = state
  let op = theirs
  let inflight = state.inflight
  if (inflight !== null) {
    const [own, after] = crossed(docType, inflight.op, op)
    inflight = { ...inflight, op: own }
    op = after
  }
  const buffer = state.buffer.map((waiting) => {
    const [own, after] = crossed(docType, waiting, op)
    op = after
    return own
  })
  return shownWith({ ...state, inflight, buffer }, op, docType.apply(state.snapshot, op))
}

function shownWith(state: DocumentState, op: Operation, snapshot: Snapshot): Step {
  const undos = carried(state.docType, state.undos, op)
  const redos = carried(state.docType, state.redos, op)
  return [{ ...state, snapshot, undos, redos }, [{ kind: "changed", op, author: "foreign" }]]
}

function openAgain(reason: string): Effect {
  return { kind: "open-again", reason }
}
