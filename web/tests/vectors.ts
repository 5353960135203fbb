/** The shared vectors: what the reference implementations do, as data. */

import { readFileSync } from "node:fs"
import { gunzipSync } from "node:zlib"

import type { Json } from "../src/wire.ts"

/** One line of a type's vectors, with documents of type `D` and sides of cursors of type `S`. */
export interface Vector<D, S> {
  id: number
  doc: D
  a: Json
  b: Json
  c: Json
  after_a: D
  after_b: D
  after_c: D
  a_left: Json
  a_right: Json
  b_left: Json
  b_right: Json
  merged: D
  merged_swap: D
  a_c: Json
  inv_a: Json
  cursors: [number, "a" | "b" | "c", S, number][]
}

/** One line of the operations that are to be refused. */
export interface Refusable {
  type: string
  name: string
  class: string
  doc: Json
  op: Json
  encoded?: true
}

const folder = new URL("../../tests/vectors/", import.meta.url)

function lines<T>(buffer: Buffer): T[] {
  return buffer.toString("utf8").trim().split("\n").map((line) => JSON.parse(line) as T)
}

/** Read the vectors of a type. */
export function vectorsOf<D, S>(type: string): Vector<D, S>[] {
  return lines<Vector<D, S>>(gunzipSync(readFileSync(new URL(`${type}.jsonl.gz`, folder))))
}

/** Read the operations of a type that are to be refused and that stand in the file as they are. */
export function refusableOf(type: string): Refusable[] {
  return lines<Refusable>(readFileSync(new URL("invalid.jsonl", folder))).filter((line) => line.type === type && line.encoded !== true)
}
