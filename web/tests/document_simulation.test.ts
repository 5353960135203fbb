/**
 * Clients on one log, over connections that are cut at any moment: what is typed lands once, and all end equal.
 *
 * Every client types tokens that occur nowhere else. A cut loses what is on the way down; what is on the way up is lost
 * or comes late, after the client is back. A crash begins again with what was written down when the last message left
 * or the last edit was made. The oracle is the set of tokens: it knows nothing of operations.
 */

import { expect, test } from "vitest"

import { checkState, isSynchronized, type Pending, pendingOf } from "../src/document_state.ts"
import { connected, disconnected, documentSync, type DocumentSync, edit, redo, type SyncStep, ticked, took, undo } from "../src/document_sync.ts"
import type { DocumentType } from "../src/document_type.ts"
import { richText } from "../src/rich_text_type.ts"
import { text } from "../src/text_type.ts"
import type { ClientMessage, Json, ServerMessage } from "../src/wire.ts"
import { type Chance, chanceOf } from "./chance.ts"
import { SimulatedLog } from "./simulated_log.ts"

/** How users of a type write: positions and lengths are in the units of the type. */
interface Writing {
  readonly docType: DocumentType
  /** Return the text of a document, without what only the type puts there. */
  read(snapshot: Json): string
  /** Return how many units of the document a text takes up. */
  length(text: string): number
  insert(at: number, text: string, chance: Chance): Json
  erase(at: number, text: string): Json
  /** Return an operation that changes no text, null if the type has none. */
  mark(at: number, text: string, chance: Chance): Json | null
}

const skipped = (at: number): number[] => (at === 0 ? [] : [at])

const inText: Writing = {
  docType: text,
  read: (snapshot) => snapshot as string,
  length: (written) => [...written].length,
  insert: (at, written) => [...skipped(at), written],
  erase: (at, written) => [...skipped(at), { d: inText.length(written) }],
  mark: () => null,
}

const retained = (at: number): Json[] => skipped(at).map((retain) => ({ retain }))
const look = (chance: Chance): Json => ({ [chance.pick(["bold", "color"])]: chance.pick(["red", "blue"]) })

const inRichText: Writing = {
  docType: richText,
  read: (snapshot) => (snapshot as { insert: string }[]).map(({ insert }) => insert).join("").replace(/\n$/u, ""),
  length: (written) => written.length,
  insert: (at, written, chance) => [...retained(at), chance.oneIn(2) ? { insert: written } : { insert: written, attributes: look(chance) }],
  erase: (at, written) => [...retained(at), { delete: written.length }],
  mark: (at, written, chance) => [...retained(at), { retain: written.length, attributes: chance.oneIn(4) ? { bold: null, color: null } : look(chance) }],
}

interface Wire {
  readonly id: string
  readonly up: ClientMessage[]
  readonly down: ServerMessage[]
}

class SimulatedClient {
  wire: Wire | null = null
  sync: DocumentSync
  written: Pending | null = null
  handedBack = 0

  constructor(readonly name: string, private readonly docType: DocumentType) { this.sync = this.fresh() }

  private fresh(): DocumentSync { return documentSync("doc", this.docType, this.name, this.written) }

  step([sync, effects]: SyncStep): void {
    this.sync = sync
    if (sync.state !== null) {
      checkState(sync.state)
      this.written = pendingOf(sync.state)
    }
    for (const effect of effects) {
      if (effect.kind === "send") this.wire?.up.push(effect.message)
      if (effect.kind === "submit") {
        const { seq, base, op } = effect.submission
        this.wire?.up.push({ type: "submit", doc: "doc", revision: base, seq, op })
      }
      if (effect.kind === "handed-back") this.handedBack += 1
    }
  }

  crash(): void { this.sync = this.fresh() }
}

class World {
  readonly chance: Chance
  readonly log: SimulatedLog
  readonly clients: SimulatedClient[]
  readonly typed = new Set<string>()
  private readonly late: { wire: Wire; client: string; message: ClientMessage }[] = []
  private now = 0
  private wires = 0
  private tokens = 0

  /** Whether users undo and redo: then a token may be gone at the end, but is still there no more than once. */
  readonly undoes: boolean

  constructor(seed: number, private readonly writing: Writing) {
    this.undoes = seed % 2 === 0
    this.chance = chanceOf(seed)
    this.log = new SimulatedLog(this.chance, writing.docType)
    this.clients = ["ann", "ben", "cai"].map((name) => new SimulatedClient(name, writing.docType))
  }

  run(steps: number): void {
    for (let step = 0; step < steps; step += 1) {
      this.now += 10
      this.act(this.chance.pick(this.clients))
    }
  }

  private act(client: SimulatedClient): void {
    const roll = this.chance.below(20)
    if (roll < 7) this.type(client)
    else if (roll < 11) this.up(client)
    else if (roll < 15) this.down(client)
    else if (roll === 15) this.reconnect(client)
    else if (roll === 16) this.cut(client)
    else if (roll === 17) this.deliverLate()
    else if (roll === 18 && this.chance.oneIn(3)) { this.cut(client); client.crash() }
    else if (this.undoes) client.step(this.chance.oneIn(2) ? undo(client.sync, this.now) : redo(client.sync, this.now))
  }

  private type(client: SimulatedClient): void {
    const { state } = client.sync
    if (state === null) return
    const shown = [...this.writing.read(state.snapshot)]
    client.step(edit(client.sync, this.written(shown) ?? this.token(shown), null, this.now))
  }

  /** Return an operation on what is there, if this is to be one. */
  private written(shown: readonly string[]): Json | null {
    const { writing, chance } = this
    const at = (index: number): number => writing.length(shown.slice(0, index).join(""))
    const dot = shown.indexOf(".")
    if (dot >= 0 && chance.oneIn(3)) return writing.erase(at(dot), ".")
    if (shown.length === 0 || !chance.oneIn(3)) return null
    const from = chance.below(shown.length)
    return writing.mark(at(from), shown.slice(from, from + 1 + chance.below(3)).join(""), chance)
  }

  private token(shown: readonly string[]): Json {
    const { writing, chance } = this
    const token = String.fromCodePoint((chance.oneIn(4) ? 0x1f300 : 0x4e00) + this.tokens++)
    this.typed.add(token)
    const before = shown.slice(0, chance.below(shown.length + 1)).join("")
    return writing.insert(writing.length(before), chance.oneIn(2) ? `${token}.` : token, chance)
  }

  private reconnect(client: SimulatedClient): void {
    if (client.wire !== null) return
    client.wire = { id: `${client.name}-${this.wires++}`, up: [], down: [] }
    client.step(connected(client.sync, client.name, this.now))
  }

  private cut(client: SimulatedClient): void {
    const { wire } = client
    if (wire === null) return
    for (const message of wire.up) if (this.chance.oneIn(2)) this.late.push({ wire, client: client.name, message })
    this.log.disconnect(wire.id)
    client.wire = null
    client.step([disconnected(client.sync), []])
  }

  private up(client: SimulatedClient): void {
    const message = client.wire?.up.shift()
    if (client.wire !== null && message !== undefined) this.deliver(client.wire, client.name, message)
  }

  private deliver(wire: Wire, client: string, message: ClientMessage): void {
    const { sender, room } = this.log.take(wire.id, client, message)
    wire.down.push(...sender)
    for (const other of this.clients) other.wire?.down.push(...room)
  }

  private deliverLate(): void {
    const ghost = this.late.shift()
    if (ghost !== undefined) this.deliver(ghost.wire, ghost.client, ghost.message)
  }

  private down(client: SimulatedClient): void {
    const message = client.wire?.down.shift()
    if (message !== undefined) client.step(took(client.sync, message, this.now))
  }

  /** No more cuts and no more typing: everything on the way arrives. */
  settle(): void {
    for (let round = 0; round < 400; round += 1) {
      this.now += 5000
      this.deliverLate()
      for (const client of this.clients) {
        this.reconnect(client)
        this.up(client)
        this.down(client)
        client.step(ticked(client.sync, this.now))
      }
    }
  }
}

test.each([["text", inText, 400], ["rich text", inRichText, 60]] as const)( // as many as take some seconds
  "in random worlds of %s every token lands once, and every screen ends with the log's document",
  (_name, writing, worlds) => {
    for (let seed = 0; seed < worlds; seed += 1) {
      const world = new World(seed, writing)
      try {
        world.run(160)
        world.settle()
        for (const { sync, name, handedBack } of world.clients) {
          expect([name, sync.state?.snapshot]).toEqual([name, world.log.snapshot])
          expect([name, sync.state !== null && isSynchronized(sync.state)]).toEqual([name, true])
          expect([name, sync.state?.repairs, handedBack]).toEqual([name, 0, 0])
        }
        const shown = [...writing.read(world.log.snapshot)]
        const expected = [...world.typed].filter((token) => !world.undoes || shown.includes(token))
        expect(shown.filter((one) => one !== ".").sort()).toEqual(expected.sort())
      } catch (error) {
        throw new Error(`world ${seed}: ${String(error)}`, { cause: error })
      }
    }
  },
  60_000,
)
