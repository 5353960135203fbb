/**
 * Ties an editor to a shared document: the user's changes become operations, others' operations changes.
 *
 * Others never move the view or take the focus. While an input method composes, what others do is held back, since a
 * change to the line would end the composition; what is typed meanwhile is carried over what is held. That is bounded
 * in time and in number, and ends with the composition.
 */

import { Annotation, EditorState, type Extension, Transaction } from "@codemirror/state"
import { EditorView, ViewPlugin, type ViewUpdate } from "@codemirror/view"

import { codePointsBetween } from "../code_points.ts"
import { crossed, type DocumentType, type Operation } from "../document_type.ts"
import type { DocumentEvent, SharedDocument } from "../shared_document.ts"
import { textSnapshot } from "../text_type.ts"
import type { UndoGroup } from "../undo.ts"
import { changesOf, endOfChange, mended, operationOf } from "./text_changes.ts"

/** Milliseconds that a composition may hold others' changes back. */
const LONGEST_HOLD = 10_000
/** Operations of others that a composition may hold back. */
const MOST_HELD = 200
/** Milliseconds between two keystrokes that are undone as one. */
const TYPING_PAUSE = 700

/** Marks a transaction that the document made, not the user. */
const fromDocument = Annotation.define<boolean>()

/** What the binding tells about the user's own position, in code points; made when it is asked for. */
export type SelectionTold = (selection: { readonly cursor: number; readonly anchor: number }) => void

class Binding {
  private held: Operation[] = []
  private heldSince: number | null = null
  private group = 0
  private lastEdit = { at: Number.NEGATIVE_INFINITY, end: -1, kind: "" }
  private readonly unsubscribe: () => void

  constructor(
    private readonly view: EditorView,
    private readonly document: SharedDocument,
    private readonly docType: DocumentType,
    private readonly tell: SelectionTold,
  ) {
    this.unsubscribe = document.subscribe((event) => { this.heard(event) })
    // A view can't be changed while it is being made.
    queueMicrotask(() => { if (document.snapshot !== null) this.replace(textSnapshot(document.snapshot)) })
  }

  destroy(): void { this.unsubscribe() }

  /** Take in what the user did. */
  update(update: ViewUpdate): void {
    for (const transaction of update.transactions) {
      if (!transaction.docChanged || transaction.annotation(fromDocument)) continue
      this.typed(transaction)
    }
    if ((update.docChanged || update.selectionSet || update.focusChanged) && this.held.length === 0) this.tellSelection()
  }

  /** Show what was held back. */
  flush(): void {
    const held = this.held
    this.held = []
    this.heldSince = null
    for (const op of held) this.show(op, false)
  }

  private typed(transaction: Transaction): void {
    let op = operationOf(transaction.changes, transaction.startState.doc)
    this.held = this.held.map((theirs) => {
      const [own, after] = crossed(this.docType, op, theirs)
      op = own
      return after
    })
    this.document.edit(op, this.groupOf(transaction))
  }

  /** Runs of typing, and runs of deleting, are undone as one, unless there was a pause or a jump between. */
  private groupOf(transaction: Transaction): UndoGroup {
    const kind = transaction.isUserEvent("input.type") ? "type" : transaction.isUserEvent("delete") ? "delete" : "other"
    const now = performance.now()
    let [start, end] = [Number.POSITIVE_INFINITY, -1]
    transaction.changes.iterChanges((from, to, _fromAfter, toAfter) => {
      start = Math.min(start, kind === "delete" ? to : from)
      end = toAfter
    })
    const { lastEdit } = this
    const goesOn = kind !== "other" && kind === lastEdit.kind && now - lastEdit.at < TYPING_PAUSE && start === lastEdit.end
    if (!goesOn) this.group += 1
    this.lastEdit = { at: now, end, kind }
    return this.group
  }

  private heard(event: DocumentEvent): void {
    if (event.kind === "replaced") this.replace(textSnapshot(event.snapshot))
    else if (event.kind === "changed" && event.author !== "edit") this.changed(event.op, event.author === "undo")
  }

  private changed(op: Operation, own: boolean): void {
    if (!own && this.view.composing && !this.heldTooLong()) {
      this.heldSince ??= performance.now()
      this.held.push(op)
      return
    }
    this.flush()
    this.show(op, own)
  }

  private heldTooLong(): boolean {
    const since = this.heldSince
    return this.held.length >= MOST_HELD || (since !== null && performance.now() - since >= LONGEST_HOLD)
  }

  private show(op: Operation, own: boolean): void {
    const { state } = this.view
    const changes = state.changes(changesOf(op, state.doc.toString()))
    if (changes.empty) return
    const selection = own ? endOfChange(changes) : undefined
    this.lastEdit.end = changes.mapPos(Math.max(0, Math.min(this.lastEdit.end, changes.length)))
    this.view.dispatch({
      changes,
      ...(selection === undefined ? {} : { selection }),
      scrollIntoView: own,
      annotations: [fromDocument.of(true), Transaction.addToHistory.of(false), Transaction.remote.of(!own)],
    })
  }

  private replace(text: string): void {
    this.held = []
    const { state } = this.view
    if (state.doc.toString() === text) return
    const changes = { from: 0, to: state.doc.length, insert: text }
    this.view.dispatch({ changes, annotations: [fromDocument.of(true), Transaction.remote.of(true)] })
  }

  private tellSelection(): void {
    const { state } = this.view
    const text = state.doc.toString()
    const { head, anchor } = state.selection.main
    this.tell({ cursor: codePointsBetween(text, 0, head), anchor: codePointsBetween(text, 0, anchor) })
  }
}

/**
 * Return the extension that ties an editor to `document`, a text; the editor begins empty and read-only.
 *
 * Line ends are not folded: a carriage return is a character of the document like any other.
 */
export function documentBinding(document: SharedDocument, docType: DocumentType, tell: SelectionTold): Extension {
  const plugin = ViewPlugin.define((view) => new Binding(view, document, docType, tell), {
    eventHandlers: {
      // The composition's own change comes after this event, and has to be read before others' are shown.
      compositionend() { setTimeout(() => { this.flush() }, 0) },
    },
  })
  const wholeCharacters = EditorState.transactionFilter.of((transaction) => {
    if (!transaction.docChanged || transaction.annotation(fromDocument)) return transaction
    return mended(transaction.changes, transaction.startState) ?? transaction
  })
  return [EditorState.lineSeparator.of("\n"), wholeCharacters, plugin]
}
