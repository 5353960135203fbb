/**
 * Canonical JSON (RFC 8785) and the hash of a state, the same on both ends of a connection.
 *
 * Keys are sorted by UTF-16 code units, which is how JavaScript compares strings; numbers and strings are
 * written as `JSON.stringify` writes them.
 */

import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex } from "@noble/hashes/utils.js"

import type { Snapshot } from "./document_type.ts"
import type { Json } from "./wire.ts"

/** Return the canonical text of a JSON value; throws TypeError for what is none. */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value)
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new TypeError(`not a JSON number: ${value}`)
    return JSON.stringify(value)
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`
  if (typeof value === "object") {
    const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
    return `{${members.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(",")}}`
  }
  throw new TypeError(`not a JSON value: ${typeof value}`)
}

/**
 * Return SHA-256, in hex, over the canonical JSON of a snapshot.
 *
 * Not `crypto.subtle`: pages served over plain HTTP do not have it, and a pure state cannot wait for it.
 */
export function stateHash(snapshot: Snapshot): string {
  return bytesToHex(sha256(new TextEncoder().encode(canonicalJson(snapshot))))
}
