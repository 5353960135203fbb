import { expect, test } from "vitest"

import { codePointLength, codePointsBetween, isWellFormed, splitsPair, unitsAfter, wellFormed } from "../src/code_points.ts"

test.each([["", 0], ["abc", 3], ["a😀b", 3], ["e\u0301", 2], ["\ud83d", 1], ["\ude00\ud83d", 2]])(
  "%j has %i code points",
  (text, length) => { expect(codePointLength(text)).toBe(length) },
)

test("positions in units and in code points lead back to each other", () => {
  const text = "a😀b👩‍👩‍👧c\ud83d"
  for (let count = 0; count <= codePointLength(text); count += 1)
    expect(codePointsBetween(text, 0, unitsAfter(text, 0, count))).toBe(count)
})

test("only between the halves of a pair is a pair split", () => {
  expect([0, 1, 2, 3, 4].map((unit) => splitsPair("a😀b", unit))).toEqual([false, false, true, false, false])
  expect(splitsPair("\ud83da", 1)).toBe(false)
})

test("lone surrogates are found and replaced, pairs are left alone", () => {
  expect(isWellFormed("😀")).toBe(true)
  expect(isWellFormed("a\ude00")).toBe(false)
  expect(wellFormed("\ud83dx😀\ude00")).toBe("\ufffdx😀\ufffd")
})
