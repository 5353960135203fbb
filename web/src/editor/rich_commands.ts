/** What the toolbar does to a rich text, as the user's own changes. */

import type Quill from "quill/core.js"
import Delta, { type AttributeMap } from "quill-delta"

export interface Place {
  readonly index: number
  readonly length: number
}

/** Put pictures where `place` is, and the cursor behind them. */
export function insertPictures(quill: Quill, place: Place, addresses: readonly string[]): void {
  const change = startOf(place)
  for (const image of addresses) change.insert({ image })
  quill.updateContents(change, "user")
  quill.setSelection(place.index + addresses.length, 0, "user")
}

/**
 * Put a line across the page below the line of `place`, or in its place if that is empty; the cursor goes below it.
 *
 * The format of a line lies on its end: what comes below is to begin without it.
 */
export function insertDivider(quill: Quill, place: Place): void {
  const [line, offset] = quill.getLine(place.index)
  if (line === null) return
  const end = place.index - offset + line.length() - 1
  const formats: AttributeMap = line.length() > 1 ? line.formats() : {}
  const change = startOf({ index: end, length: 0 })
  const below = end + (line.length() > 1 ? 3 : 2)
  if (line.length() > 1) change.insert("\n", formats)
  change.insert({ divider: true }).insert("\n")
  const cleared = Object.keys(formats).map((name) => [name, null] as const)
  if (cleared.length > 0) change.retain(1, Object.fromEntries(cleared))
  quill.updateContents(change, "user")
  quill.setSelection(below, 0, "user")
}

/** Take every format off what `place` spans, or off its line. */
export function clearFormats(quill: Quill, place: Place): void {
  const [line, offset] = quill.getLine(place.index)
  if (place.length > 0) quill.removeFormat(place.index, place.length, "user")
  else if (line !== null) quill.removeFormat(place.index - offset, line.length() - 1, "user")
}

/** Link what `place` spans to an address, or put the address in as a link; null takes the link off. */
export function setLink(quill: Quill, place: Place, address: string | null): void {
  if (place.length > 0) quill.formatText(place.index, place.length, "link", address ?? false, "user")
  else if (address !== null) {
    quill.insertText(place.index, address, { link: address }, "user")
    quill.setSelection(place.index + address.length, 0, "user")
  }
}

/** Return the link at `place` and all that it spans, or null. */
export function linkAt(quill: Quill, place: Place): { readonly address: string; readonly place: Place } | null {
  const formats = quill.getFormat(place.index, place.length)
  const address = formats["link"]
  if (typeof address !== "string") return null
  if (place.length > 0) return { address, place }
  const linked = (index: number): boolean => index >= 0 && index < quill.getLength() && quill.getFormat(index, 1)["link"] === address
  let [from, to] = [place.index, place.index]
  while (linked(from - 1)) from -= 1
  while (linked(to)) to += 1
  return { address, place: { index: from, length: to - from } }
}

/** Return an address as somebody means it who typed it without saying how to get there. */
export function addressMeant(typed: string): string {
  const address = typed.trim()
  if (address === "" || /^[a-z][a-z0-9+.-]*:/iu.test(address) || address.startsWith("/")) return address
  return address.includes("@") && !address.includes("/") ? `mailto:${address}` : `https://${address}`
}

function startOf({ index, length }: Place): Delta {
  const change = new Delta()
  if (index > 0) change.retain(index)
  if (length > 0) change.delete(length)
  return change
}
