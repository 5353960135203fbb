/** What a page has to know of a kind of document beside its type: how to speak of it to people. */

import type { PageName } from "../document_name.ts"
import type { DocumentType, Operation, Snapshot } from "../document_type.ts"

export interface DocumentKind {
  readonly docType: DocumentType
  readonly page: PageName
  /** The page for a document of this name that turns out to be of another kind. */
  readonly otherPage: PageName
  /** Return a document's text, to be counted and copied. */
  plainText(snapshot: Snapshot): string
  /** Return the text that operations insert, to be copied and used again. */
  insertedText(ops: readonly Operation[]): string
  /** Count the places that operations change: one run of typing or deleting is one. */
  editCount(ops: readonly Operation[]): number
}

/** Count the runs of `true`. */
export function runCount(changes: readonly boolean[]): number {
  return changes.filter((change, index) => change && changes[index - 1] !== true).length
}
