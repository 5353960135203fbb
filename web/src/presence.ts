/**
 * Where the others are, kept right while the document changes.
 *
 * A presence is any JSON that its author chose, said at a revision. In an object, the members `cursor` and
 * `anchor` are positions of the document's type and move with it; everything else is left alone. A cursor is
 * moved over its author's own operations with side "right" (one types in front of one's cursor) and over those
 * of others with side "left".
 *
 * A presence from a later revision than one's own is held back until that revision is there. One from before
 * the window of recent entries can't be placed any more, and is shown without its positions.
 */

import { type DocumentType, InvalidOperation, type Operation, type Side } from "./document_type.ts"
import type { Entry, Identity, Json, Presence } from "./wire.ts"

const POSITIONS = ["cursor", "anchor"] as const
/** Entries kept to move late presences over: more than a connection is behind without being told that it lags. */
const WINDOW = 500

/** Somebody else, and what they say of themselves. */
export interface Peer {
  readonly client: string
  readonly identity: Identity
  readonly state: Json
}

/** Everybody else's presence, in positions of the log at `revision`. */
export interface Presences {
  readonly revision: number
  readonly peers: ReadonlyMap<string, Peer>
  readonly held: ReadonlyMap<string, Presence>
  readonly recent: readonly Entry[]
}

/** Begin, or begin anew from a snapshot, with nobody there. */
export function nobodyAt(revision: number): Presences {
  return { revision, peers: new Map(), held: new Map(), recent: [] }
}

/** Take in what somebody said of themselves; a `state` of null: they are gone. */
export function heard(docType: DocumentType, presences: Presences, said: Presence): Presences {
  const held = new Map(presences.held)
  const peers = new Map(presences.peers)
  held.delete(said.client)
  if (said.state === null) peers.delete(said.client)
  else if (said.revision > presences.revision) held.set(said.client, said)
  else if (said.revision === presences.revision || reachesBackTo(presences, said.revision)) {
    const since = presences.recent.filter((entry) => entry.revision > said.revision)
    const state = since.reduce<Json>(
      (moved, entry) => movedOver(docType, moved, said.client, entry),
      said.state,
    )
    peers.set(said.client, { client: said.client, identity: said.identity, state })
  } else peers.set(said.client, { client: said.client, identity: said.identity, state: unplaced(said.state) })
  return { ...presences, held, peers }
}

/** Take in everybody who is there now; whoever is not among them is gone. */
export function replaced(docType: DocumentType, presences: Presences, everybody: readonly Presence[]): Presences {
  const emptied = { ...presences, peers: new Map(), held: new Map() }
  return everybody.reduce<Presences>((sum, said) => heard(docType, sum, said), emptied)
}

/** Move everybody over an entry, and let those in who were waiting for its revision. */
export function landedAmong(docType: DocumentType, presences: Presences, entry: Entry): Presences {
  const peers = new Map<string, Peer>()
  for (const peer of presences.peers.values())
    peers.set(peer.client, { ...peer, state: movedOver(docType, peer.state, peer.client, entry) })
  const recent = [...presences.recent, entry].slice(-WINDOW)
  const moved: Presences = { ...presences, peers, recent, revision: entry.revision }
  const due = [...presences.held.values()].filter((said) => said.revision <= entry.revision)
  return due.reduce((sum, said) => heard(docType, sum, said), moved)
}

/** Return everybody as they are after one's own pending operations. */
export function shown(docType: DocumentType, presences: Presences, pending: readonly Operation[]): readonly Peer[] {
  return [...presences.peers.values()].map((peer) => ({
    ...peer,
    state: pending.reduce<Json>((moved, op) => movedBy(docType, moved, op, "left"), peer.state),
  }))
}

function unplaced(state: Json): Json {
  if (typeof state !== "object" || state === null || isList(state)) return state
  const kept = Object.entries(state).filter(([member]) => !POSITIONS.some((position) => position === member))
  return Object.fromEntries(kept)
}

function reachesBackTo(presences: Presences, revision: number): boolean {
  const oldest = presences.recent[0]
  return oldest !== undefined && oldest.revision - (oldest.span ?? 1) <= revision
}

function movedOver(docType: DocumentType, state: Json, author: string, entry: Entry): Json {
  return movedBy(docType, state, entry.op, entry.client === author ? "right" : "left")
}

/** Return a presence as it is after `op`, by somebody else ("left") or by its own author ("right"). */
export function movedBy(docType: DocumentType, state: Json, op: Operation, side: Side): Json {
  if (typeof state !== "object" || state === null || isList(state)) return state
  const changed = { ...state }
  for (const member of POSITIONS) {
    const position = changed[member]
    if (typeof position === "number") changed[member] = movedPosition(docType, position, op, side)
  }
  return changed
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

function movedPosition(docType: DocumentType, position: number, op: Operation, side: Side): number | null {
  try {
    return docType.transformPosition(position, op, side)
  } catch (error) {
    if (error instanceof InvalidOperation) return null // no position of this type: its author's mistake alone
    throw error
  }
}
