/**
 * Ties Quill to a shared rich text: the user's changes become operations, others' operations changes.
 *
 * Others never move the view or take the focus. While an input method composes, what others do is held back.
 */

import type Quill from "quill/core.js"
import Delta, { type Op } from "quill-delta"

import { wellFormed } from "../code_points.ts"
import { InvalidOperation, type Operation } from "../document_type.ts"
import { documentLength, lengthAfter, lengthBefore, type RichComponent, richComponents, richDocument } from "../rich_text_components.ts"
import { richText } from "../rich_text_type.ts"
import type { DocumentEvent, SharedDocument } from "../shared_document.ts"
import type { Json } from "../wire.ts"
import type { SelectionTold } from "./document_editor.ts"
import { HeldBack } from "./held_back.ts"
import { meantBy, shownDocument, shownFor } from "./rich_shown.ts"
import { type EditMade, TypingRuns } from "./typing_runs.ts"

export class RichTextBinding {
  private readonly held = new HeldBack(richText)
  private readonly runs = new TypingRuns()
  private shownSince = false

  constructor(
    private readonly quill: Quill,
    private readonly document: SharedDocument,
    private readonly tell: SelectionTold,
  ) {
    document.subscribe((event) => { this.heard(event) })
    quill.on("text-change", (change, before, source) => { if (source === "user") this.typed(change, before) })
    quill.on("selection-change", () => { this.tellSelection() })
    // The composition's own change comes after this event, and has to be read before others' are shown.
    quill.root.addEventListener("compositionend", () => { setTimeout(() => { this.flush() }, 0) })
    this.showAll()
  }

  private heard(event: DocumentEvent): void {
    if (event.kind === "replaced") this.showAll()
    else if (event.kind === "changed" && event.author !== "edit") this.changed(event.op, event.author === "undo")
    else if (event.kind === "updated" && this.shownSince) this.lookAgain()
  }

  private changed(op: Operation, own: boolean): void {
    if (!own && this.quill.composition.isComposing && this.held.holds(op, performance.now())) return
    this.flush()
    this.show(op, own)
  }

  /** Show what was held back. */
  private flush(): void {
    for (const op of this.held.released()) this.show(op, false)
  }

  private show(op: Operation, own: boolean): void {
    const components = richComponents(op)
    const change = new Delta(shownFor(components))
    this.quill.updateContents(change, "api")
    this.runs.follow((position) => change.transformPosition(position, true))
    this.shownSince = true
    const end = endOfChange(components)
    if (own && end !== null && this.quill.hasFocus()) this.quill.setSelection(end, 0, "api")
  }

  private typed(change: Delta, before: Delta): void {
    const group = this.runs.groupOf(editMade(change.ops), performance.now())
    const op = richText.normalize(json(meantBy(change.ops)))
    try {
      richText.check(op)
      richText.apply(this.seen(before), op)
      this.document.edit(this.held.carried(op), group)
    } catch (error) {
      if (!(error instanceof InvalidOperation)) throw error
      this.document.edit(this.held.carried(this.mended(before)), group)
    }
    queueMicrotask(() => { this.tellSelection() }) // Quill sets the selection after it has told the change
  }

  /** What the document was where the user has typed: what is held back is not on the screen yet. */
  private seen(before: Delta): Json {
    return this.held.isEmpty && this.document.snapshot !== null ? this.document.snapshot : json(meantBy(before.ops))
  }

  /**
   * Return an operation that leads to what the screen shows, where the change that Quill told cannot be one: it cuts a
   * pair of surrogates, or reaches behind a document that does not end with a line end.
   */
  private mended(before: Delta): Operation {
    const screen = this.quill.getContents()
    const whole = screen.ops.map((op) => (typeof op.insert === "string" ? { ...op, insert: wellFormed(op.insert) } : op))
    this.quill.updateContents(screen.diff(new Delta(whole)), "api")
    return richText.diff(this.seen(before), json(meantBy(whole)))
  }

  /** Show the document as it is now, by the difference to what is shown. */
  private showAll(): void {
    const { snapshot } = this.document
    if (snapshot === null) return
    this.held.released() // the snapshot has it
    this.quill.updateContents(this.quill.getContents().diff(new Delta(shownDocument(richDocument(snapshot)))), "api")
    this.shownSince = false
  }

  /** Quill may hold less than the document, but it has to count as the document does. */
  private lookAgain(): void {
    const { snapshot } = this.document
    if (snapshot === null || !this.held.isEmpty) return
    this.shownSince = false
    const length = documentLength(richDocument(snapshot))
    const shown = this.quill.getLength()
    if (shown !== length && shown !== length + 1) this.showAll()
  }

  private tellSelection(): void {
    const range = this.quill.getSelection()
    if (range !== null && this.held.isEmpty) this.tell({ cursor: range.index + range.length, anchor: range.index })
  }
}

/** Quill's operations hold JSON only. */
function json(ops: readonly Op[]): Json {
  return ops as readonly Json[]
}

/** Where the last thing that an operation changes ends in the document after it. */
function endOfChange(components: readonly RichComponent[]): number | null {
  let at = 0
  let end: number | null = null
  for (const component of components) {
    at += lengthAfter(component)
    if (!("retain" in component)) end = at
  }
  return end
}

/** Typing is text put in at one place, without a line end; deleting is one piece taken out. */
function editMade(ops: readonly Op[]): EditMade {
  const components = richComponents(json(ops))
  const [first, ...rest] = components
  const skipped = first !== undefined && "retain" in first && first.attributes === undefined ? first.retain : 0
  const [change, ...more] = skipped > 0 ? rest : components
  const end = skipped + (change === undefined ? 0 : lengthAfter(change))
  if (change !== undefined && more.length === 0) {
    if ("insert" in change && typeof change.insert === "string" && !change.insert.includes("\n")) return { kind: "type", start: skipped, end }
    if ("delete" in change) return { kind: "delete", start: skipped + lengthBefore(change), end }
  }
  return { kind: "other", start: skipped, end }
}
