/** A client over a socket that the test plays the server of: the order of what is written down and what is sent. */

import { expect, test } from "vitest"

import { Client } from "../src/client.ts"
import type { PendingRecord } from "../src/pending_store.ts"
import { forgetfulStore, type PendingStore } from "../src/pending_store.ts"
import type { DocumentEvent, SharedDocument } from "../src/shared_document.ts"
import { text } from "../src/text_type.ts"
import { calm, opened, SimulatedWorld, welcome } from "./simulated_world.ts"

interface Scene {
  readonly world: SimulatedWorld
  readonly client: Client
  readonly shared: SharedDocument
  readonly events: DocumentEvent[]
}

async function scene(store: PendingStore = forgetfulStore(), world = new SimulatedWorld()): Promise<Scene> {
  const client = await Client.connect({ url: "ws://server/sync", seat: "seat", store, world, token: null })
  const shared = await client.open("doc", text)
  const events: DocumentEvent[] = []
  shared.subscribe((event) => { events.push(event) })
  return { world, client, shared, events }
}

async function online(store?: PendingStore, answer: object = opened): Promise<Scene> {
  const made = await scene(store)
  made.world.last.listener.opened()
  await made.world.say({ ...welcome })
  await made.world.say(answer)
  return made
}

test("a client greets, opens, and shows what it is given; keys it does not know are ignored", async () => {
  const { world, client, shared } = await online(undefined, { ...opened, colour: "blue" })
  expect(world.last.sent).toEqual([{ type: "hello" }, { type: "open", doc: "doc", doc_type: "text" }])
  expect([client.status.phase, shared.snapshot, shared.live]).toEqual(["online", "abc", true])
})

test("a submission leaves only once it is written down, as it leaves", async () => {
  const store = forgetfulStore()
  const records: PendingRecord[] = []
  let write: () => void = () => undefined
  const slow: PendingStore = { ...store, save: (record) => { records.push(record); return new Promise((resolve) => { write = resolve }) } }
  const { world, shared } = await online(slow)
  shared.edit([3, "x"], null)
  await calm()
  expect(world.sent("submit")).toEqual([])
  expect(records.map(({ pending }) => pending.inflight?.submission)).toEqual([{ seq: 1, base: 3, op: [3, "x"] }])
  write()
  await calm()
  expect(world.sent("submit")).toEqual([{ type: "submit", doc: "doc", revision: 3, seq: 1, op: [3, "x"] }])
})

test("where nothing can be kept, edits are sent all the same, and the application is told once", async () => {
  const full: PendingStore = { ...forgetfulStore(), save: () => Promise.reject(new Error("disk full")) }
  const { world, shared, events } = await online(full)
  shared.edit([3, "x"], null)
  shared.edit([4, "y"], null)
  await calm()
  expect(world.sent("submit")).toHaveLength(1)
  expect(events.filter(({ kind }) => kind === "unkept")).toEqual([{ kind: "unkept", reason: "disk full" }])
})

test("a new run under the same seat takes up identity, text and the submission whose fate is unknown", async () => {
  const store = forgetfulStore()
  const first = await online(store)
  first.shared.edit([3, "x"], null)
  await calm()
  first.shared.edit([4, "y"], null)
  await calm()
  const again = await scene(store)
  expect([again.shared.snapshot, again.shared.live]).toEqual(["abcxy", false])
  again.world.last.listener.opened()
  await again.world.say(welcome)
  expect(again.world.last.sent).toEqual([
    { type: "hello", client: "me", resume: "secret" },
    { type: "open", doc: "doc", doc_type: "text", epoch: "e", revision: 3, tag: "t3", inflight: 1 },
  ])
  await again.world.say({ ...opened, snapshot: undefined, resumed: true, entries: [{ revision: 4, client: "me", seq: 1, op: [3, "x"] }], revision: 4, tag: "t4", seq: 1, fate: { landed: 4, op: [3, "x"] } })
  expect(again.world.sent("submit")).toEqual([{ type: "submit", doc: "doc", revision: 4, seq: 2, op: [4, "y"] }])
})

test("a refused identity is forgotten, and what was pending under it is handed back, not sent", async () => {
  const store = forgetfulStore()
  await store.saveSeat({ seat: "seat", client: "old", resume: "stale" })
  const pending = { epoch: "e", revision: 3, tag: "t3", base: "abc", seq: 0, inflight: null, buffer: [["x"]] }
  await store.save({ seat: "seat", doc: "doc", docType: "text", client: "old", pending, savedAt: 0 }, true)
  const { world, shared, events } = await scene(store)
  world.last.listener.opened()
  await world.say({ type: "error", code: "bad-resume", message: "no", fatal: true })
  world.last.listener.closed(4002)
  await world.pass(1000)
  world.last.listener.opened()
  await world.say(welcome)
  expect(world.sockets).toHaveLength(2)
  expect(world.sent("hello")).toEqual([{ type: "hello" }])
  expect(events).toContainEqual(expect.objectContaining({ kind: "handed-back", code: "bad-resume", ops: [["x"]] }))
  expect([shared.snapshot, shared.pending]).toEqual(["abc", []])
})

test("a submission that nobody answers makes the client doubt the connection and open again", async () => {
  const { world, shared } = await online()
  shared.edit(["x"], null)
  await world.pass(15_000)
  expect(world.sent("ping")).toHaveLength(1)
  expect(world.sent("open").at(-1)).toMatchObject({ revision: 3, inflight: 1 })
  await world.pass(5_000)
  expect(world.last.closed || world.sockets.length > 1).toBe(true)
})

test("what a socket says after it was let go is not heard, though another one is open", async () => {
  const { world, client, shared } = await online()
  const first = world.last
  client.wake()
  await world.pass(6_000) // no pong: let go, and tried again
  world.last.listener.opened()
  await world.say(welcome)
  await world.say({ ...opened, snapshot: undefined, resumed: true, entries: [] })
  first.listener.heard(JSON.stringify({ type: "operations", doc: "doc", entries: [{ revision: 4, client: "b", seq: 1, op: ["y"] }], tag: "t4" }))
  first.listener.closed(1006)
  expect([world.sockets.length, first.closed, client.status.phase, shared.live, shared.snapshot]).toEqual([2, true, "online", true, "abc"])
})

test("a message that can't be read ends the connection, since it may have held entries", async () => {
  const { world, client } = await online()
  await world.say({ type: "operations", doc: "doc", entries: "none" })
  expect(client.status.phase).toBe("waiting")
})

test("one's cursor is told only when nothing is pending, at the revision held, and no more often than allowed", async () => {
  const { world, shared } = await online()
  shared.edit([3, "x"], null)
  shared.setPresence({ cursor: 4 })
  await world.pass(500)
  expect(world.sent("presence")).toEqual([])
  await world.say({ type: "operations", doc: "doc", entries: [{ revision: 4, client: "b", seq: 1, op: ["<<"] }, { revision: 5, client: "me", seq: 1, op: [5, "x"] }], tag: "t5" })
  for (let cursor = 0; cursor < 50; cursor += 1) {
    shared.setPresence({ cursor })
    await world.pass(10)
  }
  expect(world.sent("presence")[0]).toEqual({ type: "presence", doc: "doc", revision: 5, state: { cursor: 6 } })
  expect(world.sent("presence").length).toBeLessThanOrEqual(6)
})

test("settled waits for every edit, stored for every write", async () => {
  const { world, shared } = await online()
  let settled = false
  shared.edit(["x"], null)
  void shared.settled().then(() => { settled = true })
  await shared.stored()
  expect(settled).toBe(false)
  await world.say({ type: "operations", doc: "doc", entries: [{ revision: 4, client: "me", seq: 1, op: ["x"] }], tag: "t4" })
  expect(settled).toBe(true)
})
