/** Every phase with every event, and the timings. The table is written by hand, not read off the machine. */

import { describe, expect, test } from "vitest"

import { type ConnectionEvent, type ConnectionEventType, nextTick } from "../src/connection.ts"
import { type ConnectionPhase, type ConnectionState, idleConnection, next } from "../src/connection_machine.ts"
import { retryDelay } from "../src/backoff.ts"

const stamp = { random: 0.5 }

function event(type: ConnectionEventType, now: number, more: object = {}): ConnectionEvent {
  const fields: Partial<Record<ConnectionEventType, object>> = {
    welcomed: { heartbeat: 20 },
    refused: { code: "overloaded", message: "", retryAfter: null },
    goodbye: { retryAfter: 3 },
    dropped: { closeCode: 1006 },
  }
  return { type, now, ...stamp, ...fields[type], ...more } as ConnectionEvent
}

function after(...events: readonly ConnectionEvent[]): ConnectionState {
  return events.reduce((state, one) => next(state, one)[0], idleConnection())
}

const toOnline = [event("start", 0), event("opened", 0), event("welcomed", 0)]
const states: Readonly<Record<ConnectionPhase, ConnectionState>> = {
  idle: idleConnection(),
  connecting: after(event("start", 0)),
  greeting: after(event("start", 0), event("opened", 0)),
  online: after(...toOnline),
  waiting: after(event("start", 0), event("dropped", 0)),
  offline: after(event("start", 0), event("network-lost", 0), event("dropped", 0)),
  stopped: after(event("start", 0), event("stop", 0)),
}

type Cell = readonly [ConnectionPhase, ...string[]]
const away: Cell = ["waiting", "close-socket"]
const begin: Cell = ["connecting", "open-socket"]
const end: Cell = ["stopped", "close-socket"]
const probe: Cell = ["online", "send-ping"]

/** What each event does shortly after the phase began; what is not named changes neither phase nor sends anything. */
const table: Readonly<Record<ConnectionPhase, Partial<Record<ConnectionEventType, Cell>>>> = {
  idle: { start: begin, stop: end },
  connecting: { opened: ["greeting", "send-hello"], dropped: away, stop: end },
  greeting: { welcomed: ["online"], dropped: away, stop: end },
  online: { woken: probe, "network-lost": probe, "network-found": probe, dropped: away, stop: end },
  waiting: { start: begin, woken: begin, "network-lost": ["offline"], "network-found": begin, stop: end },
  offline: { start: begin, woken: begin, "network-found": begin, stop: end },
  stopped: { start: begin },
}
const EVENTS: readonly ConnectionEventType[] = [
  "start", "stop", "opened", "welcomed", "heard", "refused", "goodbye", "dropped", "woken", "network-lost", "network-found", "tick",
]

describe.each(Object.keys(table) as ConnectionPhase[])("%s", (phase) => {
  test("is a phase that can be reached", () => { expect(states[phase].phase).toBe(phase) })

  test.each(EVENTS)("takes %s as the table says", (type) => {
    const [state, effects] = next(states[phase], event(type, 1))
    expect([state.phase, ...effects]).toEqual(table[phase][type] ?? [phase])
  })
})

/** [phase, milliseconds since it began, what a tick does then] */
test.each<[ConnectionPhase, number, Cell]>([
  ["connecting", 14_999, ["connecting"]],
  ["connecting", 15_000, away],
  ["greeting", 9_999, ["greeting"]],
  ["greeting", 10_000, away],
  ["online", 19_999, ["online"]],
  ["online", 20_000, ["online", "send-ping"]],
  ["online", 43_999, ["online", "send-ping"]],
  ["online", 44_000, away],
  ["waiting", 249, ["waiting"]],
  ["waiting", 250, begin],
  ["offline", 250, begin],
])("%s, ticked after %i ms: %j", (phase, now, cell) => {
  const [state, effects] = next(states[phase], event("tick", now))
  expect([state.phase, ...effects]).toEqual(cell)
})

test.each<[number, ConnectionPhase]>([
  [4000, "stopped"], [4003, "stopped"], [4099, "stopped"], [4101, "waiting"], [4200, "connecting"], [4299, "connecting"], [1001, "waiting"],
])("a connection that held and is closed with %i is %s", (closeCode, phase) => {
  expect(next(states.online, event("dropped", 11_000, { closeCode }))[0].phase).toBe(phase)
})

test("a connection that did not hold never comes back at once, whatever the close code says", () => {
  expect(next(states.online, event("dropped", 100, { closeCode: 4200 }))[0].phase).toBe("waiting")
})

test.each(["bad-resume", "message-too-large"])("after %s a client comes back, changed", (code) => {
  const told = after(...toOnline, event("refused", 1, { code, message: "", retryAfter: null }))
  expect(next(told, event("dropped", 2, { closeCode: 4002 }))[0].phase).toBe("waiting")
})

test("a wait that the server asked for is kept, with jitter, and no waking shortens it", () => {
  const told = after(...toOnline, event("refused", 1000, { code: "overloaded", message: "", retryAfter: 8 }), event("dropped", 1000))
  expect(nextTick(told.memory)).toBe(1000 + 8000 * 1.25)
  expect(next(told, event("woken", 2000))[0].phase).toBe("waiting")
  expect(next(told, event("start", 2000))[0].phase).toBe("connecting")
})

test("after goodbye the connection is used until it ends, and not opened again before the server wants it", () => {
  const told = after(...toOnline, event("goodbye", 1000))
  expect(told.phase).toBe("online")
  const [gone] = next(told, event("dropped", 1500, { closeCode: 4101 }))
  expect([gone.phase, gone.memory.deadline]).toEqual(["waiting", 1000 + 3000 * 1.25])
  expect(next(told, event("tick", 4750))).toMatchObject([{ phase: "connecting" }, ["close-socket", "open-socket"]])
})

test("a probe that nothing answers within five seconds ends the connection, and any message answers it", () => {
  const probing = after(...toOnline, event("woken", 1000))
  expect(next(probing, event("tick", 6000))[0].phase).toBe("waiting")
  expect(next(next(probing, event("heard", 5000))[0], event("tick", 6000))[0].phase).toBe("online")
  expect(next(probing, event("woken", 4000))[0].memory.probeBy).toBe(6000)
})

test("waits double with every attempt up to a bound, and begin anew after a connection that held", () => {
  expect([0, 1, 2, 3, 10, 1000].map((attempt) => retryDelay(attempt, 0.999))).toEqual([499.5, 999, 1998, 3996, 14_985, 14_985])
  const flapping = after(...toOnline, event("dropped", 10), event("tick", 5000), event("opened", 5001), event("welcomed", 5001))
  expect(next(flapping, event("dropped", 6000))[0].memory.attempt).toBe(2)
  expect(next(flapping, event("dropped", 15_001))[0].memory.attempt).toBe(1)
})

test("without a network an ended connection is offline, and tries all the same", () => {
  const lost = after(...toOnline, event("network-lost", 1), event("dropped", 2))
  expect([lost.phase, lost.memory.deadline]).toEqual(["offline", 252])
})
