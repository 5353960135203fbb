/**
 * What a connection remembers, as a pure reducer: times, attempts and verdicts, all in milliseconds of one clock.
 *
 * The phases stand in `connection_machine.ts`; here is what each event does to the numbers, and what follows from
 * them. Time and chance come in with the event.
 */

import { askedDelay, retryDelay } from "./backoff.ts"
import { CLOSE_CODES, type ComesBack } from "./wire.ts"

/** Milliseconds until a socket that does not open is given up. */
const CONNECT_TIMEOUT = 15_000
/** Milliseconds until a server that does not answer `hello` is given up. */
const WELCOME_TIMEOUT = 10_000
/** Milliseconds that a probe waits for any sign of life. */
const PROBE_TIMEOUT = 5_000
/** Milliseconds after which a connection is one that held, and the next retry is a first one again. */
const HELD = 10_000
/** Heartbeats without a word from the server after which the connection is dead. */
const DEAD_HEARTBEATS = 2.2

interface Stamp {
  readonly now: number
  readonly random: number
}

/** Everything that can happen to a connection. */
export type ConnectionEvent = Stamp &
  (
    | { readonly type: "start" }
    | { readonly type: "stop" }
    /** The socket is open. */
    | { readonly type: "opened" }
    /** The server has answered `hello`; `heartbeat` in seconds. */
    | { readonly type: "welcomed"; readonly heartbeat: number }
    /** Any message has come. */
    | { readonly type: "heard" }
    /** The server ends the connection, and says why; the close follows. */
    | { readonly type: "refused"; readonly code: string; readonly message: string; readonly retryAfter: number | null }
    /** The server is about to go. */
    | { readonly type: "goodbye"; readonly retryAfter: number }
    /** The socket is closed, whoever did it. */
    | { readonly type: "dropped"; readonly closeCode: number }
    /** The page is seen again, or something is overdue: is the connection really there? */
    | { readonly type: "woken" }
    | { readonly type: "network-lost" }
    | { readonly type: "network-found" }
    /** Time has passed. */
    | { readonly type: "tick" }
  )

export type ConnectionEventType = ConnectionEvent["type"]

/** Why the server ended a connection. */
export interface Refusal {
  readonly code: string
  readonly message: string
  readonly retryAfter: number | null
}

export interface ConnectionMemory {
  /** Attempts since a connection that held. */
  readonly attempt: number
  /** When the present phase ends by itself, null if it does not. */
  readonly deadline: number | null
  /** Before this the server does not want to see us. */
  readonly notBefore: number
  readonly onlineSince: number | null
  readonly heardAt: number
  readonly pingAt: number
  readonly probeBy: number | null
  readonly heartbeat: number
  /** What the browser says of its network. */
  readonly network: boolean
  readonly refusal: Refusal | null
}

export const FRESH: ConnectionMemory = {
  attempt: 0,
  deadline: null,
  notBefore: 0,
  onlineSince: null,
  heardAt: 0,
  pingAt: 0,
  probeBy: null,
  heartbeat: 20_000,
  network: true,
  refusal: null,
}

/** Codes after which a client comes back, although their close code says that this connection is done for. */
const COMES_BACK_CHANGED: ReadonlySet<string> = new Set(["bad-resume", "message-too-large"])

/** Tell whether to come back after a connection ended so. */
export function comesBack(memory: ConnectionMemory, closeCode: number): ComesBack {
  if (memory.refusal !== null && COMES_BACK_CHANGED.has(memory.refusal.code)) return "later"
  const known: Partial<Record<number, { readonly comesBack: ComesBack }>> = CLOSE_CODES
  const listed = known[closeCode]
  if (listed !== undefined) return listed.comesBack
  const hundreds = Math.floor(closeCode / 100)
  return hundreds === 40 ? "never" : hundreds === 42 ? "now" : "later"
}

/** Begin to connect. */
export function connecting(memory: ConnectionMemory, event: ConnectionEvent): ConnectionMemory {
  return { ...memory, deadline: event.now + CONNECT_TIMEOUT, refusal: null, onlineSince: null, probeBy: null }
}

/** Begin anew, as somebody asked for it. */
export function startedAfresh(memory: ConnectionMemory, event: ConnectionEvent): ConnectionMemory {
  return connecting({ ...memory, attempt: 0, notBefore: 0 }, event)
}

/** Wait for the answer to `hello`. */
export function greeting(memory: ConnectionMemory, event: ConnectionEvent): ConnectionMemory {
  return { ...memory, deadline: event.now + WELCOME_TIMEOUT }
}

/** Be online. */
export function online(memory: ConnectionMemory, event: ConnectionEvent): ConnectionMemory {
  const heartbeat = event.type === "welcomed" ? event.heartbeat * 1000 : memory.heartbeat
  return { ...memory, deadline: null, onlineSince: event.now, heardAt: event.now, pingAt: event.now + heartbeat, heartbeat }
}

/** Note a sign of life. */
export function heardFrom(memory: ConnectionMemory, event: ConnectionEvent): ConnectionMemory {
  return { ...memory, heardAt: event.now, probeBy: null }
}

/** Note that a ping is going out. */
export function pinged(memory: ConnectionMemory, event: ConnectionEvent): ConnectionMemory {
  return { ...memory, pingAt: event.now + memory.heartbeat }
}

/** Note that a ping is going out which has to be answered soon. */
export function probed(memory: ConnectionMemory, event: ConnectionEvent): ConnectionMemory {
  return { ...pinged(memory, event), probeBy: memory.probeBy ?? event.now + PROBE_TIMEOUT }
}

/** Note why the server ends the connection. */
export function refused(memory: ConnectionMemory, event: ConnectionEvent): ConnectionMemory {
  if (event.type !== "refused") return memory
  const { code, message, retryAfter } = event
  return { ...memory, refusal: { code, message, retryAfter } }
}

/** Note when to come back from a server that is about to go. */
export function parting(memory: ConnectionMemory, event: ConnectionEvent): ConnectionMemory {
  if (event.type !== "goodbye") return memory
  const comeBackAt = event.now + askedDelay(event.retryAfter, event.random)
  return { ...memory, notBefore: comeBackAt, deadline: comeBackAt }
}

/** Note what the browser says of its network. */
export function networkSeen(memory: ConnectionMemory, event: ConnectionEvent): ConnectionMemory {
  return { ...memory, network: event.type === "network-found" }
}

/** Wait for the next attempt, as long as chance and the server say. */
export function waiting(memory: ConnectionMemory, event: ConnectionEvent): ConnectionMemory {
  const held = memory.onlineSince !== null && event.now - memory.onlineSince >= HELD
  const attempt = held ? 0 : memory.attempt
  const asked = memory.refusal?.retryAfter ?? null
  const notBefore = asked === null ? memory.notBefore : event.now + askedDelay(asked, event.random)
  const deadline = Math.max(event.now + retryDelay(attempt, event.random), notBefore)
  return { ...memory, attempt: attempt + 1, deadline, notBefore, onlineSince: null, probeBy: null }
}

/** Be over, until somebody starts again. */
export function over(memory: ConnectionMemory): ConnectionMemory {
  return { ...memory, deadline: null, onlineSince: null, probeBy: null }
}

/** Tell whether the phase has lasted as long as it may. */
export function isDue(memory: ConnectionMemory, event: ConnectionEvent): boolean {
  return memory.deadline !== null && event.now >= memory.deadline
}

/** Tell whether nothing was heard for too long. */
export function isDead(memory: ConnectionMemory, event: ConnectionEvent): boolean {
  if (memory.probeBy !== null && event.now >= memory.probeBy) return true
  return event.now - memory.heardAt >= DEAD_HEARTBEATS * memory.heartbeat
}

/** Tell whether the connection held long enough to come back at once without ever going round in circles. */
export function hasHeld(memory: ConnectionMemory, event: ConnectionEvent): boolean {
  return memory.onlineSince !== null && event.now - memory.onlineSince >= HELD
}

/** Return when the next `tick` is wanted, null for never. */
export function nextTick(memory: ConnectionMemory): number | null {
  const times = [memory.deadline]
  if (memory.onlineSince !== null)
    times.push(memory.pingAt, memory.probeBy, memory.heardAt + DEAD_HEARTBEATS * memory.heartbeat)
  const set = times.filter((time) => time !== null)
  return set.length === 0 ? null : Math.min(...set)
}
