/** The rich text editor: Quill tied to a shared document, with undo of its own and the others' cursors. */

import Quill from "quill/core.js"

import type { SharedDocument } from "../shared_document.ts"
import type { DocumentEditor, SelectionTold } from "./document_editor.ts"
import { PICTURE_TYPES, pictureFrom } from "./pictures.ts"
import { PICTURE_REFUSED } from "./rich_clipboard.ts"
import { insertPictures } from "./rich_commands.ts"
import { RichCursors } from "./rich_cursors.ts"
import { registerRichFormats } from "./rich_formats.ts"
import { RichTextBinding } from "./rich_text_binding.ts"
import { undoneBy } from "./undo_keys.ts"

export interface RichTextEditor extends DocumentEditor {
  readonly quill: Quill
}

/** Put in the pictures of files where `range` is; those that are too large are told of on the editor's root. */
export async function insertFiles(quill: Quill, range: { index: number; length: number }, files: readonly File[]): Promise<void> {
  const pictures = await Promise.all(files.map(pictureFrom))
  const whole = pictures.filter((picture) => picture !== null)
  if (whole.length < pictures.length) quill.root.dispatchEvent(new CustomEvent(PICTURE_REFUSED))
  if (whole.length > 0) insertPictures(quill, range, whole)
}

/** Make an editor in `parent` that shows `shared` and types into it. */
export function richTextEditor(parent: HTMLElement, shared: SharedDocument, tell: SelectionTold): RichTextEditor {
  registerRichFormats()
  const quill = new Quill(parent, {
    readOnly: true,
    placeholder: "Write something. Everybody with the link sees it as you type.",
    modules: {
      keyboard: { bindings: { tab: { key: "Tab", handler: () => true } } }, // outside of lists it moves the focus on
      uploader: {
        mimetypes: PICTURE_TYPES,
        handler: (range: { index: number; length: number }, files: readonly File[]) => { void insertFiles(quill, range, files) },
      },
    },
  })
  for (const type of ["keydown", "beforeinput"] as const)
    quill.root.addEventListener(type, (event) => {
      if ((event instanceof KeyboardEvent || event instanceof InputEvent) && undoneBy(event, shared)) event.stopImmediatePropagation()
    }, true)
  quill.root.setAttribute("aria-label", "Text of the document")
  quill.root.setAttribute("role", "textbox")
  quill.root.setAttribute("aria-multiline", "true")
  quill.root.setAttribute("spellcheck", "true")
  const cursors = new RichCursors(quill)
  new RichTextBinding(quill, shared, tell)
  return {
    quill,
    focus: () => { quill.focus({ preventScroll: true }) },
    setWritable: (can) => { quill.enable(can) },
    showCursors: (shown) => { cursors.show(shown) },
  }
}
