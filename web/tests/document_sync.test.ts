/** One document on a connection, where messages cross on the wire and where one's own cursor has to follow the text. */

import { expect, test } from "vitest"

import { connected, disconnected, type DocumentSync, documentSync, edit, nextTick, setPresence, type SyncEffect, type SyncStep, ticked, took } from "../src/document_sync.ts"
import { text } from "../src/text_type.ts"
import type { ClientMessage, Entry, Json, ServerMessage } from "../src/wire.ts"

type Opened = Extract<ServerMessage, { type: "opened" }>

const identity = { id: "g", name: "Guest" }
const answer: Opened = {
  type: "opened", doc: "doc", doc_type: "text", epoch: "e", revision: 3, tag: "t3", resumed: false, seq: 0, presences: [],
  access: "write",
}
const fresh: Opened = { ...answer, snapshot: "abc" }
const lagging: ServerMessage = { type: "lagging", doc: "doc", revision: 3 }
const unavailable: ServerMessage = { type: "closed", doc: "doc", code: "document-unavailable", message: "" }

function goneOn(revision: number, entries: readonly Entry[]): Opened {
  return { ...answer, revision, tag: `t${revision}`, resumed: true, entries: [...entries] }
}

/** A document whose messages are kept, with the time that a test lets pass. */
class Played {
  now = 0
  readonly sent: ClientMessage[] = []
  readonly effects: SyncEffect[] = []

  constructor(public sync: DocumentSync = documentSync("doc", text, "me", null)) {}

  step([sync, effects]: SyncStep): this {
    this.sync = sync
    this.effects.push(...effects)
    for (const effect of effects) {
      if (effect.kind === "send") this.sent.push(effect.message)
      if (effect.kind === "submit") {
        const { seq, base, op } = effect.submission
        this.sent.push({ type: "submit", doc: "doc", revision: base, seq, op })
      }
    }
    return this
  }

  connect(): this { return this.step(connected(this.sync, "me", this.now)) }
  lose(): this { return this.step([disconnected(this.sync), []]) }
  hear(...messages: readonly ServerMessage[]): this {
    for (const message of messages) this.step(took(this.sync, message, this.now))
    return this
  }
  edit(op: Json): this { return this.step(edit(this.sync, op, null, this.now)) }
  show(state: Json): this {
    return this.step([setPresence(this.sync, state), []]).pass(0)
  }

  /** Let time pass, and do what is due in it. */
  pass(milliseconds: number): this {
    const end = this.now + milliseconds
    for (;;) {
      const due = nextTick(this.sync)
      if (due === null || due > end) break
      this.now = Math.max(this.now, due)
      this.step(ticked(this.sync, this.now))
    }
    this.now = end
    return this
  }

  /** The types of what was sent since the last look. */
  news(): string[] { return this.sent.splice(0).map(({ type }) => type) }

  /** What the others were told since the last look. */
  told(): unknown[] {
    return this.sent.splice(0).flatMap((message) => (message.type === "presence" ? [message.state] : []))
  }
}

function open(): Played {
  const played = new Played().connect().hear(fresh)
  expect(played.news()).toEqual(["open"])
  return played
}

test("a closed that crosses an open does not end what that open begins", () => {
  const played = open().hear(lagging)
  expect(played.news()).toEqual(["open"])
  played.hear(unavailable, goneOn(3, []))
  expect(played.sync.state?.subscription).toBe("open")
  expect(played.edit(["x"]).pass(10_000).news()).toEqual(["submit"])
})

test("a closed for good that crosses an open is forgotten once that open is answered", () => {
  const played = open().hear(lagging, { type: "closed", doc: "doc", code: "access-denied", message: "" }, goneOn(3, []))
  expect([played.sync.refused, played.sync.state?.subscription]).toEqual([null, "open"])
})

test("a closed that is the answer itself leads to one open after a while", () => {
  const played = open().hear(lagging, unavailable)
  expect(played.news()).toEqual(["open"])
  expect(played.pass(400).news()).toEqual([])
  expect(played.pass(2_000).news()).toEqual(["open"])
  expect(played.hear(goneOn(3, [])).edit(["x"]).news()).toEqual(["submit"])
})

test("an answer that comes after the document was asked for again is not taken twice", () => {
  const played = open().hear(lagging, unavailable).pass(3_000)
  expect(played.news()).toEqual(["open", "open"])
  played.hear(goneOn(3, []), goneOn(4, [{ revision: 4, client: "b", seq: 1, op: ["y"] }]))
  expect([played.sync.state?.snapshot, played.sync.state?.revision]).toEqual(["abc", 3])
})

test.each(["unavailable", "seq-gap", "not-open", "rate-limited", "draining"])(
  "an error %s that crosses an open asks for no second one, and the answer is still waited for",
  (code) => {
    const played = open().edit(["x"]).hear(lagging)
    expect(played.news()).toEqual(["submit", "open"])
    played.hear({ type: "error", code, message: "", fatal: false, doc: "doc", seq: 1, retry_after: 1 })
    expect(played.pass(14_000).news()).toEqual([])
    played.pass(2_000)
    expect(played.effects.filter(({ kind }) => kind === "doubt")).toHaveLength(1)
    expect(played.hear(goneOn(3, [])).pass(2_000).news()).toEqual(["submit"])
  },
)

test.each([1, 3])("what others saw of one is told again when connecting failed %i times", (failures) => {
  const played = open().show({ cursor: 1 })
  expect(played.told()).toEqual([{ cursor: 1 }])
  for (let failed = 0; failed < failures; failed += 1) played.lose().pass(1_000)
  expect(played.connect().hear(goneOn(3, [])).pass(1_000).told()).toEqual([{ cursor: 1 }])
})

test("what others saw of one is told again after the server ended the subscription", () => {
  const played = open().show({ cursor: 1 })
  played.news()
  played.hear(unavailable).pass(10_000)
  expect(played.hear(fresh).pass(1_000).told()).toEqual([{ cursor: 1 }])
})

test("what is told on coming back has positions of the document as it is then", () => {
  const played = open().show({ cursor: 2, anchor: 0, name: "Ada" })
  played.news()
  played.lose().edit(["<<"])
  const theirs = { revision: 4, client: "b", seq: 1, op: [3, "!"] }
  const ours = { revision: 5, client: "me", seq: 1, op: ["<<"] }
  played.connect().hear(goneOn(4, [theirs]), { type: "operations", doc: "doc", entries: [ours], tag: "t5" }).pass(1_000)
  expect(played.sync.state?.snapshot).toBe("<<abc!")
  expect(played.told()).toEqual([{ cursor: 4, anchor: 2, name: "Ada" }])
})

test("what is told after the document was replaced lies within it, at the same text where that is still there", () => {
  const played = open().show({ cursor: 3, anchor: 2 })
  played.news()
  played.lose().connect().hear({ ...fresh, epoch: "f", revision: 9, snapshot: "xxab" }).pass(1_000)
  expect(played.told()).toEqual([{ cursor: 4, anchor: 4 }])
})

test("a presence heard while nothing is open is nobody's", () => {
  const played = open().hear(unavailable, { type: "presence", doc: "doc", client: "b", identity, revision: 3, state: { cursor: 1 } })
  expect(played.sync.state?.presences.peers.size).toBe(0)
})
