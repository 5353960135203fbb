/**
 * Quill's clipboard, with less of what other pages looked like.
 *
 * Their colours would be unreadable in the other theme, and pictures too large for an operation could never be sent.
 * Quill writes every space as a no-break space when it copies, and would keep it when that is pasted again.
 */

import Delta, { type AttributeMap } from "quill-delta"
import Clipboard from "quill/modules/clipboard.js"

import { isColourName } from "./colours.ts"
import { fits } from "./pictures.ts"

/** Told on the editor's root when a picture was left out. */
export const PICTURE_REFUSED = "counterpoint-picture-refused"

function withoutForeignColours(attributes: AttributeMap | undefined): AttributeMap {
  const kept = Object.entries(attributes ?? {}).filter(([name, value]) => (name !== "color" && name !== "background") || isColourName(value))
  return Object.fromEntries(kept)
}

function isTooLarge(embed: Readonly<Record<string, unknown>>): boolean {
  const address = embed["image"]
  return typeof address === "string" && !fits(address)
}

export class PlainerClipboard extends Clipboard {
  override convert(pasted: { html?: string; text?: string }, formats: Record<string, unknown> = {}): Delta {
    const plainer = new Delta()
    let refused = false
    for (const { insert, attributes } of super.convert(pasted, formats).ops) {
      const kept = withoutForeignColours(attributes)
      if (typeof insert === "string") plainer.insert(insert.replaceAll("\u00a0", " "), kept)
      else if (insert !== undefined && isTooLarge(insert)) refused = true
      else if (insert !== undefined) plainer.insert(insert, kept)
    }
    if (refused) this.quill.root.dispatchEvent(new CustomEvent(PICTURE_REFUSED))
    return plainer
  }
}
