/** Text, as its page speaks of it. */

import { text, textOperation, textSnapshot } from "../text_type.ts"
import { type DocumentKind, runCount } from "./document_kind.ts"

export const textKind: DocumentKind = {
  docType: text,
  page: "edit",
  otherPage: "rich",
  plainText: textSnapshot,
  insertedText: (ops) =>
    ops
      .map((op) => textOperation(op).filter((component) => typeof component === "string").join("\n"))
      .filter((inserted) => inserted !== "")
      .join("\n"),
  editCount: (ops) =>
    ops.reduce<number>((sum, op) => sum + runCount(textOperation(op).map((component) => typeof component !== "number")), 0),
}
