/** One event at a time: what the simulation can't tell apart from luck. */

import { describe, expect, test } from "vitest"

import { stateHash } from "../src/canonical_json.ts"
import { checkState, type DocumentState, type Effect, openedState, pendingOf, restoredState, type Step } from "../src/document_state.ts"
import { type DocumentType, InvalidOperation } from "../src/document_type.ts"
import { edited, notTaken, redone, toSend, undone } from "../src/local_edits.ts"
import { acknowledged, lagged, received, rejected } from "../src/log_events.ts"
import { operationSize } from "../src/operation_size.ts"
import { disowned, lost, opening, restarted, resumed } from "../src/subscription.ts"
import { text } from "../src/text_type.ts"
import type { Json } from "../src/wire.ts"

const start = { epoch: "e", revision: 5, tag: "t5", seq: 0, snapshot: "abc" }

function fresh(): DocumentState { return openedState(text, "me", start) }

function after(...events: ((state: DocumentState) => Step | DocumentState)[]): DocumentState {
  return events.reduce<DocumentState>((state, event) => {
    const next = event(state)
    const [reached] = "docType" in next ? [next] : next
    checkState(reached)
    return reached
  }, fresh())
}

const type = (op: Json) => (state: DocumentState): Step => edited(state, op, null)
const send = (state: DocumentState): DocumentState => toSend(state)[0]
const theirs = (revision: number, op: Json) => (state: DocumentState): Step =>
  received(state, [{ revision, client: "them", seq: 1, op }], `t${revision}`)
const mine = (revision: number, seq: number, op: Json) => (state: DocumentState): Step =>
  received(state, [{ revision, client: "me", seq, op }], `t${revision}`)
const kinds = (effects: readonly Effect[]): string[] => effects.map(({ kind }) => kind)

test("a local edit shows at once, goes out against the revision held, and its entry acknowledges it", () => {
  const sent = after(type(["x"]), send)
  expect([sent.snapshot, sent.inflight?.submission]).toEqual(["xabc", { seq: 1, base: 5, op: ["x"] }])
  const [done, effects] = mine(6, 1, ["x"])(sent)
  expect([done.inflight, done.base, done.revision, kinds(effects)]).toEqual([null, "xabc", 6, ["acknowledged"]])
})

test("what is typed while a submission is inflight joins the buffer and changes nothing that was sent", () => {
  const state = after(type(["x"]), send, type([1, "y"]), type([2, "z"]))
  expect([state.inflight?.submission.op, state.buffer]).toEqual([["x"], [[1, "yz"]]])
  expect(toSend(state)[1]).toBeNull()
})

test("a resubmission is the first message, though its operation has been carried meanwhile", () => {
  const state = after(type([1, "x"]), send, theirs(6, ["--"]), lost)
  const [asking, position] = opening(state)
  expect(position).toEqual({ epoch: "e", revision: 6, tag: "t6", inflight: 1, diverged: null })
  const [back] = resumed(asking, { revision: 6, tag: "t6", seq: 0, entries: [] }, null)
  expect(back.inflight?.op).toEqual([3, "x"])
  expect(toSend(back)[1]).toEqual({ seq: 1, base: 5, op: [1, "x"] })
})

describe("between an open and its answer", () => {
  const asking = opening(after(type(["x"]), send))[0]

  test("entries, acknowledgements and lagging change nothing", () => {
    expect(theirs(6, ["y"])(asking)).toEqual([asking, []])
    expect(acknowledged(asking, 1)).toEqual([asking, []])
    expect(lagged(asking)).toEqual([asking, []])
    expect(toSend(asking)).toEqual([asking, null])
  })

  test("a rejection is heeded", () => {
    const [state, effects] = rejected(asking, 1, "forbidden", "no")
    expect([state.snapshot, state.inflight, kinds(effects)]).toEqual(["abc", null, ["handed-back", "changed"]])
  })

  test("a second open is refused", () => { expect(() => opening(asking)).toThrow("one open") })
})

test("a gap asks for the document anew and changes nothing", () => {
  const state = fresh()
  const [next, effects] = theirs(7, ["x"])(state)
  expect([next, kinds(effects)]).toEqual([state, ["open-again"]])
})

test("entries that are known already change nothing", () => {
  const state = after(theirs(6, ["x"]))
  expect(theirs(6, ["x"])(state)).toEqual([state, []])
})

test("an acknowledgement without its entry asks for the document anew", () => {
  const sent = after(type(["x"]), send)
  expect(acknowledged(sent, 1)).toEqual([sent, [{ kind: "open-again", reason: "submission 1 landed out of sight" }]])
  expect(acknowledged(sent, 2)).toEqual([sent, []])
})

test("a rejection of what is not inflight changes nothing", () => {
  const sent = after(type(["x"]), send)
  expect(rejected(sent, 2, "forbidden", "no")).toEqual([sent, []])
})

test("superseded puts the operation back under the buffer, unchanged on the screen, for the next seq", () => {
  const state = after(type(["x"]), send, theirs(6, ["--"]), type([4, "y"]), (now) => rejected(now, 1, "superseded", ""))
  expect([state.snapshot, state.buffer.length, state.inflight]).toEqual(["x--aybc", 2, null])
  expect(toSend(state)[1]).toEqual({ seq: 2, base: 6, op: ["x"] })
})

test("a rejection hands back everything pending as it was, and keeps of the buffer what still applies", () => {
  const pending = after(type(["x"]), send, type([4, "y"]))
  const [state, effects] = rejected(pending, 1, "too-large", "too large")
  expect(state.snapshot).toBe("abcy")
  expect(effects[0]).toMatchObject({ kind: "handed-back", code: "too-large", ops: [["x"], [4, "y"]], base: "abc" })
  checkState(state)
})

describe("a rejection whose later edits cannot stand without it", () => {
  /** Text in which nothing may be "y" without an "x". */
  const picky = (refusal: Error): DocumentType => ({
    ...text,
    apply: (snapshot, op) => {
      const made = JSON.stringify(text.apply(snapshot, op))
      if (made.includes("y") && !made.includes("x")) throw refusal
      return text.apply(snapshot, op)
    },
  })
  const pending = (refusal: Error): DocumentState =>
    [type(["x"]), send, type([1, "y"])].reduce<DocumentState>((state, event) => {
      const next = event(state)
      return "docType" in next ? next : next[0]
    }, openedState(picky(refusal), "me", start))

  test("takes them back too, and says how many", () => {
    const [state, effects] = rejected(pending(new InvalidOperation("y without x")), 1, "forbidden", "no")
    checkState(state)
    expect([state.snapshot, state.buffer]).toEqual(["abc", []])
    expect(effects).toMatchObject([
      { kind: "handed-back", message: "no; 1 later edits went with it", ops: [["x"], [1, "y"]] },
      { kind: "changed", op: [{ d: 2 }] },
    ])
  })

  test("hides no fault of the type", () => {
    expect(() => rejected(pending(new Error("a fault")), 1, "forbidden", "no")).toThrow("a fault")
  })
})

test("what landed wins over what was carried here, and is counted", () => {
  const pending = after(type(["x"]), send, type([4, "y"]))
  const [state, effects] = mine(6, 1, [3, "X"])(pending)
  checkState(state)
  expect([state.snapshot, state.base, state.repairs]).toEqual(["abcyX", "abcX", 1])
  expect(kinds(effects)).toContain("repaired")
})

test("an entry of one's own that is not inflight is taken as foreign and raises seq", () => {
  const state = after(mine(6, 4, ["x"]))
  expect([state.snapshot, state.seq]).toEqual(["xabc", 4])
  expect(toSend(after(mine(6, 4, ["x"]), type(["y"])))[1]?.seq).toBe(5)
})

test("a hash that is not that of the state here is told when opening again, and pending edits are carried over", () => {
  const entry = { revision: 6, client: "them", seq: 1, op: ["x"], hash: stateHash("something else") }
  const [strayed, effects] = received(after(type([3, "!"])), [entry], "t6")
  expect([kinds(effects)[0], strayed.diverged]).toEqual(["open-again", true])
  const [asking, position] = opening(strayed)
  expect(position.diverged).toBe(stateHash("xabc"))
  const [state] = restarted(asking, { ...start, revision: 6, tag: "t6", snapshot: "xabcd" }, null)
  checkState(state)
  expect([state.base, state.snapshot, state.diverged]).toEqual(["xabcd", "xabc!d", false])
})

test("a snapshot of another past hands pending edits back and merges nothing", () => {
  const [asking] = opening(after(type(["x"]), send, type([1, "y"])))
  const [state, effects] = restarted(asking, { epoch: "other", revision: 2, tag: "u2", seq: 0, snapshot: "new" }, null)
  expect([state.snapshot, state.revision, state.inflight, state.buffer]).toEqual(["new", 2, null, []])
  expect(effects).toContainEqual(expect.objectContaining({ kind: "handed-back", code: "restarted", ops: [["x"], [1, "y"]] }))
})

test("of a restarted document only what has not landed is handed back", () => {
  const [asking] = opening(after(type(["x"]), send, type([1, "y"])))
  const [, effects] = restarted(asking, { epoch: "other", revision: 2, tag: "u2", seq: 1, snapshot: "xnew" }, { landed: 1, op: ["x"] })
  expect(effects).toContainEqual(expect.objectContaining({ kind: "handed-back", ops: [[1, "y"]], base: "xabc" }))
})

test("under a new identity nothing pending is sent, and all of it is handed back", () => {
  const [state, effects] = disowned(after(type(["x"]), send), "me-too")
  expect([state.client, state.snapshot, state.inflight, kinds(effects)]).toEqual(["me-too", "abc", null, ["handed-back", "replaced"]])
})

test("what was written down begins again where it was", () => {
  const state = after(type(["x"]), send, theirs(6, [3, "-"]), type([1, "y"]))
  const again = restoredState(text, "me", structuredClone(pendingOf(state)))
  checkState(again)
  expect([again.snapshot, again.subscription, pendingOf(again).buffer]).toEqual([state.snapshot, "closed", state.buffer])
})

test("a submission that was not taken goes out again, the same", () => {
  const sent = after(type(["x"]), send)
  expect(toSend(notTaken(sent, 1))[1]).toEqual(sent.inflight?.submission)
  expect(notTaken(sent, 2)).toBe(sent)
})

test("undo takes back one's own edits one by one, around what others did since, and redo does them again", () => {
  let state = after(type([3, "1"]), type([4, "2"]), theirs(6, ["<<"]), theirs(7, [4, { d: 1 }]))
  expect(state.snapshot).toBe("<<ab12")
  const screens: Json[] = []
  for (const step of [undone, undone, undone, redone, redone]) {
    state = step(state)[0]
    checkState(state)
    screens.push(state.snapshot)
  }
  expect(screens).toEqual(["<<ab1", "<<ab", "<<ab", "<<ab1", "<<ab12"])
})

test("undo passes over what others have taken back already", () => {
  const state = after(type([3, "1"]), type(["0"]), send, theirs(6, [{ d: 3 }]), (now) => undone(now))
  expect(state.snapshot).toBe("1")
  const gone = after(type([3, "12"]), send, mine(6, 1, [3, "12"]), theirs(7, [3, { d: 2 }]))
  expect(undone(gone)[1]).toEqual([])
})

test("edits of one group are undone as one", () => {
  let state = fresh()
  for (const [at, letter] of [[3, "x"], [4, "y"], [5, "z"]] as const) state = edited(state, [at, letter], "word")[0]
  state = undone(state)[0]
  expect([state.snapshot, state.undos.length]).toEqual(["abc", 0])
})

test("a large paste goes out in parts, each within the limit of a submission", () => {
  const paste = "0123456789".repeat(60_000)
  const state = after(type([paste]))
  expect(state.buffer.length).toBeGreaterThan(1)
  for (const op of state.buffer) expect(JSON.stringify(op).length).toBeLessThan(state.partLimit.bytes)
  expect(state.snapshot).toBe(`${paste}abc`)
})

test("edits that would be too large together stay apart", () => {
  const state = after((now) => ({ ...now, partLimit: { components: 10, bytes: 7 } }), type(["uvw"]), type([3, "x"]))
  expect([state.snapshot, state.buffer]).toEqual(["uvwxabc", [["uvw"], [3, "x"]]])
})

test("an operation that is no list has no components", () => {
  expect(operationSize("é")).toEqual({ components: 0, bytes: 4 })
  expect(operationSize([1, { d: ["a", null] }])).toEqual({ components: 5, bytes: 20 })
})

test("what others do while nothing is undone is kept as one operation now and then", () => {
  const others = Array.from({ length: 70 }, (_, count) => theirs(6 + count, ["-"]))
  const crowded = after(type([3, "!"]), ...others)
  expect(crowded.undos[0]?.owed.length).toBeLessThan(10)
  expect(undone(crowded)[0].snapshot).toBe(`${"-".repeat(70)}abc`)
})

test.each<[string, (state: DocumentState) => DocumentState]>([
  ['base and pending make "xabc", not "abc"', (state) => ({ ...state, snapshot: "abc" })],
  ["inflight is 1, but the last seq is 2", (state) => ({ ...state, seq: 2 })],
  ["inflight was made at 5, after 4", (state) => ({ ...state, revision: 4 })],
  ["presences are at 5, not at 6", (state) => ({ ...state, revision: 6 })],
])("a state whose fields do not agree is found out: %s", (message, broken) => {
  const state = broken(after(type(["x"]), send))
  expect(() => { checkState(state) }).toThrow(message)
})
