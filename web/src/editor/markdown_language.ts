/**
 * Markdown for the editor: headings, emphasis, links, code, lists, tables.
 *
 * Straight from the parser. CodeMirror's own Markdown package would bring HTML, CSS and JavaScript along for what
 * stands in code blocks: three times the size of everything else on the page.
 */

import { defineLanguageFacet, HighlightStyle, Language, syntaxHighlighting } from "@codemirror/language"
import type { Extension } from "@codemirror/state"
import { tags } from "@lezer/highlight"
import { GFM, parser } from "@lezer/markdown"

const language = new Language(defineLanguageFacet(), parser.configure(GFM), [], "markdown")

const style = HighlightStyle.define([
  { tag: tags.heading1, class: "md-heading md-h1" },
  { tag: tags.heading2, class: "md-heading md-h2" },
  { tag: tags.heading, class: "md-heading" },
  { tag: tags.strong, class: "md-strong" },
  { tag: tags.emphasis, class: "md-emphasis" },
  { tag: tags.strikethrough, class: "md-struck" },
  { tag: tags.monospace, class: "md-code" },
  { tag: [tags.link, tags.url], class: "md-link" },
  { tag: tags.quote, class: "md-quote" },
  { tag: [tags.processingInstruction, tags.contentSeparator, tags.labelName], class: "md-mark" },
])

/** Return the extension that colours Markdown. */
export function markdown(): Extension {
  return [language, syntaxHighlighting(style)]
}
