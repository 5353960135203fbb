/** What the user reads when edits could not be kept. */

import type { DocumentEvent } from "../shared_document.ts"
import { textOperation } from "../text_type.ts"
import type { Json } from "../wire.ts"
import type { Notice } from "./toasts.ts"

const TITLES: Readonly<Record<string, string>> = {
  forbidden: "You may not change this document",
  "too-large": "That was too much for the server",
  "message-too-large": "That was too much for the server",
  restarted: "The document was replaced on the server",
  "bad-resume": "The server did not recognise this browser",
  "invalid-operation": "The server refused an edit",
}

/** Return the text that operations insert, to be copied and used again. */
export function insertedText(ops: readonly Json[]): string {
  return ops
    .map((op) => textOperation(op).filter((component) => typeof component === "string").join("\n"))
    .filter((text) => text !== "")
    .join("\n")
}

/** Count the places that operations change: one run of typing or deleting is one. */
export function editCount(ops: readonly Json[]): number {
  let count = 0
  for (const op of ops) {
    let running = false
    for (const component of textOperation(op)) {
      const changes = typeof component !== "number"
      if (changes && !running) count += 1
      running = changes
    }
  }
  return count
}

/** Return the notice for edits that came back. */
export function handedBackNotice(event: Extract<DocumentEvent, { kind: "handed-back" }>): Notice {
  const text = insertedText(event.ops)
  return {
    title: TITLES[event.code] ?? "An edit could not be kept",
    text: text === "" ? `${event.message}. Only deletions were lost.` : `${event.message}. This is what you had written:`,
    handedBack: text === "" ? null : text,
  }
}
