/**
 * One open document, as an application has it: its snapshot, edits, undo, the others, and what became of edits.
 *
 * Carries out what `document_sync.ts` decides. A submission leaves only once it is written down; if the browser has
 * no storage to give, it leaves all the same, and the application is told that a crash would lose what is unsent.
 */

import { isSynchronized, pendingOf, pendingOps } from "./document_state.ts"
import {
  connected,
  disconnected,
  type DocumentSync,
  edit,
  leave,
  nextTick,
  redo,
  type Refused,
  setPresence,
  type SyncEffect,
  type SyncStep,
  ticked,
  took,
  undo,
  unsendable,
} from "./document_sync.ts"
import type { Operation, Snapshot } from "./document_type.ts"
import { type Peer, shown } from "./presence.ts"
import type { RecordWriter } from "./record_writer.ts"
import type { UndoGroup } from "./undo.ts"
import type { ClientMessage, Json, ServerMessage } from "./wire.ts"

/** What subscribers are told, in the order in which it happened; "updated" ends every turn. */
export type DocumentEvent =
  | Exclude<SyncEffect, { kind: "send" | "submit" | "doubt" }>
  | { readonly kind: "unkept"; readonly reason: string }
  | { readonly kind: "updated" }

/** An open document. */
export interface SharedDocument {
  readonly name: string
  /** What the screen shows; null until the document has been seen for the first time. */
  readonly snapshot: Snapshot | null
  readonly revision: number | null
  /** Whether the server has acknowledged everything that was done here. */
  readonly synchronized: boolean
  /** Whether the document is open on a live connection. */
  readonly live: boolean
  /** What is not acknowledged yet, in order. */
  readonly pending: readonly Operation[]
  readonly access: "write" | "read"
  /** Why the server will not open the document; null if it does. */
  readonly refused: Refused | null
  readonly canUndo: boolean
  readonly canRedo: boolean
  /** How often what landed differed from what was carried here. */
  readonly repairs: number
  /** The others, their positions as in `snapshot`. */
  readonly peers: readonly Peer[]
  /** Apply one's own operation; consecutive ones of one `group` are undone as one. */
  edit(op: Operation, group: UndoGroup): void
  undo(): void
  redo(): void
  /** Tell the others where one is: `cursor` and `anchor` are positions in `snapshot`. */
  setPresence(state: Json): void
  /** Hear what happens; the answer ends that. */
  subscribe(listener: (event: DocumentEvent) => void): () => void
  /** Stop following the document. What is not acknowledged goes no further; nothing more can be done here. */
  close(): void
  /** Resolves when the server has acknowledged everything done here so far; rejects when the document is closed here. */
  settled(): Promise<void>
  /** Resolves when everything done here so far is written down on this device. */
  stored(): Promise<void>
}

/** What a document needs of the client that it belongs to. */
export interface DocumentHost {
  now(): number
  send(message: ClientMessage): void
  doubt(): void
  /** The document may want another time to be woken. */
  rescheduled(): void
  writer(document: LiveDocument): RecordWriter
  /** The document was left; `asking`: an answer to an `open` of it is still to come. */
  left(document: LiveDocument, asking: boolean): void
}

/** A document with the events that only its client may give it. */
export class LiveDocument implements SharedDocument {
  private readonly listeners = new Set<(event: DocumentEvent) => void>()
  private readonly waiting: { readonly resolve: () => void; readonly reject: (reason: Error) => void }[] = []
  private readonly writer: RecordWriter
  private unkept = false
  private closed = false

  constructor(
    private readonly host: DocumentHost,
    public sync: DocumentSync,
  ) {
    this.writer = host.writer(this)
  }

  get name(): string { return this.sync.doc }
  get snapshot(): Snapshot | null { return this.sync.state?.snapshot ?? null }
  get revision(): number | null { return this.sync.state?.revision ?? null }
  get synchronized(): boolean { return this.sync.state === null || isSynchronized(this.sync.state) }
  get live(): boolean { return this.sync.state?.subscription === "open" }
  get pending(): readonly Operation[] { return this.sync.state === null ? [] : pendingOps(this.sync.state) }
  get access(): "write" | "read" { return this.sync.access }
  get refused(): Refused | null { return this.sync.refused }
  get canUndo(): boolean { return (this.sync.state?.undos.length ?? 0) > 0 }
  get canRedo(): boolean { return (this.sync.state?.redos.length ?? 0) > 0 }
  get repairs(): number { return this.sync.state?.repairs ?? 0 }
  get nextTick(): number | null { return nextTick(this.sync) }

  get peers(): readonly Peer[] {
    const { state, docType } = this.sync
    if (state?.subscription !== "open") return [] // where they are now, nobody here knows
    return shown(docType, state.presences, pendingOps(state)).filter((peer) => peer.client !== state.client)
  }

  edit(op: Operation, group: UndoGroup): void { this.done((sync, now) => edit(sync, op, group, now)) }
  undo(): void { this.done(undo) }
  redo(): void { this.done(redo) }
  setPresence(state: Json): void { this.done((sync) => [setPresence(sync, state), []]) }

  connected(client: string): void { this.step(connected(this.sync, client, this.host.now())) }
  disconnected(): void { this.step([disconnected(this.sync), []]) }
  took(message: ServerMessage): void { this.step(took(this.sync, message, this.host.now())) }
  ticked(): void { this.step(ticked(this.sync, this.host.now())) }
  unsendable(code: string, message: string): void { this.step(unsendable(this.sync, code, message)) }

  subscribe(listener: (event: DocumentEvent) => void): () => void {
    this.listeners.add(listener)
    return () => { this.listeners.delete(listener) }
  }

  settled(): Promise<void> {
    if (this.closed) return Promise.reject(this.closedHere())
    if (this.synchronized && this.sync.state !== null) return Promise.resolve()
    return new Promise((resolve, reject) => { this.waiting.push({ resolve, reject }) })
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    const { asking } = this.sync
    this.sync = leave(this.sync)
    void this.written(true)
    this.host.left(this, asking)
    for (const { reject } of this.waiting.splice(0)) reject(this.closedHere())
  }

  stored(): Promise<void> { return this.writer.idle() }

  private done(what: (sync: DocumentSync, now: number) => SyncStep): void {
    if (this.closed) throw this.closedHere()
    this.step(what(this.sync, this.host.now()))
  }

  private closedHere(): Error {
    return new Error(`counterpoint: ${this.name} was closed here; open it again`)
  }

  private step([sync, effects]: SyncStep): void {
    const before = this.sync
    this.sync = sync
    if (!effects.some(({ kind }) => kind === "submit")) this.keep(before) // a submission is written before it leaves
    for (const effect of effects) this.carryOut(effect)
    if (this.synchronized && this.sync.state !== null) for (const { resolve } of this.waiting.splice(0)) resolve()
    this.tell({ kind: "updated" })
    this.host.rescheduled()
  }

  private carryOut(effect: SyncEffect): void {
    switch (effect.kind) {
      case "send":
        this.host.send(effect.message)
        return
      case "submit":
        void this.submit(effect)
        return
      case "doubt":
        this.host.doubt()
        return
      case "changed":
      case "replaced":
      case "acknowledged":
      case "repaired":
      case "handed-back":
      case "open-again":
      case "complaint":
        this.tell(effect)
    }
  }

  private async submit({ submission, generation }: Extract<SyncEffect, { kind: "submit" }>): Promise<void> {
    await this.written(true)
    if (this.sync.generation !== generation || this.sync.state?.subscription !== "open") return
    const { seq, base, op } = submission
    this.host.send({ type: "submit", doc: this.sync.doc, revision: base, seq, op })
  }

  /** Write down what has changed: at once where edits of one's own are at stake, or were until now. */
  private keep(before: DocumentSync): void {
    const { state } = this.sync
    if (state === null || state === before.state) return
    if (before.state !== null && pendingEquals(before.state, state)) return
    const quiet = isSynchronized(state) && (before.state === null || isSynchronized(before.state))
    if (quiet) this.writer.writeLazily()
    else void this.written(false)
  }

  private async written(durable: boolean): Promise<void> {
    try {
      await this.writer.write(durable)
    } catch (error) {
      if (this.unkept) return
      this.unkept = true // said once
      this.tell({ kind: "unkept", reason: error instanceof Error ? error.message : String(error) })
    }
  }

  private tell(event: DocumentEvent): void {
    for (const listener of this.listeners) listener(event)
  }
}

function pendingEquals(one: NonNullable<DocumentSync["state"]>, other: NonNullable<DocumentSync["state"]>): boolean {
  const [ours, theirs] = [pendingOf(one), pendingOf(other)]
  return (
    ours.epoch === theirs.epoch &&
    ours.revision === theirs.revision &&
    ours.tag === theirs.tag &&
    ours.seq === theirs.seq &&
    ours.inflight === theirs.inflight &&
    ours.buffer === theirs.buffer
  )
}
