/**
 * Clients on one log, over connections that are cut at any moment: what is typed lands once, and all end equal.
 *
 * Every client types tokens that occur nowhere else. A cut loses what is on the way down; what is on the way up is lost
 * or comes late, after the client is back. A crash begins again with what was written down when the last message left
 * or the last edit was made. The oracle is the set of tokens: it knows nothing of operations.
 */

import { expect, test } from "vitest"

import { codePointLength } from "../src/code_points.ts"
import { checkState, isSynchronized, type Pending, pendingOf } from "../src/document_state.ts"
import { connected, disconnected, documentSync, type DocumentSync, edit, redo, type SyncStep, ticked, took, undo } from "../src/document_sync.ts"
import { inNormalForm, text, textSnapshot } from "../src/text_type.ts"
import type { ClientMessage, ServerMessage } from "../src/wire.ts"
import { type Chance, chanceOf } from "./chance.ts"
import { SimulatedLog } from "./simulated_log.ts"

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

  constructor(readonly name: string) { this.sync = this.fresh() }

  private fresh(): DocumentSync { return documentSync("doc", text, this.name, this.written) }

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

  constructor(seed: number) {
    this.undoes = seed % 2 === 0
    this.chance = chanceOf(seed)
    this.log = new SimulatedLog(this.chance)
    this.clients = ["ann", "ben", "cai"].map((name) => new SimulatedClient(name))
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
    const shown = [...textSnapshot(state.snapshot)]
    const dot = shown.indexOf(".")
    if (dot >= 0 && this.chance.oneIn(3)) {
      client.step(edit(client.sync, inNormalForm([dot, { d: 1 }]), null, this.now))
      return
    }
    const token = String.fromCodePoint((this.chance.oneIn(4) ? 0x1f300 : 0x4e00) + this.tokens++)
    const at = this.chance.below(codePointLength(textSnapshot(state.snapshot)) + 1)
    this.typed.add(token)
    client.step(edit(client.sync, inNormalForm([at, this.chance.oneIn(2) ? `${token}.` : token]), null, this.now))
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

const WORLDS = 400

test("in random worlds every token lands once, and every screen ends with the log's text", () => {
  for (let seed = 0; seed < WORLDS; seed += 1) {
    const world = new World(seed)
    try {
      world.run(160)
      world.settle()
      for (const { sync, name, handedBack } of world.clients) {
        expect([name, sync.state?.snapshot]).toEqual([name, world.log.text])
        expect([name, sync.state !== null && isSynchronized(sync.state)]).toEqual([name, true])
        expect([name, sync.state?.repairs, handedBack]).toEqual([name, 0, 0])
      }
      const shown = [...world.log.text]
      const expected = [...world.typed].filter((token) => !world.undoes || shown.includes(token))
      expect(shown.filter((one) => one !== ".").sort()).toEqual(expected.sort())
    } catch (error) {
      throw new Error(`world ${seed}: ${String(error)}`, { cause: error })
    }
  }
}, 60_000)
