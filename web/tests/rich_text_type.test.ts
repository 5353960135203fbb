/** The adapter of npm's Delta: the shared vectors, its sides, and what the package itself lets pass. */

import { describe, expect, test } from "vitest"

import { InvalidOperation, type Side } from "../src/document_type.ts"
import { richText } from "../src/rich_text_type.ts"
import type { Json } from "../src/wire.ts"
import { refusableOf, vectorsOf } from "./vectors.ts"

const cases = vectorsOf<Json, boolean>("rich-text")

describe("on every vector", () => {
  test("there are vectors", () => { expect(cases.length).toBe(5555) })

  test("transform gives the recorded operations on both sides", () => {
    for (const { id, a, b, a_left, a_right, b_left, b_right } of cases) {
      expect([id, richText.transform(a, b, "left"), richText.transform(a, b, "right")]).toEqual([id, a_left, a_right])
      expect([id, richText.transform(b, a, "left"), richText.transform(b, a, "right")]).toEqual([id, b_left, b_right])
    }
  })

  test("apply gives the recorded documents, in either order", () => {
    for (const { id, doc, a, c, after_a, after_b, after_c, a_left, a_right, b_left, b_right, merged, merged_swap } of cases) {
      expect([id, richText.apply(doc, a), richText.apply(after_a, c)]).toEqual([id, after_a, after_c])
      expect([id, richText.apply(after_a, b_right), richText.apply(after_b, a_left)]).toEqual([id, merged, merged])
      expect([id, richText.apply(after_a, b_left), richText.apply(after_b, a_right)]).toEqual([id, merged_swap, merged_swap])
    }
  })

  test("compose and invert give the recorded operations, and change no argument", () => {
    for (const { id, doc, a, c, a_c, inv_a } of cases) {
      const before = JSON.stringify([a, c, doc])
      expect([id, richText.compose(a, c), richText.invert(a, doc)]).toEqual([id, a_c, inv_a])
      expect(richText.normalize(a)).toEqual(a)
      richText.check(a)
      expect(JSON.stringify([a, c, doc])).toBe(before)
    }
  })

  test("positions move as recorded: left stays before an insert made at it", () => {
    const side = (priority: boolean): Side => priority ? "left" : "right"
    const moved = cases.flatMap((vector) =>
      vector.cursors.map(([position, key, priority, expected]) =>
        [vector.id, key, position, richText.transformPosition(position, vector[key], side(priority)), expected]))
    expect(moved.length).toBeGreaterThan(50_000)
    expect(moved.filter((line) => line.at(-1) !== line.at(-2))).toEqual([])
  })

  test("a difference turns one document into the other, and the parts of an operation do what it does", () => {
    for (const { id, doc, a, after_a } of cases) {
      const difference = richText.diff(doc, after_a)
      richText.check(difference)
      expect([id, richText.apply(doc, difference)]).toEqual([id, after_a])
      for (const size of [1, 3]) {
        const parts = richText.split(a, size)
        for (const part of parts) richText.check(part)
        expect([id, size, parts.reduce<Json>((snapshot, part) => richText.apply(snapshot, part), doc)]).toEqual([id, size, after_a])
      }
    }
  })
})

const refusable = refusableOf("rich-text").filter(({ name }) => name !== "delete before insert") // normalised instead

test.each(refusable.map((line) => [line.name, line] as const))("refused: %s", (_name, { doc, op }) => {
  expect(refusable.length).toBeGreaterThan(60)
  expect(() => {
    richText.check(op)
    richText.apply(doc, op)
  }).toThrow(InvalidOperation)
})

test("a delete before an insert is accepted, and normalised", () => {
  const op: Json = [{ delete: 1 }, { insert: "x" }]
  richText.check(op)
  expect(richText.normalize(op)).toEqual([{ insert: "x" }, { delete: 1 }])
})

test("of two inserts at one place, the one of side left comes second", () => {
  expect(richText.transform([{ insert: "A" }], [{ insert: "B" }], "left")).toEqual([{ retain: 1 }, { insert: "A" }])
  expect(richText.transform([{ insert: "A" }], [{ insert: "B" }], "right")).toEqual([{ insert: "A" }])
})

test("of two colours for one range, the one of side right stays", () => {
  const red: Json = [{ retain: 2, attributes: { color: "red", bold: true } }]
  const blue: Json = [{ retain: 2, attributes: { color: "blue" } }]
  expect(richText.transform(red, blue, "left")).toEqual([{ retain: 2, attributes: { bold: true } }])
  expect(richText.transform(red, blue, "right")).toEqual(red)
})

test("a new document is one empty line", () => {
  expect(richText.create()).toEqual([{ insert: "\n" }])
})

test("a difference between two emoji that share a half cuts neither in two", () => {
  const [old, fresh]: readonly [Json, Json] = [[{ insert: "a😀b\n" }], [{ insert: "a😁b\n" }]]
  const difference = richText.diff(old, fresh)
  expect(richText.apply(old, difference)).toEqual(fresh)
  richText.check(difference)
  const sameEnd = richText.diff(old, [{ insert: "a🨀b\n" }])
  expect(richText.apply(old, sameEnd)).toEqual([{ insert: "a🨀b\n" }])
  richText.check(sameEnd)
})

test("a long component that is refused is told in short", () => {
  const long = { insert: "x".repeat(1_000), retain: 1 }
  expect(() => { richText.check([long]) }).toThrow(/^component 0 \(\{"insert":"x{60,70}…\)/)
})

test("a large picture goes out in a part of its own", () => {
  const picture = { image: `data:image/png;base64,${"A".repeat(100_000)}` }
  const op: Json = [{ retain: 1 }, { insert: "before" }, { insert: picture }, { insert: "after" }]
  const parts = richText.split(op, 10_000)
  expect(parts).toEqual([
    [{ retain: 1 }, { insert: "before" }],
    [{ retain: 7 }, { insert: picture }],
    [{ retain: 8 }, { insert: "after" }],
  ])
})
