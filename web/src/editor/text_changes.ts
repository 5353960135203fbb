/** Between CodeMirror's changes, in UTF-16 units, and text operations, in code points. */

import { type ChangeSet, type ChangeSpec, EditorSelection, type EditorState, type Text, type TransactionSpec } from "@codemirror/state"

import { codePointsBetween, splitsPair, unitsAfter, wellFormed } from "../code_points.ts"
import type { Operation } from "../document_type.ts"
import { inNormalForm, lengthBefore, type TextComponent, textOperation } from "../text_type.ts"

/** Return the operation that does what `changes` do to the document `before`. */
export function operationOf(changes: ChangeSet, before: Text): Operation {
  const text = before.toString()
  const components: TextComponent[] = []
  let at = 0
  changes.iterChanges((from, to, _fromAfter, _toAfter, inserted) => {
    components.push(codePointsBetween(text, at, from), inserted.toString(), { d: codePointsBetween(text, from, to) })
    at = to
  })
  return inNormalForm(components)
}

/** Return the changes that do what `op` does to the text `before`. */
export function changesOf(op: Operation, before: string): ChangeSpec[] {
  const changes: ChangeSpec[] = []
  let at = 0
  for (const component of textOperation(op)) {
    if (typeof component === "string") {
      changes.push({ from: at, insert: component })
      continue
    }
    const to = unitsAfter(before, at, lengthBefore(component))
    if (typeof component === "object") changes.push({ from: at, to })
    at = to
  }
  return changes
}

/** Where one change made by undo or redo ends in the text after it: that is where one looks. */
export function endOfChange(changes: ChangeSet): EditorSelection | undefined {
  let end = -1
  changes.iterChanges((_from, _to, _fromAfter, toAfter) => { end = toAfter })
  return end < 0 ? undefined : EditorSelection.single(end)
}

/** Tell whether `changes` leave whole characters only: no half of a surrogate pair put in or left over. */
function keepsPairs(changes: ChangeSet, before: string): boolean {
  let whole = true
  changes.iterChanges((from, to, _fromAfter, _toAfter, inserted) => {
    const text = inserted.toString()
    whole &&= !splitsPair(before, from) && !splitsPair(before, to) && wellFormed(text) === text
  })
  return whole
}

/**
 * Return changes like these that leave Unicode text: ranges are widened to whole characters, and halves of a
 * surrogate pair become U+FFFD. Null where nothing needs mending.
 */
export function mended(changes: ChangeSet, state: EditorState): TransactionSpec | null {
  const before = state.doc.toString()
  if (keepsPairs(changes, before)) return null
  const specs: ChangeSpec[] = []
  changes.iterChanges((from, to, _fromAfter, _toAfter, inserted) => {
    const start = splitsPair(before, from) ? from - 1 : from
    const end = splitsPair(before, to) ? to + 1 : to
    specs.push({ from: start, to: end, insert: wellFormed(inserted.toString()) })
  })
  return { changes: specs }
}
