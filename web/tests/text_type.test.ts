/** The adapter of the npm package: the shared vectors, and what the package itself overlooks. */

import { describe, expect, test } from "vitest"

import { InvalidOperation } from "../src/document_type.ts"
import { text } from "../src/text_type.ts"
import type { Json } from "../src/wire.ts"
import { vectorsOf } from "./vectors.ts"

const cases = vectorsOf<string, null>("text")

describe("on every vector", () => {
  test("there are vectors", () => { expect(cases.length).toBe(8047) })

  test("transform gives the recorded operations on both sides", () => {
    for (const { id, a, b, a_left, a_right, b_left, b_right } of cases) {
      expect([id, text.transform(a, b, "left"), text.transform(a, b, "right")]).toEqual([id, a_left, a_right])
      expect([id, text.transform(b, a, "left"), text.transform(b, a, "right")]).toEqual([id, b_left, b_right])
    }
  })

  test("apply gives the recorded texts, in either order", () => {
    for (const { id, doc, a, c, after_a, after_b, after_c, a_left, a_right, b_left, b_right, merged, merged_swap } of cases) {
      expect([id, text.apply(doc, a), text.apply(after_a, c)]).toEqual([id, after_a, after_c])
      expect([id, text.apply(after_a, b_right), text.apply(after_b, a_left)]).toEqual([id, merged, merged])
      expect([id, text.apply(after_a, b_left), text.apply(after_b, a_right)]).toEqual([id, merged_swap, merged_swap])
    }
  })

  test("compose and invert give the recorded operations, and change no argument", () => {
    for (const { id, doc, a, c, a_c, inv_a } of cases) {
      const before = JSON.stringify([a, c])
      expect([id, text.compose(a, c), text.invert(a, doc)]).toEqual([id, a_c, inv_a])
      expect(text.normalize(a)).toEqual(a)
      expect(JSON.stringify([a, c])).toBe(before)
    }
  })

  test("positions move as recorded, staying before an insert made at them", () => {
    const moved = cases.flatMap((vector) =>
      vector.cursors.map(([position, key, , expected]) => [vector.id, key, position, text.transformPosition(position, vector[key], "left"), expected]))
    expect(moved.length).toBeGreaterThan(50_000)
    expect(moved.filter((line) => line.at(-1) !== line.at(-2))).toEqual([])
  })

  test("a difference turns one text into the other, and the parts of an operation do what it does", () => {
    for (const { id, doc, a, after_a } of cases) {
      const difference = text.diff(doc, after_a)
      text.check(difference)
      expect([id, text.apply(doc, difference)]).toEqual([id, after_a])
      for (const size of [1, 3]) {
        const parts = text.split(a, size)
        for (const part of parts) text.check(part)
        expect([id, size, parts.reduce<Json>((snapshot, part) => text.apply(snapshot, part), doc)]).toEqual([id, size, after_a])
      }
    }
  })
})

test.each<[string, Json]>([
  ["no list", { d: 1 }],
  ["neighbours of one kind", ["a", "b"]],
  ["a skip at the end", ["a", 2]],
  ["an empty insert", [""]],
  ["a fraction", [1.5, "a"]],
  ["half a surrogate pair", ["\ud83d"]],
  ["an unknown member", [{ d: 1, i: 2 }]],
])("an operation with %s is refused", (_name, op) => {
  expect(() => { text.check(op) }).toThrow(InvalidOperation)
})

test("an operation beyond the end of the text is refused, counted in code points", () => {
  expect(() => text.apply("😀😀", [3, "x"])).toThrow(InvalidOperation)
  expect(text.apply("😀😀", [2, "x"])).toBe("😀😀x")
})

test("side right moves a position behind an insert made at it", () => {
  expect(text.transformPosition(1, [1, "xy"], "right")).toBe(3)
  expect(text.transformPosition(1, [1, "xy"], "left")).toBe(1)
})

test("normalising joins neighbours and leaves its argument as it was", () => {
  const op: Json = [{ d: 1 }, { d: 2 }, "a", "b", 3]
  expect(text.normalize(op)).toEqual([{ d: 3 }, "ab"])
  expect(op).toEqual([{ d: 1 }, { d: 2 }, "a", "b", 3])
})

test("a snapshot that is no string is refused", () => {
  expect(() => text.apply(["a"], ["x"])).toThrow("a text is a string, not object")
})

test("a difference between two emoji that share a half cuts neither in two", () => {
  expect(text.diff("a😀b", "a😁b")).toEqual([1, "😁", { d: 1 }])
  expect(text.diff("a😀b", "a🨀b")).toEqual([1, "🨀", { d: 1 }])
})
