/** What lies between a rich text and its editor, as far as it needs no browser. */

import { describe, expect, test } from "vitest"

import { HeldBack } from "../src/editor/held_back.ts"
import { addressMeant } from "../src/editor/rich_commands.ts"
import { meantBy, shownDocument, shownFor } from "../src/editor/rich_shown.ts"
import { TypingRuns } from "../src/editor/typing_runs.ts"
import { richTextKind } from "../src/pages/rich_text_kind.ts"
import { textKind } from "../src/pages/text_kind.ts"
import { documentLength, richDocument } from "../src/rich_text_components.ts"
import { richText } from "../src/rich_text_type.ts"
import { text } from "../src/text_type.ts"
import type { Json } from "../src/wire.ts"

describe("what Quill shows", () => {
  const foreign: Json = [
    { insert: "a\r\nb", attributes: { comment: 7 } },
    { insert: { formula: "x^2" } },
    { insert: { image: 5 } },
    { insert: { image: "p.png" }, attributes: { link: "q" } },
    { insert: "\n" },
  ]

  test("is as long as the document, whatever is in that", () => {
    const document = richDocument(foreign)
    const shown = richDocument(shownDocument(document) as Json)
    expect(documentLength(shown)).toBe(documentLength(document))
    expect(JSON.stringify(shown)).not.toContain("\\r")
  })

  test("has only attributes that Quill takes for what they are", () => {
    const attributes = { bold: true, color: null, header: 99, comment: 7, image: "p.png", scroll: true, link: { href: "q" } }
    expect(shownFor([{ insert: "a", attributes }, { retain: 1, attributes: { image: null } }])).toEqual([
      { insert: "a", attributes: { bold: true, color: null } },
      { retain: 1 },
    ])
  })

  test("ends with a line end, also where the document does not", () => {
    expect(shownDocument([{ insert: "a" }])).toEqual([{ insert: "a" }, { insert: "\n" }])
    expect(shownDocument([])).toEqual([{ insert: "\n" }])
    expect(shownDocument([{ insert: "a\n" }])).toEqual([{ insert: "a\n" }])
  })

  test("of an embed that nobody here knows is put in again as it was", () => {
    const embeds = [{ insert: { formula: "x^2", size: 2 } }, { insert: { image: 5 } }, { insert: { divider: true } }]
    expect(meantBy(shownFor(embeds))).toEqual(embeds)
  })
})

test.each([
  [{ header: 1 }, { header: 1, list: null, blockquote: null, "code-block": null }],
  [{ list: "bullet", header: null }, { list: "bullet", header: null, blockquote: null, "code-block": null }],
  [{ header: null }, { header: null }],
  [{ bold: true }, { bold: true }],
])("a line that is given %j has no other format of lines", (given, meant) => {
  expect(meantBy([{ retain: 1, attributes: given }])).toEqual([{ retain: 1, attributes: meant }])
})

test("what is typed while others wait is carried over them, and they over it", () => {
  const held = new HeldBack(text)
  expect([held.holds([">"], 0), held.holds([1, ">"], 1)]).toEqual([true, true])
  expect(held.carried([2, "x"])).toEqual([4, "x"])
  expect([held.released(), held.isEmpty]).toEqual([[[">"], [1, ">"]], true])
})

test("others wait for ten seconds, and for two hundred operations, no longer", () => {
  const held = new HeldBack(text)
  held.holds(["a"], 0)
  expect([held.holds(["b"], 9_999), held.holds(["c"], 10_000)]).toEqual([true, false])
  expect(held.released()).toEqual([["a"], ["b"]])
  for (let count = 0; count < 200; count += 1) expect(held.holds(["a"], 20_000)).toBe(true)
  expect(held.holds(["a"], 20_000)).toBe(false)
})

describe("edits are undone as one", () => {
  const typed = (start: number) => ({ kind: "type", start, end: start + 1 }) as const

  test("where they go on from each other, also when others move them", () => {
    const runs = new TypingRuns()
    const first = runs.groupOf(typed(5), 0)
    runs.follow((position) => position + 3)
    expect(runs.groupOf(typed(9), 600)).toBe(first)
  })

  test("but not after a pause, a jump, or another kind of edit", () => {
    const runs = new TypingRuns()
    const groups = [runs.groupOf(typed(0), 0), runs.groupOf(typed(1), 700), runs.groupOf(typed(9), 701)]
    groups.push(runs.groupOf({ kind: "delete", start: 10, end: 9 }, 702), runs.groupOf({ kind: "delete", start: 9, end: 8 }, 703))
    expect(new Set(groups.slice(0, 4)).size).toBe(4)
    expect(groups[4]).toBe(groups[3])
  })
})

test.each([
  ["example.org/a", "https://example.org/a"],
  [" https://example.org ", "https://example.org"],
  ["ada@example.org", "mailto:ada@example.org"],
  ["/edit/notes", "/edit/notes"],
  ["", ""],
])("the address %j means %j", (typed, meant) => { expect(addressMeant(typed)).toBe(meant) })

describe("to people", () => {
  test("a rich text is its text, pictures and lines named, without the line end that closes it", () => {
    expect(richTextKind.plainText([{ insert: "a" }, { insert: { image: "p" } }, { insert: "\n" }, { insert: { divider: true } }, { insert: "b\n" }])).toBe("a[picture]\n———b")
    expect(richTextKind.plainText(richText.create())).toBe("")
  })

  test("what came back is the text that was put in", () => {
    expect(richTextKind.insertedText([[{ retain: 3 }, { insert: "x" }, { retain: 1, attributes: { bold: true } }], [{ delete: 2 }], [{ insert: "\n" }]])).toBe("x")
    expect(textKind.insertedText([[3, "x", 2, "y"], [{ d: 1 }], ["z"]])).toBe("x\ny\nz")
  })

  test("one run of changes is one edit, and keeping is none", () => {
    expect(richTextKind.editCount([[{ retain: 1 }, { insert: "a" }, { delete: 1 }, { retain: 2 }, { retain: 1, attributes: { bold: true } }], [{ delete: 1 }]])).toBe(3)
    expect(textKind.editCount([[1, "a", { d: 1 }, 2, "b"]])).toBe(2)
  })
})
