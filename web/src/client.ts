/**
 * A client: one connection, the documents open on it, and what is written down about them.
 *
 * Carries out what `connection_machine.ts` decides: opens and closes sockets, greets, pings, and gives each message to
 * the document that it is about. Holds no rules of its own.
 */

import "./without_eval.ts" // before ./wire.ts

import { type ConnectionEvent, nextTick, type Refusal } from "./connection.ts"
import { type ConnectionEffect, type ConnectionPhase, type ConnectionState, idleConnection, next } from "./connection_machine.ts"
import { pendingOf } from "./document_state.ts"
import { documentSync } from "./document_sync.ts"
import type { DocumentType } from "./document_type.ts"
import type { PendingRecord, PendingStore, SeatRecord } from "./pending_store.ts"
import { recordWriter } from "./record_writer.ts"
import { type DocumentHost, LiveDocument, type SharedDocument } from "./shared_document.ts"
import type { Socket, Surroundings } from "./surroundings.ts"
import { type ClientMessage, type ErrorMessage, type Identity, ServerMessage } from "./wire.ts"

/** What proves who one is, or what gets it: called for each connection, and before a token ends. */
export type Token = string | (() => Promise<string>)

/** Milliseconds before its end that a token is renewed; one that lasts for less than twice that, after half. */
const RENEW_BEFORE = 60_000
/** Milliseconds until a renewal is tried again that failed. */
const RENEW_AGAIN = 5_000
/** Codes by which the server says, naming no document, that it has not taken a `renew`. */
const NOT_RENEWED: ReadonlySet<string> = new Set(["bad-token", "rate-limited", "unavailable"])

export interface ClientOptions {
  /** The address of the server's `/sync`, with `ws:` or `wss:`. */
  readonly url: string
  /** The id of the seat that this client holds: see `seat.ts`. */
  readonly seat: string
  readonly store: PendingStore
  readonly world: Surroundings
  /** Proves who this is, where the server asks for it. */
  readonly token: Token | null
}

/** What a connection is doing, for showing it. */
export interface ConnectionStatus {
  readonly phase: ConnectionPhase
  /** When the next attempt is due, in milliseconds of the surroundings' clock; null if none is. */
  readonly retryAt: number | null
  /** Why the server ended the last connection, if it said so. */
  readonly refusal: Refusal | null
  /** Who the server takes this to be, once it has said so. */
  readonly identity: Identity | null
  readonly client: string | null
}

type Happening = ConnectionEvent extends infer One ? (One extends ConnectionEvent ? Omit<One, "now" | "random"> : never) : never

/** One connection to a server and the documents on it. */
export class Client {
  private connection: ConnectionState = idleConnection()
  private socket: Socket | null = null
  private seat: SeatRecord | null = null
  private identity: Identity | null = null
  private client: string | null = null
  private cancelTimer: (() => void) | null = null
  /** When a fresh token is due; null: the present one does not end, or another is on its way. */
  private renewAt: number | null = null
  private readonly documents = new Map<string, LiveDocument>()
  /** Answers still to come to opens of documents that were closed since. */
  private readonly orphans = new Map<string, number>()
  /** Documents that are being closed: done when they are written down as they were left. */
  private readonly leaving = new Map<string, Promise<void>>()
  /** Submissions given up with a document that was closed here, before their fate was known. */
  private readonly unknown = new Map<string, number>()
  private readonly listeners = new Set<(status: ConnectionStatus) => void>()

  private constructor(private readonly options: ClientOptions) {}

  /** Make a client that connects at once, under the identity that its seat had before. */
  static async connect(options: ClientOptions): Promise<Client> {
    const client = new Client(options)
    client.seat = await options.store.loadSeat(options.seat).catch(() => null) // a new identity, then
    client.happened({ type: "start" })
    return client
  }

  get status(): ConnectionStatus {
    const { phase, memory } = this.connection
    const retryAt = phase === "waiting" || phase === "offline" ? memory.deadline : null
    return { phase, retryAt, refusal: memory.refusal, identity: this.identity, client: this.client }
  }

  /** Open a document, beginning with what an earlier run has written down about it. */
  async open(doc: string, docType: DocumentType): Promise<SharedDocument> {
    const known = this.documents.get(doc)
    if (known !== undefined) return known
    await this.leaving.get(doc)
    const kept = await this.options.store.load(this.options.seat, doc).catch(() => null)
    const pending = kept?.docType === docType.name ? kept.pending : null
    const ofAnotherType = pending === null ? kept?.pending.inflight?.submission.seq : undefined
    const unknown = this.unknown.get(doc) ?? kept?.unknown ?? ofAnotherType ?? null
    this.unknown.delete(doc)
    const document = new LiveDocument(this.host, documentSync(doc, docType, kept?.client ?? "", pending, unknown))
    this.documents.set(doc, document)
    if (this.connection.phase === "online" && this.client !== null) document.connected(this.client)
    return document
  }

  /** Hear of every change of the connection; the answer ends that. */
  subscribe(listener: (status: ConnectionStatus) => void): () => void {
    this.listeners.add(listener)
    return () => { this.listeners.delete(listener) }
  }

  /** Connect now, whatever the connection was waiting for. */
  retry(): void { this.happened({ type: "start" }) }
  /** Find out whether the connection is really there: the page is seen again. */
  wake(): void { this.happened({ type: "woken" }) }
  networkChanged(found: boolean): void { this.happened({ type: found ? "network-found" : "network-lost" }) }

  /** Tell the others that one is gone, as far as there is time for it. */
  sayFarewell(): void {
    for (const document of this.documents.values())
      if (document.live && document.revision !== null)
        this.send({ type: "presence", doc: document.name, revision: document.revision, state: null })
  }

  /** End the connection. What is unsent stays written down. */
  close(): void { this.happened({ type: "stop" }) }

  // Carrying out.

  private readonly host: DocumentHost = {
    now: () => this.options.world.now(),
    send: (message) => { this.send(message) },
    doubt: () => { this.wake() },
    rescheduled: () => { this.schedule() },
    left: (document, asking) => {
      const { name: doc, sync: { unknown } } = document
      this.documents.delete(doc)
      if (unknown !== null) this.unknown.set(doc, unknown.seq)
      const left = document.stored().catch(() => undefined).then(() => { this.leaving.delete(doc) })
      this.leaving.set(doc, left)
      if (this.client === null) return
      if (asking) this.orphans.set(doc, (this.orphans.get(doc) ?? 0) + 1)
      this.send({ type: "close", doc })
    },
    writer: (document) =>
      recordWriter(
        (durable) => {
          const record = this.recordOf(document)
          return record === null ? Promise.resolve() : this.options.store.save(record, durable)
        },
        (milliseconds, callback) => this.options.world.after(milliseconds, callback),
      ),
  }

  private recordOf(document: LiveDocument): PendingRecord | null {
    const { doc, docType, state, unknown } = document.sync
    if (state === null) return null
    const { seat, world } = this.options
    const { client } = state
    return { seat, doc, docType: docType.name, client, pending: pendingOf(state), unknown: unknown?.seq ?? null, savedAt: world.date() }
  }

  private happened(happening: Happening): void {
    const { world } = this.options
    const before = this.connection.phase
    const [state, effects] = next(this.connection, { ...happening, now: world.now(), random: world.random() })
    this.connection = state
    if (before === "online" && state.phase !== "online") this.wentOffline()
    for (const effect of effects) this.carryOut(effect)
    this.schedule()
    for (const listener of this.listeners) listener(this.status)
  }

  private wentOffline(): void {
    this.client = null
    this.orphans.clear()
    this.renewAt = null
    for (const document of this.documents.values()) document.disconnected()
  }

  private carryOut(effect: ConnectionEffect): void {
    switch (effect) {
      case "open-socket":
        this.openSocket()
        return
      case "close-socket": {
        const { socket } = this
        this.socket = null
        socket?.close()
        return
      }
      case "send-hello":
        this.withToken(
          (token) => {
            const earlier = this.seat === null ? {} : { client: this.seat.client, resume: this.seat.resume }
            this.send({ type: "hello", ...(token === null ? {} : { token }), ...earlier })
          },
          () => { this.happened({ type: "dropped", closeCode: 1006 }) },
        )
        return
      case "send-ping":
        this.send({ type: "ping" })
    }
  }

  /** Go on with a token, at once where it is at hand, while the connection is still the one it is for. */
  private withToken(then: (token: string | null) => void, failed: () => void): void {
    const { socket, options: { token } } = this
    if (typeof token !== "function") {
      then(token)
      return
    }
    token().then(
      (fresh) => { if (this.socket === socket) then(fresh) },
      () => { if (this.socket === socket) failed() },
    )
  }

  private lasts(expires: number | undefined): void {
    const left = expires === undefined ? null : expires * 1000
    this.renewAt = left === null ? null : this.options.world.now() + left - Math.min(RENEW_BEFORE, left / 2)
    this.schedule()
  }

  private renew(): void {
    this.renewAt = null
    if (typeof this.options.token !== "function") return
    this.withToken(
      (token) => { if (token !== null && this.connection.phase === "online") this.send({ type: "renew", token }) },
      () => { this.renewLater() },
    )
  }

  private renewLater(): void {
    if (this.connection.phase !== "online") return
    this.renewAt = this.options.world.now() + RENEW_AGAIN
    this.schedule()
  }

  private openSocket(): void {
    // What a socket says after it was let go is not heard: its listener knows whether it is still the one.
    const ifCurrent = (then: () => void): void => { if (this.socket === socket) then() }
    const socket = this.options.world.openSocket(this.options.url, {
      opened: () => { ifCurrent(() => { this.happened({ type: "opened" }) }) },
      heard: (frame) => { ifCurrent(() => { this.heard(frame) }) },
      closed: (closeCode) => { ifCurrent(() => { this.happened({ type: "dropped", closeCode }) }) },
    })
    this.socket = socket
  }

  private send(message: ClientMessage): void {
    this.socket?.send(JSON.stringify(message))
  }

  private heard(frame: string): void {
    const parsed = ServerMessage.safeParse(JSON.parse(frame))
    if (!parsed.success) {
      // A message that can't be read may have held entries: what follows it would have a gap.
      console.error("counterpoint: unreadable message", parsed.error.issues)
      this.happened({ type: "dropped", closeCode: 1002 })
      return
    }
    this.happened({ type: "heard" })
    this.took(parsed.data)
  }

  private took(message: ServerMessage): void {
    switch (message.type) {
      case "welcome":
        this.welcomed(message)
        return
      case "goodbye":
        this.happened({ type: "goodbye", retryAfter: message.retry_after })
        return
      case "error":
        this.failed(message)
        return
      case "opened":
      case "closed":
        if (!this.orphaned(message.doc)) this.documents.get(message.doc)?.took(message)
        return
      case "operations":
      case "ack":
      case "reject":
      case "presence":
      case "lagging":
        this.documents.get(message.doc)?.took(message)
        return
      case "renewed":
        this.lasts(message.expires)
        return
      case "history":
      case "snapshot":
      case "pong": // any message is a sign of life: nothing is left to do
    }
  }

  /** Tell whether an answer is for an `open` of a document that was closed since. */
  private orphaned(doc: string): boolean {
    const due = this.orphans.get(doc) ?? 0
    if (due > 0) this.orphans.set(doc, due - 1)
    return due > 0
  }

  private welcomed(message: Extract<ServerMessage, { type: "welcome" }>): void {
    const { client, resume, identity } = message
    this.client = client
    this.identity = identity
    this.seat = { seat: this.options.seat, client, resume }
    this.happened({ type: "welcomed", heartbeat: message.heartbeat })
    this.lasts(message.expires)
    // Not a submission may leave under an identity that a reload would not know.
    void this.options.store.saveSeat(this.seat).catch(() => undefined).then(() => {
      if (this.client !== client) return
      for (const document of this.documents.values()) document.connected(client)
    })
  }

  private failed(message: ErrorMessage): void {
    const { code, retry_after: retryAfter } = message
    if (message.doc !== undefined) this.documents.get(message.doc)?.took(message)
    else if (NOT_RENEWED.has(code)) this.renewLater()
    if (!message.fatal) return
    if (code === "bad-resume") {
      this.seat = null
      void this.options.store.forgetSeat(this.options.seat).catch(() => undefined)
    }
    if (code === "message-too-large") for (const document of this.documents.values()) document.unsendable(code, message.message)
    this.happened({ type: "refused", code, message: message.message, retryAfter: retryAfter ?? null })
  }

  private schedule(): void {
    this.cancelTimer?.()
    this.cancelTimer = null
    const times = [nextTick(this.connection.memory), this.renewAt, ...[...this.documents.values()].map((document) => document.nextTick)]
    const due = times.filter((time) => time !== null)
    if (due.length === 0) return
    const wait = Math.max(0, Math.min(...due) - this.options.world.now())
    this.cancelTimer = this.options.world.after(wait, () => { this.tick() })
  }

  private tick(): void {
    const now = this.options.world.now()
    for (const document of this.documents.values()) {
      const due = document.nextTick
      if (due !== null && now >= due) document.ticked()
    }
    if (this.renewAt !== null && now >= this.renewAt) this.renew()
    this.happened({ type: "tick" })
  }
}
