/** The texts and hashes expected here were worked out with Python's `json` and `hashlib`, and with `sha256sum`. */

import { expect, test } from "vitest"

import { canonicalJson, stateHash } from "../src/canonical_json.ts"
import type { Json } from "../src/wire.ts"

test("keys are sorted by UTF-16 code units, at every depth", () => {
  expect(canonicalJson({ "\uff5e": 1, "😀": { b: [2, null], a: true } })).toBe('{"😀":{"a":true,"b":[2,null]},"～":1}')
})

test.each([[1e21, "1e+21"], [1e-7, "1e-7"], [-0, "0"], [5e-324, "5e-324"], [123456789012345680000, "123456789012345680000"]])(
  "the number %d is written %s",
  (value, text) => { expect(canonicalJson(value)).toBe(text) },
)

test("what JSON cannot hold is refused", () => {
  expect(() => canonicalJson(Number.NaN)).toThrow(TypeError)
  expect(() => canonicalJson([1n] as unknown as Json)).toThrow("not a JSON value: bigint")
})

test("the hash of a text is SHA-256 over its quoted UTF-8", () => {
  expect(stateHash("")).toBe("12ae32cb1ec02d01eda3581b127c1fee3b0dc53572ed6baf239721a03d82e126")
  expect(stateHash("a\r\n😀")).toBe("b23e5b86d627df8edfb3eafc0b2dcdc95137cb42b1ab622095bd9ca7dda4b7cd")
})
