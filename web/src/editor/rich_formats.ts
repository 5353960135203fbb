/**
 * What Quill can show: the formats and embeds of a rich text, registered with it once.
 *
 * Every embed is an inline one, of length 1 wherever it stands. Quill's block embeds are not used: it adds a line end
 * in front of one that follows text, and from there on its positions are no longer the document's.
 *
 * Pens and markers go by the name of a colour. As a value of `color` any editor knows them; here a name stands for a
 * shade that can be read in light and dark.
 */

import { EmbedBlot, Scope, StyleAttributor } from "parchment"
import Quill, { Module } from "quill/core.js"
import Blockquote from "quill/formats/blockquote.js"
import Bold from "quill/formats/bold.js"
import CodeBlock, { Code } from "quill/formats/code.js"
import Header from "quill/formats/header.js"
import Image from "quill/formats/image.js"
import IndentClass from "quill/formats/indent.js"
import Italic from "quill/formats/italic.js"
import Link from "quill/formats/link.js"
import List from "quill/formats/list.js"
import Strike from "quill/formats/strike.js"
import Underline from "quill/formats/underline.js"

import { isColourName } from "./colours.ts"
import { PlainerClipboard } from "./rich_clipboard.ts"

/** A picture of nothing, for embeds that the style sheet draws. */
const BLANK = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E"

class Colouring extends StyleAttributor {
  constructor(attribute: string, property: string, private readonly shade: string) {
    super(attribute, property, { scope: Scope.INLINE })
  }

  override add(node: HTMLElement, value: unknown): boolean {
    return super.add(node, isColourName(value) ? `var(--${this.shade}-${String(value)})` : value)
  }

  override value(node: HTMLElement): string {
    const shown: unknown = super.value(node)
    return typeof shown === "string" ? shown.replace(/^var\(--(?:pen|marker)-([a-z]+)\)$/u, "$1") : ""
  }
}

/** A line across the page. */
class Divider extends EmbedBlot {
  static override blotName = "divider"
  static override tagName = "IMG" // a void element: nothing can be typed into it
  static override className = "rich-divider"

  static override create(): Node {
    const node = super.create()
    if (node instanceof HTMLElement) {
      node.setAttribute("src", BLANK)
      node.setAttribute("alt", "———")
    }
    return node
  }

  static override value(): boolean { return true }
}

/** An embed that this page does not know: somebody else's program made it. Its value is the embed as JSON. */
class UnknownEmbed extends EmbedBlot {
  static override blotName = "unknown-embed"
  static override tagName = "IMG"
  static override className = "rich-unknown"

  static override create(value: unknown): Node {
    const node = super.create(value)
    if (node instanceof HTMLElement) {
      node.setAttribute("src", BLANK)
      node.setAttribute("alt", "Something that this page cannot show")
      node.title = "Something that this page cannot show"
      node.dataset["embed"] = String(value)
    }
    return node
  }

  static override value(node: HTMLElement): string { return node.dataset["embed"] ?? "{}" }
}

/** Takes the place of Quill's history: undo is the document's, see `undo_keys.ts`. */
class NoHistory extends Module {
  clear(): void { /* nothing is kept */ }
  cutoff(): void { /* nothing is kept */ }
}

let registered = false

/** Register everything with Quill. */
export function registerRichFormats(): void {
  if (registered) return
  registered = true
  Quill.register(
    {
      "formats/blockquote": Blockquote,
      "formats/bold": Bold,
      "formats/code": Code,
      "formats/code-block": CodeBlock,
      "formats/divider": Divider,
      "formats/header": Header,
      "formats/image": Image,
      "formats/indent": IndentClass,
      "formats/italic": Italic,
      "formats/link": Link,
      "formats/list": List,
      "formats/strike": Strike,
      "formats/underline": Underline,
      "formats/unknown-embed": UnknownEmbed,
      "formats/color": new Colouring("color", "color", "pen"),
      "formats/background": new Colouring("background", "background-color", "marker"),
      "modules/clipboard": PlainerClipboard,
      "modules/history": NoHistory,
    },
    true,
  )
}
