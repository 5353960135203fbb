/**
 * One document on a connection: when to open it, what each message does to it, what goes out and when.
 *
 * Pure, like the document state that it holds: events come with the time, and the answer is the next value and what
 * to carry out. Three promises: one `open` is outstanding at a time; a submission is only ever given out to be written
 * down first and sent then; what somebody else is told of one's cursor goes out only when nothing is pending.
 */

import { LONGEST_DELAY, FIRST_DELAY } from "./backoff.ts"
import {
  type DocumentState,
  type Effect,
  isSynchronized,
  openedState,
  type Pending,
  restoredState,
  type Step,
  type Submission,
} from "./document_state.ts"
import type { DocumentType, Snapshot } from "./document_type.ts"
import { edited, notTaken, redone, toSend, undone } from "./local_edits.ts"
import { acknowledged, handedBack, lagged, received, rejected } from "./log_events.ts"
import { heard, movedBy, replaced } from "./presence.ts"
import { disowned, givenUp, lost, opening, restarted, resumed, withoutEdits } from "./subscription.ts"
import type { UndoGroup } from "./undo.ts"
import type { ClientMessage, ErrorMessage, Json, OpenedMessage, RejectMessage, ServerMessage } from "./wire.ts"

/** Milliseconds that an answer to `submit` or `open` may take before the connection is doubted. */
const ANSWER_TIMEOUT = 15_000
/** Milliseconds between two presences of one client: smooth enough, and half of what the server allows. */
const PRESENCE_INTERVAL = 100

/** Codes of a `closed` after which the document can be had a little later. */
const TO_TRY_AGAIN: ReadonlySet<string> = new Set(["document-unavailable", "closed-early"])

/**
 * A submission that was given up before its fate was known. It may land late, and would then be taken for what is sent
 * under its number since: the next `open` begins anew and says so, and the server makes it void.
 */
export interface Unknown {
  readonly seq: number
  /** Whether the `open` that is out, or was the last, has said so. */
  readonly said: boolean
}

/** Why a document can't be had. */
export interface Refused {
  readonly code: string
  readonly message: string
}

export interface DocumentSync {
  readonly doc: string
  readonly docType: DocumentType
  /** The client id on the present connection; null while there is none. */
  readonly client: string | null
  /** Null until the document has been seen for the first time. */
  readonly state: DocumentState | null
  readonly access: "write" | "read"
  readonly refused: Refused | null
  readonly unknown: Unknown | null
  /** Whether an `open` is outstanding. */
  readonly asking: boolean
  /** Counts opens, so that a submission made for an earlier one does not leave late. */
  readonly generation: number
  readonly openAt: number | null
  readonly sendAt: number
  readonly answerBy: number | null
  /** Opens in a row that led to nothing but the next. */
  readonly fruitless: number
  /** What to tell the others, in positions of the present snapshot; null: nothing. */
  readonly presence: Json
  readonly presenceDue: boolean
  readonly presenceAt: number
}

export type SyncEffect =
  | Effect
  | { readonly kind: "send"; readonly message: ClientMessage }
  /** To be written down, then sent: unless the document has been opened again since. */
  | { readonly kind: "submit"; readonly submission: Submission; readonly generation: number }
  /** No answer: is the connection really there? */
  | { readonly kind: "doubt" }
  /** Something the server refused that points to a bug here. */
  | { readonly kind: "complaint"; readonly code: string; readonly message: string }

export type SyncStep = readonly [DocumentSync, readonly SyncEffect[]]

/** Begin: with what an earlier run has written down, if anything; `unknown` is the `seq` of what it gave up. */
export function documentSync(
  doc: string,
  docType: DocumentType,
  client: string,
  pending: Pending | null,
  unknown: number | null = null,
): DocumentSync {
  return {
    doc,
    docType,
    client: null,
    state: pending === null ? null : restoredState(docType, client, pending),
    access: "write",
    refused: null,
    unknown: unknown === null ? null : { seq: unknown, said: false },
    asking: false,
    generation: 0,
    openAt: null,
    sendAt: 0,
    answerBy: null,
    fruitless: 0,
    presence: null,
    presenceDue: false,
    presenceAt: 0,
  }
}

// The connection.

/** Note that the server has welcomed this client: open the document. */
export function connected(sync: DocumentSync, client: string, now: number): SyncStep {
  const [state, effects] =
    sync.state === null || sync.state.client === client ? [sync.state, []] : disowned(sync.state, client)
  const { unknown } = state === sync.state ? sync : { unknown: null } // another client's, then
  const welcomed = { ...sync, client, state, unknown, asking: false, presenceDue: sync.presence !== null }
  const [next, more] = openNow(noted(welcomed, effects, now, sync.state?.snapshot ?? null), now)
  return [next, [...effects, ...more]]
}

/** Note that the connection is gone. */
export function disconnected(sync: DocumentSync): DocumentSync {
  const state = sync.state === null ? null : lost(sync.state)
  return { ...sync, client: null, state, asking: false, openAt: null, answerBy: null }
}

function openNow(sync: DocumentSync, now: number): SyncStep {
  if (sync.client === null || sync.asking || sync.refused !== null) return [sync, []]
  const asked = { ...sync, asking: true, openAt: null, answerBy: now + ANSWER_TIMEOUT, generation: sync.generation + 1 }
  const message = { type: "open", doc: sync.doc, doc_type: sync.docType.name } as const
  const [state, position] = sync.state === null ? [null, null] : opening(sync.state)
  if (sync.unknown !== null) {
    const unknown = { ...sync.unknown, said: true }
    return [{ ...asked, state, unknown }, [{ kind: "send", message: { ...message, inflight: unknown.seq } }]]
  }
  if (position === null) return [asked, [{ kind: "send", message }]]
  const { epoch, revision, tag, inflight, diverged } = position
  const held = {
    ...message,
    epoch,
    revision,
    tag,
    ...(inflight === null ? {} : { inflight }),
    ...(diverged === null ? {} : { diverged }),
  }
  return [{ ...asked, state }, [{ kind: "send", message: held }]]
}

// What the user does.

/** Apply one's own operation. */
export function edit(sync: DocumentSync, op: Json, group: UndoGroup, now: number): SyncStep {
  return withState(sync, (state) => edited(state, op, group), now)
}

/** Take back one's own latest edit. */
export function undo(sync: DocumentSync, now: number): SyncStep {
  return withState(sync, undone, now)
}

/** Do again what {@link undo} took back. */
export function redo(sync: DocumentSync, now: number): SyncStep {
  return withState(sync, redone, now)
}

/** Say where one is, in positions of the present snapshot; it goes out when that means something. */
export function setPresence(sync: DocumentSync, presence: Json): DocumentSync {
  return { ...sync, presence, presenceDue: true }
}

// What the server says.

/** Take in a message about this document. */
export function took(sync: DocumentSync, message: ServerMessage, now: number): SyncStep {
  switch (message.type) {
    case "opened":
      return sync.asking ? opened(sync, message, now) : [sync, []]
    case "operations":
      return withState(sync, (state) => received(state, message.entries, message.tag), now)
    case "ack":
      return withState(sync, (state) => acknowledged(state, message.seq), now)
    case "reject":
      if (message.code === "forbidden") return refusedEdit(sync, message, now)
      return withState(sync, (state) => rejected(state, message.seq, message.code, message.message), now)
    case "lagging":
      return withState(sync, lagged, now)
    case "presence": {
      const { state } = sync
      if (state?.subscription !== "open") return [sync, []]
      return [{ ...sync, state: { ...state, presences: heard(sync.docType, state.presences, message) } }, []]
    }
    case "closed":
      return closed(sync, message, now)
    case "error":
      return failed(sync, message, now)
    case "welcome":
    case "renewed":
    case "history":
    case "snapshot":
    case "goodbye":
    case "pong":
      return [sync, []] // of no one document: the connection's
  }
}

/** Take an edit back that one may not make any more: from here on the document is there to be read. */
function refusedEdit(sync: DocumentSync, { seq, code, message }: RejectMessage, now: number): SyncStep {
  return withState({ ...sync, access: "read" }, (state) => rejected(state, seq, code, message), now)
}

function opened(sync: DocumentSync, message: OpenedMessage, now: number): SyncStep {
  const { access } = message
  const presenceDue = sync.presence !== null
  const untold = sync.unknown?.said === false // given up while this open was out
  const openAt = untold ? now : null
  const unknown = untold ? sync.unknown : null
  const answered: DocumentSync = { ...sync, asking: false, openAt, unknown, answerBy: null, refused: null, access, presenceDue }
  if (message.doc_type !== sync.docType.name)
    return closed(answered, { code: "wrong-doc-type", message: `this document is of type ${message.doc_type}` }, now)
  const { state, effects } = takenIn(answered, message)
  if (state === null)
    return closed(answered, { code: "bad-answer", message: "the server sent a document without its text" }, now)
  const presences = replaced(sync.docType, state.presences, message.presences)
  return after({ ...answered, state: { ...state, presences } }, effects, now, sync.state?.snapshot ?? null)
}

function takenIn(
  sync: DocumentSync,
  message: OpenedMessage,
): { readonly state: DocumentState | null; readonly effects: readonly SyncEffect[] } {
  const { epoch, revision, tag, seq, snapshot } = message
  const fate = message.fate ?? null
  if (sync.state !== null && message.resumed) {
    const [state, effects] = resumed(sync.state, { revision, tag, seq, entries: message.entries ?? [] }, fate)
    return { state, effects }
  }
  if (snapshot === undefined) return { state: null, effects: [] }
  const start = { epoch, revision, tag, seq, snapshot }
  if (sync.state === null) {
    const state = openedState(sync.docType, sync.client ?? "", start)
    return { state, effects: [{ kind: "replaced", snapshot }] }
  }
  const [state, effects] = restarted(sync.state, start, fate)
  return { state, effects }
}

/**
 * Take in that the server ended a subscription or refused to begin one. What is pending is handed back where it is
 * for good.
 *
 * While an `open` is out this may be its answer, or belong to the subscription before it and have crossed it on the
 * wire. Only what follows tells, so an `opened` that still comes is taken in.
 */
function closed(sync: DocumentSync, refused: Refused, now: number): SyncStep {
  const state = sync.state === null || sync.asking ? sync.state : lost(sync.state)
  const ended: DocumentSync = { ...sync, state, answerBy: null }
  if (TO_TRY_AGAIN.has(refused.code)) return [openLater(ended, now, null), []]
  const { code, message } = refused
  const [emptied, effects] = ended.state === null ? [null, []] : givenUp(ended.state, code, message)
  const unknown = lostSight(ended)
  return after({ ...ended, state: emptied, unknown, refused: { code, message } }, effects, now, sync.state?.snapshot ?? null)
}

/** Stop following the document: return what is to be written down of it. What was not acknowledged goes no further. */
export function leave(sync: DocumentSync): DocumentSync {
  const state = sync.state === null ? null : lost(withoutEdits(sync.state))
  return { ...disconnected(sync), state, unknown: lostSight(sync) }
}

function lostSight({ state, unknown }: DocumentSync): Unknown | null {
  return state === null || state.inflight === null ? unknown : { seq: state.inflight.submission.seq, said: false }
}

function failed(sync: DocumentSync, error: ErrorMessage, now: number): SyncStep {
  const wait = error.retry_after === undefined ? null : error.retry_after * 1000
  switch (error.code) {
    case "rate-limited":
    case "draining": {
      const sendAt = now + (wait ?? FIRST_DELAY)
      const state = error.seq === undefined || sync.state === null ? sync.state : notTaken(sync.state, error.seq)
      return [{ ...sync, state, sendAt, answerBy: sync.asking ? sync.answerBy : null }, []]
    }
    case "unavailable":
    case "seq-gap":
    case "seq-reused":
    case "future-revision":
    case "not-open":
      return sync.asking ? [sync, []] : [openLater(sync, now, wait), []]
    case "already-open":
    case "not-allowed": // to show where one is: others do not see it, and nothing else is lost
      return [sync, []]
    case "bad-document-name":
    case "unknown-doc-type":
      return closed(sync, error, now)
    default:
      return [sync, [{ kind: "complaint", code: error.code, message: error.message }]]
  }
}

/** Take back what is inflight because the server will not even read it. */
export function unsendable(sync: DocumentSync, code: string, message: string): SyncStep {
  if (!sync.state?.inflight?.sent) return [sync, []]
  const [state, effects] = handedBack(sync.state, sync.state.inflight, code, message)
  return [{ ...sync, state: { ...state, seq: state.seq - 1 } }, effects]
}

// Time.

/** Do what is due by now. */
export function ticked(sync: DocumentSync, now: number): SyncStep {
  if (sync.client === null) return [sync, []]
  if (sync.openAt !== null && now >= sync.openAt) return openNow(unanswered(sync), now)
  if (sync.answerBy !== null && now >= sync.answerBy) {
    if (sync.asking) return [{ ...sync, answerBy: now + ANSWER_TIMEOUT }, [{ kind: "doubt" }]]
    const [next, effects] = openNow(sync, now)
    return [next, [{ kind: "doubt" }, ...effects]]
  }
  return after(sync, [], now)
}

/** Return when {@link ticked} is wanted next, null for never. */
export function nextTick(sync: DocumentSync): number | null {
  if (sync.client === null) return null
  const times = [sync.openAt, sync.answerBy]
  const { state } = sync
  if (state?.subscription === "open" && sync.openAt === null) {
    if (isSynchronized(state) && sync.presenceDue) times.push(sync.presenceAt)
    if (state.inflight === null ? state.buffer.length > 0 : !state.inflight.sent) times.push(sync.sendAt)
  }
  const set = times.filter((time) => time !== null)
  return set.length === 0 ? null : Math.min(...set)
}

/** Give up waiting for the answer to an `open`, if one is out. */
function unanswered(sync: DocumentSync): DocumentSync {
  const state = sync.state === null ? null : lost(sync.state)
  return { ...sync, state, asking: false }
}

function openLater(sync: DocumentSync, now: number, wait: number | null): DocumentSync {
  const delay = sync.fruitless === 0 && !sync.asking ? 0 : Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** Math.min(sync.fruitless, 8))
  return { ...sync, openAt: now + (wait ?? delay), fruitless: sync.fruitless + 1, answerBy: null }
}

// What follows from every event.

function withState(sync: DocumentSync, event: (state: DocumentState) => Step, now: number): SyncStep {
  if (sync.state === null) return [sync, []]
  const [state, effects] = event(sync.state)
  return after({ ...sync, state }, effects, now)
}

/**
 * Follow the screen with one's own presence, open again where that is wanted, send what is to go out.
 *
 * `before` is what the screen showed before these effects, null if nothing.
 */
function after(sync: DocumentSync, effects: readonly SyncEffect[], now: number, before: Snapshot | null = null): SyncStep {
  const next = noted(sync, effects, now, before)
  if (next.openAt !== null && now >= next.openAt) {
    const [asking, more] = openNow(next, now)
    return [asking, [...effects, ...more]]
  }
  const [sent, more] = sendDue(next, now)
  return [sent, [...effects, ...more]]
}

function noted(sync: DocumentSync, effects: readonly SyncEffect[], now: number, before: Snapshot | null): DocumentSync {
  let next = sync
  for (const effect of effects) {
    if (effect.kind === "changed")
      next = { ...next, presence: movedBy(sync.docType, next.presence, effect.op, effect.author === "foreign" ? "left" : "right") }
    else if (effect.kind === "replaced" && before !== null)
      next = { ...next, presence: movedBy(sync.docType, next.presence, sync.docType.diff(before, effect.snapshot), "left") }
    else if (effect.kind === "acknowledged") next = { ...next, fruitless: 0, answerBy: null, presenceDue: next.presenceDue || next.presence !== null }
    else if (effect.kind === "open-again" && next.openAt === null && !next.asking) next = openLater(next, now, null)
  }
  return next
}

function sendDue(sync: DocumentSync, now: number): SyncStep {
  if (sync.state?.subscription !== "open" || sync.openAt !== null || now < sync.sendAt) return [sync, []]
  const [state, submission] = toSend(sync.state)
  if (submission !== null) {
    const next = { ...sync, state, answerBy: now + ANSWER_TIMEOUT }
    return [next, [{ kind: "submit", submission, generation: sync.generation }]]
  }
  if (!isSynchronized(state) || !sync.presenceDue || now < sync.presenceAt) return [{ ...sync, state }, []]
  const message = { type: "presence", doc: sync.doc, revision: state.revision, state: sync.presence } as const
  const told = { ...sync, state, presenceDue: false, presenceAt: now + PRESENCE_INTERVAL }
  return [told, [{ kind: "send", message }]]
}
