/** Documents that are closed, here or by the server, while something made in them is not acknowledged. */

import { expect, test } from "vitest"

import { Client } from "../src/client.ts"
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

async function scene(store: PendingStore = forgetfulStore(), greeting: object = welcome): Promise<Scene> {
  const world = new SimulatedWorld()
  const client = await Client.connect({ url: "ws://server/sync", seat: "seat", store, world, token: null })
  const shared = await client.open("doc", text)
  const events: DocumentEvent[] = []
  shared.subscribe((event) => { events.push(event) })
  world.last.listener.opened()
  await world.say(greeting)
  return { world, client, shared, events }
}

/** A document with one submission under way and one edit that waits for it. */
async function editing(store?: PendingStore): Promise<Scene> {
  const made = await scene(store)
  await made.world.say(opened)
  made.shared.edit([3, "x"], null)
  await calm()
  made.shared.edit([4, "y"], null)
  await calm()
  expect(made.world.sent("submit")).toHaveLength(1)
  return made
}

const anew = { type: "open", doc: "doc", doc_type: "text" }
const takenAway = { type: "closed", doc: "doc", code: "access-denied", message: "not any more" }
/** The answer to an open that has made submission 1 void. */
const answer = { ...opened, seq: 1 }

test("closed with a submission under way and opened again, a document says so, and goes on one number above", async () => {
  const { world, client, shared } = await editing()
  shared.close()
  const again = await client.open("doc", text)
  expect(world.last.sent.slice(-2)).toEqual([{ type: "close", doc: "doc" }, { ...anew, inflight: 1 }])
  await world.say(answer)
  again.edit(["z"], null)
  await calm()
  expect([again.snapshot, world.sent("submit").at(-1)]).toEqual([
    "zabc", { type: "submit", doc: "doc", revision: 3, seq: 2, op: ["z"] },
  ])
})

test("a submission given up with its document is not forgotten with the page", async () => {
  const store = forgetfulStore()
  const { shared } = await editing(store)
  shared.close()
  await shared.stored()
  const later = await scene(store)
  expect(later.world.sent("open")).toEqual([{ ...anew, inflight: 1 }])
  await later.world.say(answer)
  await later.world.pass(2_000)
  expect((await scene(store)).world.sent("open")).toEqual([{ ...anew, epoch: "e", revision: 3, tag: "t3" }])
})

test("a submission given up with its document is known also where nothing can be written down", async () => {
  const full: PendingStore = { ...forgetfulStore(), save: () => Promise.reject(new Error("disk full")) }
  const { world, client, shared } = await editing(full)
  shared.close()
  await client.open("doc", text)
  expect(world.sent("open").at(-1)).toEqual({ ...anew, inflight: 1 })
})

test("what a record of another type had under way is not taken for the next submission", async () => {
  const store = forgetfulStore()
  await editing(store)
  const record = (await store.load("seat", "doc"))!
  await store.save({ ...record, docType: "another" }, true)
  const later = await scene(store)
  expect(later.world.sent("open")).toEqual([{ ...anew, inflight: 1 }])
})

test("another client than the one that gave a submission up says nothing of it", async () => {
  const store = forgetfulStore()
  const { shared } = await editing(store)
  shared.close()
  await shared.stored()
  const { world } = await scene(store, { ...welcome, client: "another" })
  expect(world.sent("open")[0]).not.toHaveProperty("inflight")
})

test("closed with nothing under way and opened again, a document goes on from where it was left", async () => {
  const { world, client, shared } = await scene()
  await world.say(opened)
  shared.close()
  await client.open("doc", text)
  expect(world.sent("open").at(-1)).toEqual({ ...anew, epoch: "e", revision: 3, tag: "t3" })
})

test("an answer to the open of a document that was closed since is not taken for the next one's", async () => {
  const { world, client, shared } = await scene()
  shared.close()
  const again = await client.open("doc", text)
  await world.say({ ...opened, snapshot: "too early" })
  expect(again.snapshot).toBe(null)
  await world.say(opened)
  expect(again.snapshot).toBe("abc")
})

test("nothing can be done to a document that was closed here, and nobody waits for it", async () => {
  const { world, shared } = await editing()
  const waiting = shared.settled()
  shared.close()
  await expect(waiting).rejects.toThrow("doc was closed here")
  await expect(shared.settled()).rejects.toThrow("doc was closed here")
  expect(() => { shared.edit(["z"], null) }).toThrow("doc was closed here")
  await world.say({ type: "operations", doc: "doc", entries: [{ revision: 4, client: "me", seq: 1, op: [3, "x"] }], tag: "t4" })
  await world.pass(20_000)
  expect(world.sent("submit")).toHaveLength(1)
})

test("edits of a document that is taken away are handed back, leave the screen, and are kept no longer", async () => {
  const store = forgetfulStore()
  const { world, shared, events } = await editing(store)
  await world.say(takenAway)
  expect(events.filter(({ kind }) => kind === "handed-back" || kind === "replaced").slice(-2)).toEqual([
    { kind: "handed-back", code: "access-denied", message: "not any more", ops: [[3, "x"], [4, "y"]], base: "abc" },
    { kind: "replaced", snapshot: "abc" },
  ])
  expect([shared.snapshot, shared.pending, shared.refused?.code]).toEqual(["abc", [], "access-denied"])
  await shared.settled()
  expect(await store.unsent()).toEqual([])
  const later = await scene(store)
  expect(later.world.sent("open")).toEqual([{ ...anew, inflight: 1 }])
  await later.world.say(answer)
  expect([later.shared.snapshot, later.world.sent("submit")]).toEqual(["abc", []])
})

test("edits handed back while an open is out are not taken up by its answer, and the next open says what became of them", async () => {
  const { world, shared, events } = await editing()
  await world.say({ type: "lagging", doc: "doc", revision: 3 }, takenAway)
  const resumed = { ...opened, snapshot: undefined, resumed: true, entries: [] }
  await world.say(resumed)
  expect(world.sent("open").at(-1)).toEqual({ ...anew, inflight: 1 })
  await world.say(answer)
  expect([shared.snapshot, shared.refused, shared.live]).toEqual(["abc", null, true])
  expect(world.sent("submit")).toHaveLength(1)
  expect(events.filter(({ kind }) => kind === "handed-back")).toHaveLength(1)
  shared.edit(["z"], null)
  await calm()
  expect(world.sent("submit").at(-1)).toMatchObject({ seq: 2, op: ["z"] })
})

test("a document that is opened again at once is there as it was left, however slow the disk", async () => {
  const disk = forgetfulStore()
  const writes: (() => Promise<void>)[] = []
  const save: PendingStore["save"] = (record, durable) =>
    new Promise((resolve) => { writes.push(() => disk.save(record, durable).then(resolve)) })
  const write = async (): Promise<void> => {
    for (let next = writes.shift(); next !== undefined; next = writes.shift()) {
      await next()
      await calm()
    }
  }
  const { world, client, shared } = await scene({ ...disk, save })
  await world.say(opened)
  shared.edit([3, "x"], null)
  await write()
  shared.close()
  const opening = client.open("doc", text)
  await calm()
  await write()
  expect((await opening).pending).toEqual([])
})
