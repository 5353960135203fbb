/** How large an operation is, of any type: for what a client sends in one piece. */

import { canonicalJson } from "./canonical_json.ts"
import type { Operation } from "./document_type.ts"
import type { Json } from "./wire.ts"

export interface OperationSize {
  /** Items of its lists and members of its objects, at every depth. */
  readonly components: number
  /** Of its canonical JSON. */
  readonly bytes: number
}

/** Measure an operation. Cost: one walk over it. */
export function operationSize(op: Operation): OperationSize {
  return { components: componentCount(op), bytes: new TextEncoder().encode(canonicalJson(op)).length }
}

/** Tell whether neither count of `size` is above that of `limit`. */
export function within(size: OperationSize, limit: OperationSize): boolean {
  return size.components <= limit.components && size.bytes <= limit.bytes
}

function componentCount(op: Operation): number {
  let count = 0
  const waiting: Json[] = [op]
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (typeof value !== "object" || value === null) continue
    const members: readonly Json[] = Object.values(value)
    count += members.length
    for (const member of members) if (typeof member === "object" && member !== null) waiting.push(member)
  }
  return count
}
