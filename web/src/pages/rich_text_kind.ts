/** Rich text, as its page speaks of it: an embed is a picture or a line, the line end that closes a document no line. */

import { type RichComponent, richComponents } from "../rich_text_components.ts"
import { richText } from "../rich_text_type.ts"
import type { Json } from "../wire.ts"
import { type DocumentKind, runCount } from "./document_kind.ts"

function textOf(components: readonly RichComponent[], between: string): string {
  const inserted = components.flatMap((component) => ("insert" in component ? [component.insert] : []))
  return inserted.map((insert) => (typeof insert === "string" ? insert : embedText(insert))).join(between)
}

function embedText(embed: Readonly<Record<string, unknown>>): string {
  return "divider" in embed ? "———" : "[picture]"
}

function changes(component: RichComponent): boolean {
  return !("retain" in component) || component.attributes !== undefined
}

export const richTextKind: DocumentKind = {
  docType: richText,
  page: "rich",
  otherPage: "edit",
  plainText: (snapshot: Json) => textOf(richComponents(snapshot), "").replace(/\n$/u, ""),
  insertedText: (ops) => ops.map((op) => textOf(richComponents(op), "\n")).filter((inserted) => inserted.trim() !== "").join("\n"),
  editCount: (ops) => ops.reduce<number>((sum, op) => sum + runCount(richComponents(op).map(changes)), 0),
}
