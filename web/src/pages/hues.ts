/**
 * Who goes by which colour.
 *
 * Everybody chooses a colour of their own, as far as can be from those that are here already, and tells it with their
 * presence: so it is the same on every screen, and stays. Of two that chose one at the same moment, the one with the
 * later client id chooses again.
 */

import type { Peer } from "../presence.ts"
import { saidNumber } from "./people.ts"

/** Where the hues of the style sheet lie on the colour circle, in degrees. */
const DEGREES = [339, 195, 120, 29, 260, 175, 303, 222] as const

/** Return the hue that a client begins with, and that of those who tell none. */
export function hueOf(client: string): number {
  let hash = 0
  for (const character of client) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0
  return hash % DEGREES.length
}

/** Return the hue that somebody else goes by. */
export function hueSaid(peer: Peer): number {
  const said = saidNumber(peer, "hue")
  return said !== null && Number.isInteger(said) && said >= 0 && said < DEGREES.length ? said : hueOf(peer.client)
}

/** Return the hue for `client` among its peers: the present one, unless somebody before it has that; null is none. */
export function hueAmong(client: string, present: number | null, peers: readonly Peer[]): number {
  if (present !== null && !peers.some((peer) => peer.client < client && hueSaid(peer) === present)) return present
  const taken = new Set(peers.map(hueSaid))
  const wanted = hueOf(client)
  if (!taken.has(wanted)) return wanted
  const free = DEGREES.map((_, hue) => hue).filter((hue) => !taken.has(hue))
  return free.reduce((best, hue) => (room(hue, taken) > room(best, taken) ? hue : best), free[0] ?? wanted)
}

/** Return how far a hue is from the nearest of those taken, in degrees. */
function room(hue: number, taken: ReadonlySet<number>): number {
  return Math.min(...[...taken].map((other) => {
    const apart = Math.abs((DEGREES[hue] ?? 0) - (DEGREES[other] ?? 0))
    return Math.min(apart, 360 - apart)
  }))
}
