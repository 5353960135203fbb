/**
 * Rich text components as they come in: one look at their shape, and their lengths in UTF-16 code units.
 *
 * An operation lists components from the start of the document: `{insert: "text"}`, `{insert: {image: "…"}}` (an
 * embed, of length 1), `{retain: 5}`, `{delete: 5}`; inserts and retains may have `attributes`. A document is an
 * operation of inserts.
 */

import type { AttributeMap } from "quill-delta"

import { isWellFormed, splitsPair } from "./code_points.ts"
import { InvalidOperation } from "./document_type.ts"
import type { Json } from "./wire.ts"

type Members = Readonly<Record<string, unknown>>

export interface Insert {
  readonly insert: string | Record<string, unknown>
  readonly attributes?: AttributeMap
}

interface Retain {
  readonly retain: number
  readonly attributes?: AttributeMap
}

interface Delete {
  readonly delete: number
}

export type RichComponent = Insert | Retain | Delete

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

function isLength(value: unknown): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0
}

function isContent(value: unknown): boolean {
  return typeof value === "string" ? value !== "" : isMembers(value) && Object.keys(value).length > 0
}

function isComponent(component: unknown): component is RichComponent {
  if (!isMembers(component)) return false
  const { attributes, ...rest } = component
  const [kind, ...others] = Object.keys(rest)
  if (others.length > 0) return false
  if ("attributes" in component && (!isMembers(attributes) || kind === "delete")) return false
  return kind === "insert" ? isContent(rest[kind]) : (kind === "retain" || kind === "delete") && isLength(rest[kind])
}

/** Return `op` as components; throws {@link InvalidOperation} where one has no shape of a component. */
export function richComponents(op: Json): RichComponent[] {
  if (!Array.isArray(op)) throw new InvalidOperation("a rich text operation is a list of components")
  const components: readonly unknown[] = op
  const wrong = components.findIndex((component) => !isComponent(component))
  if (wrong >= 0)
    throw new InvalidOperation(`component ${wrong} (${excerpt(components[wrong])}) neither inserts, retains nor deletes`)
  return components.filter(isComponent)
}

/** Return `snapshot` as a document; throws {@link InvalidOperation} where it is none. */
export function richDocument(snapshot: Json): Insert[] {
  const components = richComponents(snapshot)
  const inserts = components.filter((component) => "insert" in component)
  if (inserts.length < components.length) throw new InvalidOperation("a rich text document holds nothing but inserts")
  return inserts
}

/** Return how many units of the document before it a component takes up. */
export function lengthBefore(component: RichComponent): number {
  if ("retain" in component) return component.retain
  return "delete" in component ? component.delete : 0
}

/** Return how many units of the document after it a component makes or keeps. */
export function lengthAfter(component: RichComponent): number {
  if ("retain" in component) return component.retain
  if ("delete" in component) return 0
  return typeof component.insert === "string" ? component.insert.length : 1
}

/** Return the length of a document. */
export function documentLength(document: readonly RichComponent[]): number {
  return document.reduce((sum, component) => sum + lengthAfter(component), 0)
}

/** Tell whether everything in a value of JSON is Unicode text: keys and strings, at every depth. */
export function isUnicode(value: unknown): boolean {
  const waiting: unknown[] = [value]
  while (waiting.length > 0) {
    const next = waiting.pop()
    if (typeof next === "string" && !isWellFormed(next)) return false
    if (typeof next === "object" && next !== null) for (const member of Object.entries(next)) waiting.push(...member)
  }
  return true
}

/** Throw {@link InvalidOperation} where `op` reaches beyond the end of `document`, or cuts a pair of surrogates in two. */
export function checkFits(document: readonly Insert[], op: readonly RichComponent[]): void {
  const length = documentLength(document)
  let at = 0
  op.forEach((component, index) => {
    at += lengthBefore(component)
    if (at > length) throw new InvalidOperation(`component ${index} reaches ${at}, but the document ends at ${length}`)
  })
  const cut = cutPair(document, op)
  if (cut !== null) throw new InvalidOperation(`an edit at ${cut} would cut a pair of surrogates in two`)
}

/** Return the first end of a component of `op` that lies within a pair of surrogates of `document`, or null. */
export function cutPair(document: readonly Insert[], op: readonly RichComponent[]): number | null {
  let at = 0
  const positions = op.map((component) => (at += lengthBefore(component)))
  let start = 0
  let next = 0
  for (const component of document) {
    const { insert } = component
    const end = start + lengthAfter(component)
    for (let position = positions[next]; position !== undefined && position <= end; position = positions[(next += 1)])
      if (typeof insert === "string" && splitsPair(insert, position - start)) return position
    start = end
  }
  return null
}

function excerpt(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}
