/**
 * Which client a tab is: a seat is a client id that one tab at a time goes by.
 *
 * A tab keeps its seat over a reload (sessionStorage) and holds a Web Lock on it. A duplicated tab has the same
 * sessionStorage but does not get the lock, and takes a seat of its own. Edits that lie unsent under a seat whose tab
 * is gone are taken up by the next tab that gets its lock.
 *
 * Pages served over plain HTTP from another machine have no Web Locks: there a tab keeps its seat over a reload
 * only, and takes up nobody else's.
 */

import type { PendingStore } from "./pending_store.ts"

const SESSION_KEY = "counterpoint.seat"
/** Milliseconds that a reloaded tab waits for the lock that its former page still holds: on a busy machine, seconds. */
const RELOAD_GRACE = 5000
/** Milliseconds that a tab waits which was not reloaded, and has most likely been duplicated: the lock stays held. */
const DUPLICATE_GRACE = 1000
/** Milliseconds to wait for the lock of a tab that may just be closing. */
const CLOSING_GRACE = 300

/** A held seat. */
export interface Seat {
  readonly id: string
  release(): void
}

/** The parts of a browser that seats need. */
export interface SeatSurroundings {
  readonly locks: LockManager | null
  readonly session: Storage | null
  /** Whether this page replaced an earlier one of the same tab. */
  readonly reloaded: boolean
  newId(): string
}

/** Return what the page at hand offers. */
export function browserSurroundings(): SeatSurroundings {
  const [navigation] = performance.getEntriesByType("navigation")
  const kind = navigation instanceof PerformanceNavigationTiming ? navigation.type : "navigate"
  return {
    locks: "locks" in navigator ? navigator.locks : null,
    session: sessionStorageOrNull(),
    reloaded: kind === "reload" || kind === "back_forward",
    newId: () => [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join(""),
  }
}

function sessionStorageOrNull(): Storage | null {
  try {
    return window.sessionStorage
  } catch {
    return null // storage is forbidden for this page: every load is a new tab
  }
}

/** Take a seat for this tab: its former one, one with unsent edits of `doc`, or a new one. */
export async function takeSeat(surroundings: SeatSurroundings, store: PendingStore, doc: string): Promise<Seat> {
  const seat = (await formerSeat(surroundings)) ?? (await abandonedSeat(surroundings, store, doc)) ?? (await newSeat(surroundings))
  surroundings.session?.setItem(SESSION_KEY, seat.id)
  return seat
}

async function formerSeat(surroundings: SeatSurroundings): Promise<Seat | null> {
  const id = surroundings.session?.getItem(SESSION_KEY) ?? null
  if (id === null) return null
  if (surroundings.locks === null) return surroundings.reloaded ? unlocked(id) : null
  return lockedSeat(surroundings.locks, id, surroundings.reloaded ? RELOAD_GRACE : DUPLICATE_GRACE)
}

async function abandonedSeat(surroundings: SeatSurroundings, store: PendingStore, doc: string): Promise<Seat | null> {
  if (surroundings.locks === null) return null
  for (const record of await store.unsent()) {
    if (record.doc !== doc) continue
    const seat = await lockedSeat(surroundings.locks, record.seat, CLOSING_GRACE)
    if (seat !== null) return seat
  }
  return null
}

async function newSeat(surroundings: SeatSurroundings): Promise<Seat> {
  const id = surroundings.newId()
  const seat = surroundings.locks === null ? null : await lockedSeat(surroundings.locks, id, DUPLICATE_GRACE)
  return seat ?? unlocked(id)
}

/** Take the seats of tabs that are gone and left unsent edits, one for each id; each is to be released. */
export async function abandonedSeats(surroundings: SeatSurroundings, store: PendingStore): Promise<readonly Seat[]> {
  const { locks } = surroundings
  if (locks === null) return []
  const ids = new Set((await store.unsent()).map((record) => record.seat))
  const seats = await Promise.all([...ids].map((id) => lockedSeat(locks, id, 0)))
  return seats.filter((seat) => seat !== null)
}

function unlocked(id: string): Seat {
  return { id, release: () => undefined }
}

/** Take the lock of a seat, or return null if somebody holds it for longer than `grace` milliseconds. */
async function lockedSeat(locks: LockManager, id: string, grace: number): Promise<Seat | null> {
  let release: () => void = () => undefined
  const held = new Promise<void>((resolve) => { release = resolve })
  const options: LockOptions = grace === 0 ? { ifAvailable: true } : { signal: AbortSignal.timeout(grace) }
  return new Promise((resolve) => {
    const hold = (lock: Lock | null): Promise<void> | undefined => {
      resolve(lock === null ? null : { id, release })
      return lock === null ? undefined : held
    }
    locks.request(`counterpoint.seat.${id}`, options, hold).catch(() => { resolve(null) }) // waited long enough
  })
}
