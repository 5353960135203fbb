/**
 * The phases of a connection, as an XState machine over the reducer of `connection.ts`.
 *
 *     idle --> connecting --> greeting --> online          stopped: over, until `start`
 *                  ^              |           |
 *                  +-- waiting, offline <-----+
 *
 * *waiting* and *offline* differ only in what the browser says of its network: attempts go on in both, since its
 * word is not to be relied on. The machine is not run as an actor: {@link next} is a pure function from a state and
 * an event to the next state and the effects for the caller to carry out.
 */

import { initialTransition, setup, type SnapshotFrom, transition } from "xstate"

import {
  comesBack,
  connecting,
  type ConnectionEvent,
  type ConnectionMemory,
  FRESH,
  greeting,
  hasHeld,
  heardFrom,
  isDead,
  isDue,
  networkSeen,
  online,
  over,
  parting,
  pinged,
  probed,
  refused,
  startedAfresh,
  waiting,
} from "./connection.ts"

/** What the caller carries out. "close-socket" also forgets the socket: what it still says is not heard. */
export type ConnectionEffect = "open-socket" | "close-socket" | "send-hello" | "send-ping"

export type ConnectionPhase = "idle" | "connecting" | "greeting" | "online" | "waiting" | "offline" | "stopped"

interface Situation {
  readonly context: ConnectionMemory
  readonly event: ConnectionEvent
}

const base = setup({
  // Empty objects stand for the types here: XState looks at neither.
  types: { context: {} as ConnectionMemory, events: {} as ConnectionEvent },
  actions: {
    "open-socket": () => undefined,
    "close-socket": () => undefined,
    "send-hello": () => undefined,
    "send-ping": () => undefined,
  },
})

function remember(reducer: (memory: ConnectionMemory, event: ConnectionEvent) => ConnectionMemory) {
  return base.assign(({ context, event }) => reducer(context, event))
}

const due = ({ context, event }: Situation): boolean => isDue(context, event)
const dead = ({ context, event }: Situation): boolean => isDead(context, event)
const noNetwork = ({ context }: Situation): boolean => !context.network
const pingDue = ({ context, event }: Situation): boolean => event.now >= context.pingAt
const welcomeBack = ({ context, event }: Situation): boolean => event.now >= context.notBefore
const isOver = ({ context, event }: Situation): boolean =>
  event.type === "dropped" && comesBack(context, event.closeCode) === "never"
const comesAtOnce = ({ context, event }: Situation): boolean =>
  event.type === "dropped" && comesBack(context, event.closeCode) === "now" && hasHeld(context, event)

const toConnecting = { target: "connecting", actions: [remember(connecting), "open-socket"] } as const
const toConnectingAgain = { target: "connecting", actions: ["close-socket", remember(connecting), "open-socket"] } as const
const toStopped = { target: "stopped", actions: ["close-socket", remember(over)] } as const
const toOffline = { target: "offline", actions: ["close-socket", remember(waiting)] } as const
const toWaiting = { target: "waiting", actions: ["close-socket", remember(waiting)] } as const

const whenDropped = [
  { guard: isOver, ...toStopped },
  { guard: comesAtOnce, ...toConnectingAgain },
  { guard: noNetwork, ...toOffline },
  toWaiting,
] as const
const whenLate = [
  { guard: (now: Situation) => due(now) && noNetwork(now), ...toOffline },
  { guard: due, ...toWaiting },
] as const
const noteNetwork = { actions: remember(networkSeen) } as const
const probe = { actions: [remember(probed), "send-ping"] } as const
const retry = { guard: welcomeBack, ...toConnecting } as const

const machine = base.createMachine({
  id: "connection",
  context: FRESH,
  initial: "idle",
  on: {
    "network-lost": noteNetwork,
    "network-found": noteNetwork,
  },
  states: {
    idle: {
      on: { start: { target: "connecting", actions: [remember(startedAfresh), "open-socket"] }, stop: toStopped },
    },
    connecting: {
      on: {
        opened: { target: "greeting", actions: [remember(greeting), "send-hello"] },
        dropped: whenDropped,
        tick: whenLate,
        stop: toStopped,
      },
    },
    greeting: {
      on: {
        welcomed: { target: "online", actions: remember(online) },
        refused: { actions: remember(refused) },
        dropped: whenDropped,
        tick: whenLate,
        stop: toStopped,
      },
    },
    online: {
      on: {
        heard: { actions: remember(heardFrom) },
        refused: { actions: remember(refused) },
        goodbye: { actions: remember(parting) },
        woken: probe,
        "network-lost": { actions: [remember(networkSeen), remember(probed), "send-ping"] },
        "network-found": { actions: [remember(networkSeen), remember(probed), "send-ping"] },
        tick: [
          { guard: due, ...toConnectingAgain }, // the server has said goodbye, and its time is over
          { guard: (now: Situation) => dead(now) && noNetwork(now), ...toOffline },
          { guard: dead, ...toWaiting },
          { guard: pingDue, actions: [remember(pinged), "send-ping"] },
        ],
        dropped: whenDropped,
        stop: toStopped,
      },
    },
    waiting: {
      on: {
        tick: { guard: due, ...toConnecting },
        woken: retry,
        start: toConnecting,
        "network-lost": { target: "offline", ...noteNetwork },
        "network-found": [{ guard: welcomeBack, target: "connecting", actions: [remember(networkSeen), ...toConnecting.actions] }, noteNetwork],
        stop: toStopped,
      },
    },
    offline: {
      on: {
        tick: { guard: due, ...toConnecting },
        woken: retry,
        start: toConnecting,
        "network-found": [
          { guard: welcomeBack, target: "connecting", actions: [remember(networkSeen), ...toConnecting.actions] },
          { target: "waiting", ...noteNetwork },
        ],
        stop: toStopped,
      },
    },
    stopped: {
      on: { start: { target: "connecting", actions: [remember(startedAfresh), "open-socket"] } },
    },
  },
})

/** Where a connection is: its phase, and what it remembers. */
export interface ConnectionState {
  readonly phase: ConnectionPhase
  readonly memory: ConnectionMemory
  readonly snapshot: SnapshotFrom<typeof machine>
}

function stateOf(snapshot: SnapshotFrom<typeof machine>): ConnectionState {
  return { phase: snapshot.value, memory: snapshot.context, snapshot }
}

/** Return a connection that has not begun. */
export function idleConnection(): ConnectionState {
  return stateOf(initialTransition(machine)[0])
}

const EFFECTS: ReadonlySet<string> = new Set<ConnectionEffect>(["open-socket", "close-socket", "send-hello", "send-ping"])

function isEffect(type: string): type is ConnectionEffect {
  return EFFECTS.has(type)
}

/** Return what an event makes of a connection. An event that does not belong to the phase changes nothing. */
export function next(
  state: ConnectionState,
  event: ConnectionEvent,
): readonly [ConnectionState, readonly ConnectionEffect[]] {
  const [snapshot, actions] = transition(machine, state.snapshot, event)
  return [stateOf(snapshot), actions.map((action) => action.type).filter(isEffect)]
}
