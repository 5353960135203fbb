/**
 * Undo and redo are the document's: the browser's and the editor's own would take back what others typed.
 *
 * Keys are looked at here rather than in an editor's keymap, which may take Shift with a small "z" (as Caps Lock
 * gives it) for an undo.
 */

import type { SharedDocument } from "../shared_document.ts"

type Wish = "undo" | "redo" | null

const BY_INPUT: Readonly<Record<string, Wish>> = { historyUndo: "undo", historyRedo: "redo" }

function wishOfKey(event: KeyboardEvent): Wish {
  if (event.altKey || !(event.ctrlKey || event.metaKey)) return null
  const key = event.key.toLowerCase()
  if (key === "z") return event.shiftKey ? "redo" : "undo"
  return key === "y" && event.ctrlKey ? "redo" : null
}

/** Undo or redo where a key or an input event asks for it; tells whether it did, and the event is done with. */
export function undoneBy(event: KeyboardEvent | InputEvent, shared: SharedDocument): boolean {
  const wish = event instanceof KeyboardEvent ? wishOfKey(event) : (BY_INPUT[event.inputType] ?? null)
  if (wish === null) return false
  event.preventDefault()
  if (wish === "undo") shared.undo()
  else shared.redo()
  return true
}
