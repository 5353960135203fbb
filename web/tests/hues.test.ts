/** Colours of people: told apart on one screen, the same on all. */

import { readFileSync } from "node:fs"

import { expect, test } from "vitest"

import { hueAmong, hueOf, hueSaid } from "../src/pages/hues.ts"
import type { Peer } from "../src/presence.ts"
import type { Json } from "../src/wire.ts"

const HUES = 8

function peer(client: string, hue: Json): Peer {
  return { client, identity: { id: client, name: client }, state: { hue } }
}

/** The hues of people who come one after the other, each seeing those before. */
function comers(clients: readonly string[]): readonly Peer[] {
  return clients.reduce<readonly Peer[]>((here, client) => [...here, peer(client, hueAmong(client, null, here))], [])
}

/** Clients that would all begin with one hue. */
function alike(count: number): readonly string[] {
  const clients: string[] = []
  for (let number = 0; clients.length < count; number += 1) {
    const client = `client-${number}`
    if (hueOf(client) === hueOf("client-0")) clients.push(client)
  }
  return clients
}

test("nobody who comes takes the hue of somebody who is here, as long as there is a free one", () => {
  expect(new Set(comers(alike(HUES)).map(hueSaid)).size).toBe(HUES)
})

test("who comes when all hues are taken has one all the same", () => {
  const hues = comers(alike(HUES + 3)).map(hueSaid)
  expect(hues.every((hue) => Number.isInteger(hue) && hue >= 0 && hue < HUES)).toBe(true)
})

/** Where the colours of the style sheet lie on the colour circle, in degrees. */
function degrees(): readonly number[] {
  const sheet = readFileSync(new URL("../src/pages/styles/colours.css", import.meta.url), "utf8")
  return [...sheet.matchAll(/--hue: #(..)(..)(..);/gu)].map(([, ...channels]) => {
    const [red, green, blue] = channels.map((channel) => Number.parseInt(channel, 16)) as [number, number, number]
    const [x, y] = [red - (green + blue) / 2, (Math.sqrt(3) / 2) * (green - blue)]
    return (Math.atan2(y, x) * 180) / Math.PI
  })
}

test.each(alike(1).concat("b", "c", "d", "e", "f", "g"))("%s has to give way and takes what is farthest from the other", (client) => {
  const circle = degrees()
  expect(circle).toHaveLength(HUES)
  const apart = (hue: number): number => {
    const difference = (((circle[hue]! - circle[hueOf(client)]!) % 360) + 360) % 360
    return Math.min(difference, 360 - difference)
  }
  const chosen = hueAmong(client, null, [peer("a", hueOf(client))])
  expect(Math.max(...circle.map((_, hue) => apart(hue))) - apart(chosen)).toBeLessThan(4)
})

test("a hue is kept when others come, and when a later client chose the same at the same moment", () => {
  expect(hueAmong("b", 3, [peer("a", 1), peer("c", 3)])).toBe(3)
})

test("of two that chose one hue at the same moment the later client chooses again", () => {
  expect(hueAmong("c", 3, [peer("a", 1), peer("b", 3)])).not.toBe(3)
})

test.each([-1, 8, 1.5, Number.NaN, "3", null])("who tells %s for a hue has that of its name", (said) => {
  expect(hueSaid(peer("a", said))).toBe(hueOf("a"))
})
