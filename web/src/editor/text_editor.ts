/** The text editor: CodeMirror tied to a shared document, with undo of its own and the others' cursors. */

import { defaultKeymap } from "@codemirror/commands"
import { openSearchPanel, search, searchKeymap } from "@codemirror/search"
import { Compartment, EditorState, type Extension } from "@codemirror/state"
import { drawSelection, dropCursor, EditorView, highlightSpecialChars, keymap, placeholder } from "@codemirror/view"

import type { DocumentType } from "../document_type.ts"
import type { SharedDocument } from "../shared_document.ts"
import { documentBinding, type SelectionTold } from "./document_binding.ts"
import { markdown } from "./markdown_language.ts"
import { remoteCursors } from "./remote_cursors.ts"

export interface TextEditor {
  readonly view: EditorView
  /** Let the user type, or only read. */
  setWritable(writable: boolean): void
}

/** Characters that have no shape of their own: how to name them. */
function shownCharacter(code: number, description: string | null): HTMLElement {
  const node = document.createElement("span")
  node.className = "cm-specialChar"
  node.title = description ?? `U+${code.toString(16).toUpperCase().padStart(4, "0")}`
  node.setAttribute("aria-label", node.title)
  node.textContent = code === 13 ? "␍" : code < 32 ? String.fromCharCode(0x2400 + code) : "•"
  return node
}

/**
 * Undo and redo are the document's: the browser's own would take back what others typed.
 *
 * Keys are looked at here rather than in a keymap, which takes Shift with a small "z" (as Caps Lock gives it) for an undo.
 */
function undoKeys(shared: SharedDocument): Extension {
  const handle = (event: Event, wanted: "undo" | "redo" | null): boolean => {
    if (wanted === null) return false
    event.preventDefault()
    if (wanted === "undo") shared.undo()
    else shared.redo()
    return true
  }
  const keydown = (event: KeyboardEvent): "undo" | "redo" | null => {
    if (event.altKey || !(event.ctrlKey || event.metaKey)) return null
    const key = event.key.toLowerCase()
    if (key === "z") return event.shiftKey ? "redo" : "undo"
    return key === "y" && event.ctrlKey ? "redo" : null
  }
  const asked: Readonly<Record<string, "undo" | "redo">> = { historyUndo: "undo", historyRedo: "redo" }
  return EditorView.domEventHandlers({
    keydown: (event) => handle(event, keydown(event)),
    beforeinput: (event) => handle(event, asked[event.inputType] ?? null),
  })
}

/** Make an editor in `parent` that shows `shared` and types into it. */
export function textEditor(parent: HTMLElement, shared: SharedDocument, docType: DocumentType, tell: SelectionTold): TextEditor {
  const writable = new Compartment()
  const ability = (can: boolean): Extension => [EditorView.editable.of(can), EditorState.readOnly.of(!can)]
  const view = new EditorView({
    parent,
    extensions: [
      documentBinding(shared, docType, tell),
      undoKeys(shared),
      writable.of(ability(false)),
      remoteCursors(),
      markdown(),
      highlightSpecialChars({ render: shownCharacter }),
      drawSelection(),
      dropCursor(),
      EditorView.lineWrapping,
      placeholder("Write something. Everybody with the link sees it as you type."),
      search({ top: true }),
      keymap.of([...searchKeymap, { key: "Mod-f", run: openSearchPanel }, ...defaultKeymap]),
      EditorView.contentAttributes.of({ "aria-label": "Text of the document", spellcheck: "true", autocapitalize: "sentences" }),
    ],
  })
  return {
    view,
    setWritable: (can) => { view.dispatch({ effects: writable.reconfigure(ability(can)) }) },
  }
}
