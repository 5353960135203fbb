/** Who is here, as the page shows them: a name, initials and a colour for each client. */

import type { Peer } from "../presence.ts"
import { made } from "./elements.ts"

/** Avatars before the rest become a number. */
const MOST_SHOWN = 5

export interface Person {
  readonly client: string
  readonly name: string
  readonly hue: number
  readonly isMe: boolean
}

/** Return what somebody said of themselves under `member`, where it is a number. */
export function saidNumber(peer: Peer, member: string): number | null {
  const value = said(peer, member)
  return typeof value === "number" ? value : null
}

function said(peer: Peer, member: string): unknown {
  const { state } = peer
  return typeof state === "object" && state !== null ? Reflect.get(state, member) : undefined
}

/** Return the name of somebody else: what they chose, else what the server calls them. */
export function nameOf(peer: Peer): string {
  const chosen = said(peer, "name")
  const name = typeof chosen === "string" ? chosen.trim() : ""
  return (name === "" ? peer.identity.name : name).slice(0, 40) || "Guest"
}

function initials(name: string): string {
  const words = name.split(/\s+/u).filter((word) => word !== "")
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]]
  return letters.map((word) => String.fromCodePoint(word?.codePointAt(0) ?? 63)).join("").toUpperCase()
}

function avatar(person: Person): HTMLLIElement {
  const item = made("li", `avatar hue-${person.hue}${person.isMe ? " me" : ""}`)
  item.title = person.isMe ? `${person.name} (you)` : person.name
  const letters = made("span", "", initials(person.name))
  letters.setAttribute("aria-hidden", "true")
  item.append(letters, made("span", "off-screen", item.title))
  return item
}

/** Show these people in `list`. */
export function showPeople(list: HTMLElement, people: readonly Person[]): void {
  const shown = people.length > MOST_SHOWN ? people.slice(0, MOST_SHOWN - 1) : people
  const rest = people.slice(shown.length)
  const more = made("li", "avatar more", `+${rest.length}`)
  more.title = rest.map((person) => person.name).join(", ")
  list.replaceChildren(...shown.map(avatar), ...(rest.length > 0 ? [more] : []))
}
