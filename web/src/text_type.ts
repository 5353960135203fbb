/**
 * The `text` type: npm's `ot-text-unicode` behind {@link DocumentType}.
 *
 * An operation lists components from the start of the snapshot: `5` skips, `"x"` inserts, `{"d": 2}` deletes;
 * lengths are Unicode code points. A snapshot is a string.
 *
 * The package overlooks two things that the server does not: neighbours of one kind, which transform wrongly,
 * and positions beyond the end. Its positions know no side. It also changes what it normalises, so that gets a copy.
 */

import { type as packaged } from "ot-text-unicode"

import { codePointLength, isWellFormed, splitsPair, unitsAfter } from "./code_points.ts"
import { type DocumentType, InvalidOperation, type Side } from "./document_type.ts"
import type { Json } from "./wire.ts"

export type TextComponent = number | string | { d: number | string }
export type TextOperation = TextComponent[]

function isAmount(value: unknown): value is number | string {
  return typeof value === "number" ? Number.isSafeInteger(value) && value > 0 : typeof value === "string" && value !== ""
}

function isComponent(value: unknown): value is TextComponent {
  if (typeof value !== "object" || value === null) return isAmount(value)
  return "d" in value && isAmount(value.d) && Object.keys(value).length === 1
}

/** Return `op` as a text operation; throws {@link InvalidOperation} where it is not shaped like one. */
export function textOperation(op: Json): TextOperation {
  if (!Array.isArray(op)) throw new InvalidOperation("a text operation is a list of components")
  const components: readonly unknown[] = op
  const wrong = components.findIndex((component) => !isComponent(component))
  if (wrong >= 0)
    throw new InvalidOperation(`component ${wrong} (${JSON.stringify(components[wrong])}) neither skips, inserts nor deletes`)
  return components.filter(isComponent)
}

/** Return `snapshot` as a text; throws {@link InvalidOperation} where it is none. */
export function textSnapshot(snapshot: Json): string {
  if (typeof snapshot !== "string") throw new InvalidOperation(`a text is a string, not ${typeof snapshot}`)
  return snapshot
}

/** Return how many code points of the snapshot before it a component takes up. */
export function lengthBefore(component: TextComponent): number {
  if (typeof component === "number") return component
  return typeof component === "string" ? 0 : deletedLength(component.d)
}

function deletedLength(deleted: number | string): number {
  return typeof deleted === "number" ? deleted : codePointLength(deleted)
}

function checkNormal(op: TextOperation): void {
  op.forEach((component, index) => {
    if (typeof component === "string" && !isWellFormed(component))
      throw new InvalidOperation(`component ${index}: half of a surrogate pair is no Unicode text`)
    if (index > 0 && typeof component === typeof op[index - 1])
      throw new InvalidOperation(`component ${index}: two neighbours of one kind`)
  })
  if (typeof op.at(-1) === "number") throw new InvalidOperation(`component ${op.length - 1}: a skip at the end`)
}

function apply(snapshot: Json, op: Json): string {
  const text = textSnapshot(snapshot)
  const components = textOperation(op)
  const taken = components.reduce<number>((sum, component) => sum + lengthBefore(component), 0)
  if (taken > text.length / 2 && taken > codePointLength(text)) // counting takes a walk over the text
    throw new InvalidOperation(`operation over ${taken} code points, but the text has ${codePointLength(text)}`)
  return packaged.apply(text, components)
}

/** Undo by what stood there. The package's own `invertWithDoc` is missing from its type declarations. */
function invert(op: Json, snapshot: Json): TextOperation {
  const text = textSnapshot(snapshot)
  let unit = 0
  const inverse = textOperation(op).map((component): TextComponent => {
    if (typeof component === "string") return { d: component }
    const from = unit
    unit = unitsAfter(text, from, lengthBefore(component))
    return typeof component === "number" ? component : text.slice(from, unit)
  })
  return inNormalForm(inverse)
}

function transformPosition(position: number, op: Json, side: Side): number {
  let before = 0
  let moved = position
  for (const component of textOperation(op)) {
    if (before > position) break
    if (typeof component === "string") {
      if (before < position || side === "right") moved += codePointLength(component)
    } else {
      const length = lengthBefore(component)
      if (typeof component === "object") moved -= Math.min(length, position - before)
      before += length
    }
  }
  return moved
}

function diff(before: Json, after: Json): TextOperation {
  const [old, fresh] = [textSnapshot(before), textSnapshot(after)]
  const shorter = Math.min(old.length, fresh.length)
  let start = 0
  while (start < shorter && old[start] === fresh[start]) start += 1
  if (splitsPair(old, start) || splitsPair(fresh, start)) start -= 1
  let end = 0
  while (end < shorter - start && old.at(-1 - end) === fresh.at(-1 - end)) end += 1
  if (splitsPair(old, old.length - end) || splitsPair(fresh, fresh.length - end)) end -= 1
  const skipped = codePointLength(old.slice(0, start))
  const inserted = fresh.slice(start, fresh.length - end)
  const deleted = codePointLength(old.slice(start, old.length - end))
  return inNormalForm([skipped, inserted, { d: deleted }])
}

/** Return the operation that `components` spell out, empty ones and all. */
export function inNormalForm(components: TextOperation): TextOperation {
  return packaged.normalize(structuredClone(components))
}

/** Cut `op` where its inserts and its count of components reach `size`. */
function split(op: Json, size: number): TextOperation[] {
  const parts: TextOperation[] = []
  let part: TextOperation = []
  let weight = 0
  let kept = 0 // code points of the snapshot after the earlier parts that lie before this one
  const cut = (): void => {
    parts.push(inNormalForm(part))
    part = kept > 0 ? [kept] : []
    weight = 0
  }
  for (const component of textOperation(op)) {
    if (typeof component !== "string") {
      part.push(component)
      weight += 1
      if (typeof component === "number") kept += component
    } else {
      for (let from = 0; from < component.length; ) {
        const to = unitsAfter(component, from, Math.max(1, size - weight))
        const piece = component.slice(from, to)
        part.push(piece)
        kept += codePointLength(piece)
        weight += codePointLength(piece)
        from = to
        if (weight >= size && from < component.length) cut()
      }
    }
    if (weight >= size) cut()
  }
  cut()
  return parts.filter((made) => made.length > 0)
}

export const text: DocumentType = {
  name: "text",
  joins: true,
  create: (data) => textSnapshot(data ?? ""),
  apply,
  check: (op) => { checkNormal(textOperation(op)) },
  normalize: (op) => inNormalForm(textOperation(op)),
  transform: (op, other, side) => packaged.transform(textOperation(op), textOperation(other), side),
  compose: (op, later) => packaged.compose(textOperation(op), textOperation(later)),
  invert,
  transformPosition,
  diff,
  split,
}
