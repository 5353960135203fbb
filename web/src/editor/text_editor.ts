/** The text editor: CodeMirror tied to a shared document, with undo of its own and the others' cursors. */

import { defaultKeymap } from "@codemirror/commands"
import { openSearchPanel, search, searchKeymap } from "@codemirror/search"
import { Compartment, EditorState, type Extension } from "@codemirror/state"
import { drawSelection, dropCursor, EditorView, highlightSpecialChars, keymap, placeholder } from "@codemirror/view"

import { unitsAfter } from "../code_points.ts"
import type { SharedDocument } from "../shared_document.ts"
import { text } from "../text_type.ts"
import { documentBinding } from "./document_binding.ts"
import type { DocumentEditor, SelectionTold } from "./document_editor.ts"
import { markdown } from "./markdown_language.ts"
import { remoteCursors, showCursors } from "./remote_cursors.ts"
import { undoneBy } from "./undo_keys.ts"

/** Characters that have no shape of their own: how to name them. */
function shownCharacter(code: number, description: string | null): HTMLElement {
  const node = document.createElement("span")
  node.className = "cm-specialChar"
  node.title = description ?? `U+${code.toString(16).toUpperCase().padStart(4, "0")}`
  node.setAttribute("aria-label", node.title)
  node.textContent = code === 13 ? "␍" : code < 32 ? String.fromCharCode(0x2400 + code) : "•"
  return node
}

/** Make an editor in `parent` that shows `shared` and types into it. */
export function textEditor(parent: HTMLElement, shared: SharedDocument, tell: SelectionTold): DocumentEditor {
  const writable = new Compartment()
  const ability = (can: boolean): Extension => [EditorView.editable.of(can), EditorState.readOnly.of(!can)]
  const view = new EditorView({
    parent,
    extensions: [
      documentBinding(shared, text, tell),
      EditorView.domEventHandlers({
        keydown: (event) => undoneBy(event, shared),
        beforeinput: (event) => undoneBy(event, shared),
      }),
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
    showCursors: (cursors) => {
      const shown = view.state.doc.toString()
      const unit = (position: number): number => unitsAfter(shown, 0, position)
      showCursors(view, cursors.map((cursor) => ({ ...cursor, head: unit(cursor.head), anchor: unit(cursor.anchor) })))
    },
    focus: () => { view.focus() },
    setWritable: (can) => { view.dispatch({ effects: writable.reconfigure(ability(can)) }) },
  }
}
