/**
 * Ties an editor to a shared document: the user's changes become operations, others' operations changes.
 *
 * Others never move the view or take the focus. While an input method composes, what others do is held back.
 */

import { Annotation, EditorState, type Extension, Transaction } from "@codemirror/state"
import { EditorView, ViewPlugin, type ViewUpdate } from "@codemirror/view"

import { codePointsBetween } from "../code_points.ts"
import type { DocumentType, Operation } from "../document_type.ts"
import type { DocumentEvent, SharedDocument } from "../shared_document.ts"
import { textSnapshot } from "../text_type.ts"
import type { SelectionTold } from "./document_editor.ts"
import { HeldBack } from "./held_back.ts"
import { changesOf, endOfChange, mended, operationOf } from "./text_changes.ts"
import { type EditMade, TypingRuns } from "./typing_runs.ts"

/** Marks a transaction that the document made, not the user. */
const fromDocument = Annotation.define<boolean>()

class Binding {
  private readonly held: HeldBack
  private readonly runs = new TypingRuns()
  private readonly unsubscribe: () => void

  constructor(
    private readonly view: EditorView,
    private readonly document: SharedDocument,
    docType: DocumentType,
    private readonly tell: SelectionTold,
  ) {
    this.held = new HeldBack(docType)
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
    if ((update.docChanged || update.selectionSet || update.focusChanged) && this.held.isEmpty) this.tellSelection()
  }

  /** Show what was held back. */
  flush(): void {
    for (const op of this.held.released()) this.show(op, false)
  }

  private typed(transaction: Transaction): void {
    const op = operationOf(transaction.changes, transaction.startState.doc)
    this.document.edit(this.held.carried(op), this.runs.groupOf(editMade(transaction), performance.now()))
  }

  private heard(event: DocumentEvent): void {
    if (event.kind === "replaced") this.replace(textSnapshot(event.snapshot))
    else if (event.kind === "changed" && event.author !== "edit") this.changed(event.op, event.author === "undo")
  }

  private changed(op: Operation, own: boolean): void {
    if (!own && this.view.composing && this.held.holds(op, performance.now())) return
    this.flush()
    this.show(op, own)
  }

  private show(op: Operation, own: boolean): void {
    const { state } = this.view
    const changes = state.changes(changesOf(op, state.doc.toString()))
    if (changes.empty) return
    const selection = own ? endOfChange(changes) : undefined
    this.runs.follow((position) => changes.mapPos(Math.min(position, changes.length)))
    this.view.dispatch({
      changes,
      ...(selection === undefined ? {} : { selection }),
      scrollIntoView: own,
      annotations: [fromDocument.of(true), Transaction.addToHistory.of(false), Transaction.remote.of(!own)],
    })
  }

  private replace(text: string): void {
    this.held.released() // the snapshot has it
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

function editMade(transaction: Transaction): EditMade {
  const kind = transaction.isUserEvent("input.type") ? "type" : transaction.isUserEvent("delete") ? "delete" : "other"
  let [start, end] = [Number.POSITIVE_INFINITY, -1]
  transaction.changes.iterChanges((from, to, _fromAfter, toAfter) => {
    start = Math.min(start, kind === "delete" ? to : from)
    end = toAfter
  })
  return { kind, start, end }
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
