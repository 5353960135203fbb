/**
 * The `rich-text` type: npm's `quill-delta` behind {@link DocumentType}, with sides as npm's `rich-text` has them.
 *
 * The sides are the other way round than those of `text`: of two inserts at one place the one of side "left" comes
 * second, and of two values for one attribute the one of side "right" stays. Lengths are UTF-16 code units.
 *
 * Delta does not look at what it is given: operations that reach beyond the end, or cut a pair of surrogates, are
 * refused here, as the server does.
 */

import Delta, { type AttributeMap } from "quill-delta"

import { splitsPair } from "./code_points.ts"
import { type DocumentType, InvalidOperation } from "./document_type.ts"
import { checkFits, cutPair, documentLength, isUnicode, lengthAfter, type RichComponent, richComponents, richDocument } from "./rich_text_components.ts"
import type { Json } from "./wire.ts"

export type RichTextOperation = readonly RichComponent[]

/** Units of an operation's size that one unit of text counts: an embed is measured by its JSON, eight bytes to one. */
const BYTES_PER_UNIT = 8

function delta(op: Json): Delta {
  return new Delta(richComponents(op))
}

/** Return the content of a Delta. Its operations hold JSON only, since JSON is what went in. */
function made({ ops }: Delta): Json {
  return ops as Json
}

function checkComponent(component: RichComponent, index: number): void {
  if (!isUnicode(component)) throw new InvalidOperation(`component ${index}: half of a surrogate pair is no Unicode text`)
  if ("delete" in component || component.attributes === undefined) return
  const { attributes } = component
  const names = Object.keys(attributes)
  if (names.length === 0) throw new InvalidOperation(`component ${index}: attributes without one`)
  if (names.includes("__proto__")) throw new InvalidOperation(`component ${index}: an attribute of that name cannot be kept`)
  if ("insert" in component && Object.values(attributes).includes(null))
    throw new InvalidOperation(`component ${index}: what is inserted has nothing to clear`)
}

function check(op: Json): void {
  const components = richComponents(op)
  components.forEach(checkComponent)
  const normal = new Delta()
  for (const component of components) normal.push(component)
  normal.chop()
  if (normal.ops.length !== components.length) throw new InvalidOperation("two neighbours of one kind, or a retain at the end")
}

function normalize(op: Json): Json {
  const normal = new Delta()
  for (const component of richComponents(op)) {
    if ("delete" in component) normal.delete(component.delete)
    else if ("retain" in component) normal.retain(component.retain, component.attributes)
    else normal.insert(component.insert, withoutNulls(component.attributes))
  }
  return made(normal.chop())
}

function withoutNulls(attributes: AttributeMap = {}): AttributeMap {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null))
}

function apply(snapshot: Json, op: Json): Json {
  const [document, components] = [richDocument(snapshot), richComponents(op)]
  checkFits(document, components)
  return made(new Delta(document).compose(new Delta(components)))
}

/** Delta's own difference, unless it cuts a pair of surrogates: then everything is put in anew. */
function diff(before: Json, after: Json): Json {
  const [old, fresh] = [richDocument(before), richDocument(after)]
  const found = richComponents(made(new Delta(old).diff(new Delta(fresh))))
  const whole = found.every(isUnicode) && cutPair(old, found) === null
  return made(whole ? new Delta(found) : new Delta(fresh).delete(documentLength(old)))
}

/** Cut `op` where its inserts, its embeds' JSON and its count of components reach `size`. */
function split(op: Json, size: number): readonly Json[] {
  const parts: Delta[] = []
  let part = new Delta()
  let weight = 0
  let kept = 0 // units of the document after the earlier parts that lie before this one
  const cut = (): void => {
    parts.push(part.chop())
    part = kept > 0 ? new Delta().retain(kept) : new Delta()
    weight = 0
  }
  for (const component of richComponents(op))
    for (const piece of pieces(component, size)) {
      const heavy = weightOf(piece)
      if (weight > 0 && weight + heavy > size) cut()
      part.push(piece)
      kept += lengthAfter(piece)
      weight += heavy
    }
  cut()
  return parts.filter(({ ops }) => ops.length > 0).map(made)
}

function weightOf(component: RichComponent): number {
  if (!("insert" in component)) return 1
  const { insert } = component
  return typeof insert === "string" ? insert.length : Math.ceil(JSON.stringify(insert).length / BYTES_PER_UNIT)
}

/** Return a component in pieces of at most `size`; a pair of surrogates and an embed stay whole. */
function pieces(component: RichComponent, size: number): readonly RichComponent[] {
  if (!("insert" in component) || typeof component.insert !== "string") return [component]
  const { insert } = component
  const found: RichComponent[] = []
  for (let from = 0; from < insert.length; ) {
    const to = Math.min(insert.length, from + size)
    const whole = splitsPair(insert, to) ? (to - 1 > from ? to - 1 : to + 1) : to
    found.push({ ...component, insert: insert.slice(from, whole) })
    from = whole
  }
  return found
}

export const richText: DocumentType = {
  name: "rich-text",
  joins: true,
  create: (data) => made(new Delta(richDocument(data ?? [{ insert: "\n" }]))),
  apply,
  check,
  normalize,
  transform: (op, other, side) => made(delta(other).transform(delta(op), side === "left")),
  compose: (op, later) => made(delta(op).compose(delta(later))),
  invert: (op, snapshot) => made(delta(op).invert(new Delta(richDocument(snapshot)))),
  transformPosition: (position, op, side) => delta(op).transformPosition(position, side === "left"),
  diff,
  split,
}
