/** What the user reads when edits could not be kept. */

import type { DocumentEvent } from "../shared_document.ts"
import type { DocumentKind } from "./document_kind.ts"
import type { Notice } from "./toasts.ts"

const TITLES: Readonly<Record<string, string>> = {
  forbidden: "You may not change this document",
  "access-denied": "You may not open this document any more",
  "document-broken": "The server can’t read this document any more",
  "too-large": "That was too much for the server",
  "message-too-large": "That was too much for the server",
  restarted: "The document was replaced on the server",
  "bad-resume": "The server did not recognise this browser",
  "invalid-operation": "The server refused an edit",
}

/** Codes after which the screen shows another text altogether, or that of a document that can't be had again. */
const REPLACES_ALL: ReadonlySet<string> = new Set(["restarted", "bad-resume", "access-denied", "document-broken"])

function sentence(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}.`
}

/** Return the notice for edits that came back. */
export function handedBackNotice(kind: DocumentKind, event: Extract<DocumentEvent, { kind: "handed-back" }>): Notice {
  const written = kind.insertedText(event.ops)
  const whole = event.ops.reduce((snapshot, op) => kind.docType.apply(snapshot, op), event.base)
  const also = written === "" ? "Only deletions were lost." : "This is what you had written:"
  return {
    title: TITLES[event.code] ?? "An edit could not be kept",
    text: `${sentence(event.message)} ${also}`,
    handedBack: written === "" ? null : written,
    whole: REPLACES_ALL.has(event.code) ? kind.plainText(whole) : null,
  }
}

/** Return the notice for a document that became another one while nothing was unsent. */
export function replacedNotice(before: string): Notice {
  return {
    title: TITLES["restarted"] ?? "",
    text: "The server has lost or restored its copy, and shows what it has. The text as it was here can still be copied.",
    handedBack: null,
    whole: before,
  }
}
