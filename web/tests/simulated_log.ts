/** A revision log as the server keeps one, small enough to be seen through: the other side of the simulation. */

import type { DocumentType, Snapshot } from "../src/document_type.ts"
import type { ClientMessage, Entry, Fate, Json, OpenMessage, ServerMessage, SubmitMessage } from "../src/wire.ts"
import type { Chance } from "./chance.ts"

interface Outcome {
  readonly seq: number
  readonly fate: Fate
}

/** What a message makes the server send: to its sender, and to everybody who has the document open. */
export interface Answer {
  readonly sender: readonly ServerMessage[]
  readonly room: readonly ServerMessage[]
}

export class SimulatedLog {
  readonly entries: Entry[] = []
  private readonly outcomes = new Map<string, Outcome>()
  private readonly messages = new Map<string, string>()
  private readonly subscribed = new Set<string>()

  constructor(private readonly chance: Chance, private readonly docType: DocumentType) {}

  get snapshot(): Snapshot {
    return this.entries.reduce<Json>((snapshot, { op }) => this.docType.apply(snapshot, op), this.docType.create())
  }

  /** Forget a connection; `connection` tells one of a client's apart from the next. */
  disconnect(connection: string): void { this.subscribed.delete(connection) }

  take(connection: string, client: string, message: ClientMessage): Answer {
    if (message.type === "open") return { sender: this.open(connection, client, message), room: [] }
    if (message.type !== "submit") return { sender: [], room: [] }
    return this.submit(connection, client, message)
  }

  private submit(connection: string, client: string, message: SubmitMessage): Answer {
    const { doc, seq } = message
    this.checkRepeats(client, message)
    const last = this.outcomes.get(client)
    const error = (code: string): Answer => ({
      sender: [{ type: "error", code, message: code, fatal: false, doc, seq }],
      room: [],
    })
    if (last !== undefined && seq === last.seq) return { sender: [this.repeated(message, last)], room: [] }
    if (last !== undefined && seq < last.seq) return error("seq-reused")
    if (seq > (last?.seq ?? 0) + 1) return error("seq-gap")
    if (!this.subscribed.has(connection) && this.chance.oneIn(2)) return error("not-open")
    if (this.chance.oneIn(12)) return { sender: [this.reject(client, message, "superseded")], room: [] }
    const after = this.entries.slice(message.revision)
    const op = after.reduce<Json>((carried, entry) => this.docType.transform(carried, entry.op, "left"), message.op)
    this.docType.apply(this.snapshot, op) // the log never holds what does not apply
    const entry = { revision: this.entries.length + 1, client, seq, op }
    this.entries.push(entry)
    this.outcomes.set(client, { seq, fate: { landed: entry.revision, op } })
    return { sender: [], room: [{ type: "operations", doc, entries: [entry], tag: `t${entry.revision}` }] }
  }

  /** A resubmission is the first message again, whatever has happened since. */
  private checkRepeats(client: string, { seq, revision, op }: SubmitMessage): void {
    const [key, message] = [`${client} ${seq}`, JSON.stringify([revision, op])]
    const first = this.messages.get(key) ?? message
    if (first !== message) throw new Error(`submission ${key} was ${first} and is now ${message}`)
    this.messages.set(key, message)
  }

  private repeated({ doc, seq }: SubmitMessage, { fate }: Outcome): ServerMessage {
    if (fate.landed !== undefined) return { type: "ack", doc, seq, revision: fate.landed, op: fate.op ?? null }
    return { type: "reject", doc, seq, code: fate.rejected ?? "", message: "as before" }
  }

  private reject(client: string, { doc, seq }: { doc: string; seq: number }, code: string): ServerMessage {
    this.outcomes.set(client, { seq, fate: { rejected: code, message: code } })
    return { type: "reject", doc, seq, code, message: code }
  }

  private open(connection: string, client: string, message: OpenMessage): ServerMessage[] {
    this.subscribed.add(connection)
    const { doc, inflight, revision } = message
    const answers: ServerMessage[] = []
    const last = this.outcomes.get(client)?.seq ?? 0
    if (inflight !== undefined && inflight > last && this.chance.oneIn(8))
      answers.push(this.reject(client, { doc, seq: inflight }, "superseded"))
    const outcome = this.outcomes.get(client)
    const known = outcome !== undefined && outcome.seq === inflight ? outcome.fate : undefined
    const end = this.entries.length
    const common = {
      type: "opened" as const, doc, doc_type: this.docType.name, epoch: "e", revision: end, tag: `t${end}`, seq: outcome?.seq ?? 0,
      presences: [], access: "write" as const, ...(known === undefined ? {} : { fate: known }),
    }
    if (revision === undefined) answers.push({ ...common, resumed: false, snapshot: this.snapshot })
    else answers.push({ ...common, resumed: true, entries: this.catchUp(revision, inflight, known) })
    return answers
  }

  /** Single entries as far as what is inflight has to be carried over them, one composition of the rest. */
  private catchUp(revision: number, inflight: number | undefined, fate: Fate | undefined): Entry[] {
    const missed = this.entries.slice(revision)
    const undecided = inflight !== undefined && (fate === undefined || fate.rejected !== undefined)
    const single = undecided ? missed.length : fate?.landed === undefined ? 0 : fate.landed - revision
    const rest = missed.slice(Math.max(0, single))
    const head = missed.slice(0, Math.max(0, single))
    if (rest.length < 2) return [...head, ...rest]
    const last = rest.at(-1)!
    return [...head, { ...last, op: rest.map(({ op }) => op).reduce((sum, op) => this.docType.compose(sum, op)), span: rest.length }]
  }
}
