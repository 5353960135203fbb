/** What is written down is there again, all of one moment; and one tab at a time holds a seat. */

import { IDBFactory } from "fake-indexeddb"
import { beforeEach, expect, test } from "vitest"

import type { Pending } from "../src/document_state.ts"
import { openPendingStore, type PendingRecord, type PendingStore } from "../src/pending_store.ts"
import { recordWriter } from "../src/record_writer.ts"
import { abandonedSeats, type SeatSurroundings, takeSeat } from "../src/seat.ts"

const pending: Pending = { epoch: "e", revision: 3, tag: "t3", base: "abc", seq: 2, inflight: null, buffer: [["x"]] }

function recordOf(seat: string, doc: string, more: Partial<PendingRecord> = {}): PendingRecord {
  return { seat, doc, docType: "text", client: `client of ${seat}`, pending, savedAt: 1000, ...more }
}

/** Locks as a browser has them, as far as seats go: one holder a name, the others wait or give up. */
class SimulatedLocks {
  readonly held = new Set<string>()
  private readonly queue: (() => void)[] = []

  readonly request = async (name: string, options: LockOptions, hold: (lock: Lock | null) => unknown): Promise<unknown> => {
    while (this.held.has(name)) {
      if (options.ifAvailable === true) return hold(null)
      await new Promise<void>((resolve, reject) => {
        this.queue.push(resolve)
        options.signal?.addEventListener("abort", () => { reject(new Error("waited too long")) })
      })
    }
    this.held.add(name)
    try {
      return await hold({ name, mode: "exclusive" })
    } finally {
      this.held.delete(name)
      for (const waiting of this.queue.splice(0)) waiting()
    }
  }
}

class SimulatedSession {
  readonly values = new Map<string, string>()
  getItem(key: string): string | null { return this.values.get(key) ?? null }
  setItem(key: string, value: string): void { this.values.set(key, value) }
}

let store: PendingStore
let ids = 0
const locks = new SimulatedLocks()

function tab(session: SimulatedSession = new SimulatedSession(), more: Partial<SeatSurroundings> = {}): SeatSurroundings {
  return {
    locks: locks as unknown as LockManager,
    session: session as unknown as Storage,
    reloaded: false,
    newId: () => `seat-${(ids += 1)}`,
    ...more,
  }
}

beforeEach(async () => { store = await openPendingStore(new IDBFactory()) })

test("a record is read back as it was written, under its seat and document alone", async () => {
  await store.save(recordOf("s", "a"), true)
  expect(await store.load("s", "a")).toEqual(recordOf("s", "a"))
  expect(await store.load("s", "b")).toBeNull()
  expect(await store.load("other", "a")).toBeNull()
})

test("a store opened again has what an earlier one wrote", async () => {
  const factory = new IDBFactory()
  await (await openPendingStore(factory)).save(recordOf("s", "a"), true)
  expect(await (await openPendingStore(factory)).load("s", "a")).toEqual(recordOf("s", "a"))
})

test("only records with edits count as unsent, and only others are pruned", async () => {
  const settled = { ...pending, buffer: [] }
  await store.save(recordOf("s", "edits"), false)
  await store.save(recordOf("s", "settled", { pending: settled }), false)
  expect((await store.unsent()).map(({ doc }) => doc)).toEqual(["edits"])
  await store.prune(1000 + 15 * 24 * 3600 * 1000)
  expect([await store.load("s", "edits"), await store.load("s", "settled")]).toEqual([recordOf("s", "edits"), null])
})

test("a tab keeps its seat over a reload", async () => {
  const session = new SimulatedSession()
  const before = await takeSeat(tab(session), store, "doc")
  before.release()
  expect((await takeSeat(tab(session), store, "doc")).id).toBe(before.id)
})

test("a reloaded tab waits for the page before it to let go", async () => {
  const session = new SimulatedSession()
  const before = await takeSeat(tab(session), store, "doc")
  const after = takeSeat(tab(session), store, "doc")
  before.release()
  expect((await after).id).toBe(before.id)
})

test("a duplicated tab gets a seat of its own", async () => {
  const session = new SimulatedSession()
  const original = await takeSeat(tab(session), store, "doc")
  const copy = new SimulatedSession()
  for (const [key, value] of session.values) copy.setItem(key, value)
  expect((await takeSeat(tab(copy), store, "doc")).id).not.toBe(original.id)
})

test("a new tab takes up the seat of a tab that is gone with unsent edits of the document", async () => {
  await store.save(recordOf("gone", "doc"), true)
  expect((await takeSeat(tab(), store, "another")).id).not.toBe("gone")
  expect((await takeSeat(tab(), store, "doc")).id).toBe("gone")
})

test("unsent edits of a living tab are left to it", async () => {
  const living = await takeSeat(tab(), store, "doc")
  await store.save(recordOf(living.id, "doc"), true)
  expect((await takeSeat(tab(), store, "doc")).id).not.toBe(living.id)
  expect(await abandonedSeats(tab(), store)).toEqual([])
  living.release()
  await Promise.resolve()
  await new Promise((resolve) => { setImmediate(resolve) })
  expect((await abandonedSeats(tab(), store)).map(({ id }) => id)).toEqual([living.id])
})

test("without locks a tab keeps its seat over a reload only, and takes up nobody else's", async () => {
  await store.save(recordOf("gone", "doc"), true)
  const session = new SimulatedSession()
  const first = await takeSeat(tab(session, { locks: null }), store, "doc")
  expect(first.id).not.toBe("gone")
  expect((await takeSeat(tab(session, { locks: null, reloaded: true }), store, "doc")).id).toBe(first.id)
  expect((await takeSeat(tab(session, { locks: null }), store, "doc")).id).not.toBe(first.id)
})

test("a write that was asked for during another one begins after it, once for all who asked", async () => {
  const log: string[] = []
  let finish: () => void = () => undefined
  const writer = recordWriter(
    (durable) => new Promise((resolve) => { log.push(durable ? "durable" : "relaxed"); finish = resolve }),
    () => () => undefined,
  )
  const first = writer.write(false).then(() => log.push("first done"))
  const rest = [writer.write(false), writer.write(true)]
  finish()
  await first
  expect(log).toEqual(["relaxed", "durable", "first done"])
  finish()
  await Promise.all(rest)
  expect(log.filter((line) => line !== "first done")).toEqual(["relaxed", "durable"])
})

test("a write that fails is told to those who waited for it, and the next one is tried", async () => {
  let fails = true
  const writer = recordWriter(() => (fails ? Promise.reject(new Error("full")) : Promise.resolve()), () => () => undefined)
  await expect(writer.write(true)).rejects.toThrow("full")
  fails = false
  await expect(writer.write(true)).resolves.toBeUndefined()
})
