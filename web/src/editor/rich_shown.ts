/**
 * Between the document and what Quill can hold of it, length for length.
 *
 * Quill throws at embeds that it does not know and at some attributes, makes one character of a line feed and the carriage return before it,
 * and wants a line end at the end. So embeds of others' programs are shown by a stand-in, carriage returns by a sign.
 *
 * A line has one of the formats of whole lines. Setting one clears the others, also those that are not set: somebody
 * else may be setting one of them right now, and a line with two would look different from screen to screen.
 */

import type { AttributeMap, Op } from "quill-delta"

import type { Insert, RichComponent } from "../rich_text_components.ts"

/** Formats of whole lines, of which a line has one. */
const LINE_FORMATS = ["header", "list", "blockquote", "code-block"] as const
/** Attributes that Quill shows here. It takes others for names of its own parts, and throws at some. */
const ATTRIBUTES: ReadonlySet<string> = new Set([
  ...LINE_FORMATS, "alt", "background", "bold", "code", "color", "height", "indent", "italic", "link", "strike", "underline", "width",
])
const STAND_IN = "unknown-embed"
const RETURN_SIGN = "␍"

/** Return what Quill shows in the place of these components. */
export function shownFor(components: readonly RichComponent[]): Op[] {
  return components.map((component) => {
    if ("delete" in component) return component
    const shown = "insert" in component ? { insert: shownInsert(component.insert) } : { retain: component.retain }
    const attributes = Object.entries(component.attributes ?? {}).filter(([name, value]) => isShown(name, value))
    return attributes.length === 0 ? shown : { ...shown, attributes: Object.fromEntries(attributes) }
  })
}

function isShown(name: string, value: unknown): boolean {
  if (!ATTRIBUTES.has(name)) return false
  if (name === "header" && typeof value === "number") return Number.isInteger(value) && value >= 1 && value <= 6
  return typeof value !== "object" || value === null
}

/** Return what Quill shows for a whole document: that ends with a line end, whether or not the document does. */
export function shownDocument(document: readonly Insert[]): Op[] {
  const last = document.at(-1)?.insert
  const ends = typeof last === "string" && last.endsWith("\n")
  return [...shownFor(document), ...(ends ? [] : [{ insert: "\n" }])]
}

/** Return the operation that somebody means who changed what Quill shows. */
export function meantBy(ops: readonly Op[]): Op[] {
  return ops.map((op) => {
    if (typeof op.insert === "object") return { ...op, insert: meantInsert(op.insert) }
    return op.retain === undefined || op.attributes === undefined ? op : { ...op, attributes: alone(op.attributes) }
  })
}

function shownInsert(insert: Insert["insert"]): Insert["insert"] {
  if (typeof insert === "string") return insert.replaceAll("\r", RETURN_SIGN)
  return isKnown(insert) ? insert : { [STAND_IN]: JSON.stringify(insert) }
}

function isKnown(embed: Readonly<Record<string, unknown>>): boolean {
  if (Object.keys(embed).length !== 1) return false
  return typeof embed["image"] === "string" || embed["divider"] === true
}

function meantInsert(embed: Record<string, unknown>): Record<string, unknown> {
  const kept = embed[STAND_IN]
  if (typeof kept !== "string") return embed
  const meant: unknown = JSON.parse(kept)
  return typeof meant === "object" && meant !== null ? { ...meant } : embed
}

function alone(attributes: AttributeMap): AttributeMap {
  const set = LINE_FORMATS.find((format) => attributes[format] !== undefined && attributes[format] !== null)
  if (set === undefined) return attributes
  const cleared = LINE_FORMATS.filter((format) => attributes[format] === undefined)
  return { ...attributes, ...Object.fromEntries(cleared.map((format) => [format, null])) }
}
