/** Who one is and what one may do, as a client in the browser sees it: tokens, their ends, and read-only documents. */

import { expect, test } from "vitest"

import { Client, type Token } from "../src/client.ts"
import { pageToken, type TokenSurroundings } from "../src/pages/page_token.ts"
import { forgetfulStore } from "../src/pending_store.ts"
import { text } from "../src/text_type.ts"
import { opened, SimulatedWorld, welcome } from "./simulated_world.ts"

/** A callback that counts how often it is asked, and fails as often as it is told to. */
class Tokens {
  asked = 0
  faults = 0

  readonly give = (): Promise<string> => {
    this.asked += 1
    if (this.faults === 0) return Promise.resolve(`token ${this.asked}`)
    this.faults -= 1
    return Promise.reject(new Error("the issuer is away"))
  }
}

async function connecting(token: Token | null): Promise<{ world: SimulatedWorld; client: Client }> {
  const world = new SimulatedWorld()
  const client = await Client.connect({ url: "ws://server/sync", seat: "seat", store: forgetfulStore(), world, token })
  world.last.listener.opened()
  await world.pass(0)
  return { world, client }
}

test("a token that is at hand goes with the first message", async () => {
  const { world } = await connecting("fixed")
  expect(world.last.sent).toEqual([{ type: "hello", token: "fixed" }])
})

test("each connection gets a fresh token, and goes on as the same client", async () => {
  const tokens = new Tokens()
  const { world } = await connecting(tokens.give)
  expect(world.last.sent).toEqual([{ type: "hello", token: "token 1" }])
  await world.say(welcome)
  world.time = 20_000
  world.last.listener.closed(4202) // expired: comes back at once
  world.last.listener.opened()
  await world.pass(0)
  expect(world.last.sent).toEqual([{ type: "hello", token: "token 2", client: "me", resume: "secret" }])
})

test("a token that cannot be had is a connection that failed, and another one is made", async () => {
  const tokens = new Tokens()
  tokens.faults = 1
  const { world, client } = await connecting(tokens.give)
  expect([client.status.phase, world.last.closed, world.last.sent]).toEqual(["waiting", true, []])
  await world.pass(60_000)
  expect(world.sockets.length).toBeGreaterThan(1)
})

test("a token for a socket that has gone meanwhile is not sent on the next one", async () => {
  let give: (token: string) => void = () => undefined
  const world = new SimulatedWorld()
  const token = (): Promise<string> => new Promise((resolve) => { give = resolve })
  const client = await Client.connect({ url: "ws://server/sync", seat: "seat", store: forgetfulStore(), world, token })
  world.last.listener.opened()
  world.last.listener.closed(1006)
  client.retry()
  give("late")
  await world.pass(0)
  expect(world.sockets.map(({ sent }) => sent)).toEqual([[], []])
})

test.each([
  [3600, 3540],
  [100, 50],
  [1, 0.5],
])("a token of %d seconds is renewed after %d, and again as long as it lasts", async (expires, due) => {
  const tokens = new Tokens()
  const { world } = await connecting(tokens.give)
  await world.say({ ...welcome, heartbeat: 1e6, expires })
  await world.pass(due * 1000 - 1)
  expect(world.sent("renew")).toEqual([])
  await world.pass(1)
  expect(world.sent("renew")).toEqual([{ type: "renew", token: "token 2" }])
  await world.say({ type: "renewed", expires })
  await world.pass(due * 1000)
  expect(world.sent("renew")).toHaveLength(2)
})

test.each(["bad-token", "unavailable", "rate-limited"])("a renewal that is answered by %s is tried again", async (code) => {
  const { world } = await connecting(new Tokens().give)
  await world.say({ ...welcome, heartbeat: 1e6, expires: 100 })
  await world.pass(50_000)
  await world.say({ type: "error", code, message: "no", fatal: false })
  await world.pass(4_999)
  expect(world.sent("renew")).toHaveLength(1)
  await world.pass(1)
  expect(world.sent("renew")).toHaveLength(2)
})

test("a renewal for which there is no token is tried again", async () => {
  const tokens = new Tokens()
  const { world } = await connecting(tokens.give)
  await world.say({ ...welcome, heartbeat: 1e6, expires: 100 })
  tokens.faults = 1
  await world.pass(50_000)
  expect(world.sent("renew")).toEqual([])
  await world.pass(5_000)
  expect(world.sent("renew")).toEqual([{ type: "renew", token: "token 3" }])
})

test("a token that is fixed is not renewed", async () => {
  const { world } = await connecting("fixed")
  await world.say({ ...welcome, heartbeat: 1e6, expires: 100 })
  await world.pass(99_000)
  expect(world.sent("renew")).toEqual([])
})

test("an edit that one may not make is handed back, and the document is there to be read", async () => {
  const { world, client } = await connecting(null)
  await world.say(welcome)
  const shared = await client.open("doc", text)
  await world.say(opened)
  const heard: unknown[] = []
  shared.subscribe((event) => { if (event.kind === "handed-back") heard.push(event.code) })
  shared.edit(["x"], null)
  await world.pass(0)
  await world.say({ type: "reject", doc: "doc", seq: 1, code: "forbidden", message: "read only" })
  expect([shared.access, shared.snapshot, heard]).toEqual(["read", "abc", ["forbidden"]])
})

function surroundings(hash: string, kept: string | null): TokenSurroundings & { address: string; kept: string | null } {
  const made = {
    address: `/edit/notes${hash}`,
    kept,
    location: { hash, pathname: "/edit/notes", search: "" },
    history: { replaceState: (_state: unknown, _title: string, address?: string | URL | null) => { made.address = String(address) } },
    sessionStorage: { getItem: () => made.kept, setItem: (_key: string, value: string) => { made.kept = value } },
  }
  return made
}

test("a page takes its token out of the address and keeps it for a reload", () => {
  const first = surroundings("#token=a.b.c", "earlier")
  expect([pageToken(first), first.address, first.kept]).toEqual(["a.b.c", "/edit/notes", "a.b.c"])
  const reloaded = surroundings("", first.kept)
  expect([pageToken(reloaded), reloaded.address]).toEqual(["a.b.c", "/edit/notes"])
  expect(pageToken(surroundings("#heading", null))).toBeNull()
})
