/**
 * What a client writes down so that a crash, a reload or a closed tab loses nothing: in IndexedDB.
 *
 * One record holds all of one document of one seat (see `seat.ts`): epoch, revision, tag, base, `seq`, the message
 * inflight as it was first sent, its carried form, and the buffer. It is one `put` in one transaction, so what is
 * read back is always one moment. A record that has to be there before a message leaves is written with strict
 * durability: the browser reports it written only when the disk has it.
 */

import type { Pending } from "./document_state.ts"

const DATABASE = "counterpoint"
const SCHEMA = 1
const DOCUMENTS = "documents"
const SEATS = "seats"
/** Milliseconds after which the copy of a document with nothing pending is let go. */
const KEEP_COPIES = 14 * 24 * 3600 * 1000

export interface PendingRecord {
  readonly seat: string
  readonly doc: string
  readonly docType: string
  readonly client: string
  readonly pending: Pending
  /** The `seq` of a submission that was given up before its fate was known; older records say nothing of it. */
  readonly unknown?: number | null
  /** Milliseconds since 1970. */
  readonly savedAt: number
}

/** A client id that one tab at a time goes by, with the secret that takes it up again. */
export interface SeatRecord {
  readonly seat: string
  readonly client: string
  readonly resume: string
}

/** Where a client writes down what it must not lose. Any method may reject: storage can be full, or forbidden. */
export interface PendingStore {
  load(seat: string, doc: string): Promise<PendingRecord | null>
  /** Resolves when the record is written; if `durable`, when it is on disk. */
  save(record: PendingRecord, durable: boolean): Promise<void>
  /** Everything that was never acknowledged, of any seat. */
  unsent(): Promise<readonly PendingRecord[]>
  loadSeat(seat: string): Promise<SeatRecord | null>
  saveSeat(record: SeatRecord): Promise<void>
  forgetSeat(seat: string): Promise<void>
  /** Let go of copies that are old and have nothing pending. */
  prune(now: number): Promise<void>
}

/** Tell whether a record holds edits that the server has not acknowledged. */
export function holdsEdits(record: PendingRecord): boolean {
  return record.pending.inflight !== null || record.pending.buffer.length > 0
}

/** What a request gives. Nobody but this module writes to the stores, so what comes out is what it put in. */
function finished<T>(request: IDBRequest): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => { resolve(request.result as T) }
    request.onerror = () => { reject(request.error ?? new Error("the browser's storage failed")) }
  })
}

function committed(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (): void => { reject(transaction.error ?? new Error("the browser's storage gave up")) }
    transaction.oncomplete = () => { resolve() }
    transaction.onabort = fail
    transaction.onerror = fail
  })
}

async function openDatabase(factory: IDBFactory): Promise<IDBDatabase> {
  const request = factory.open(DATABASE, SCHEMA)
  request.onupgradeneeded = () => {
    request.result.createObjectStore(DOCUMENTS, { keyPath: ["seat", "doc"] })
    request.result.createObjectStore(SEATS, { keyPath: "seat" })
  }
  const database = await finished<IDBDatabase>(request)
  database.onversionchange = () => { database.close() } // a newer page wants another schema: do not stand in its way
  return database
}

/** Open the store in IndexedDB. */
export async function openPendingStore(factory: IDBFactory): Promise<PendingStore> {
  const database = await openDatabase(factory)

  async function read<T>(store: string, key: IDBValidKey): Promise<T | null> {
    return (await finished<T | undefined>(database.transaction(store).objectStore(store).get(key))) ?? null
  }

  async function write(store: string, change: (store: IDBObjectStore) => void, durable: boolean): Promise<void> {
    const durability = durable ? "strict" : "relaxed"
    const transaction = database.transaction(store, "readwrite", { durability })
    change(transaction.objectStore(store))
    await committed(transaction)
  }

  async function documents(): Promise<readonly PendingRecord[]> {
    return finished<PendingRecord[]>(database.transaction(DOCUMENTS).objectStore(DOCUMENTS).getAll())
  }

  return {
    load: (seat, doc) => read<PendingRecord>(DOCUMENTS, [seat, doc]),
    save: (record, durable) => write(DOCUMENTS, (store) => store.put(record), durable),
    unsent: async () => (await documents()).filter(holdsEdits),
    loadSeat: (seat) => read<SeatRecord>(SEATS, seat),
    saveSeat: (record) => write(SEATS, (store) => store.put(record), true),
    forgetSeat: (seat) => write(SEATS, (store) => store.delete(seat), true),
    prune: async (now) => {
      const old = (await documents()).filter((record) => !holdsEdits(record) && now - record.savedAt > KEEP_COPIES)
      await write(DOCUMENTS, (store) => { for (const { seat, doc } of old) store.delete([seat, doc]) }, false)
    },
  }
}

/** A store that forgets with the page: where the browser has no storage to give. */
export function forgetfulStore(): PendingStore {
  const records = new Map<string, PendingRecord>()
  const seats = new Map<string, SeatRecord>()
  const key = (seat: string, doc: string): string => JSON.stringify([seat, doc])
  const done = Promise.resolve()
  return {
    load: (seat, doc) => Promise.resolve(records.get(key(seat, doc)) ?? null),
    save: (record) => { records.set(key(record.seat, record.doc), record); return done },
    unsent: () => Promise.resolve([...records.values()].filter(holdsEdits)),
    loadSeat: (seat) => Promise.resolve(seats.get(seat) ?? null),
    saveSeat: (record) => { seats.set(record.seat, record); return done },
    forgetSeat: (seat) => { seats.delete(seat); return done },
    prune: () => done,
  }
}
