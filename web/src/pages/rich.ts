/** The page at `/rich/NAME`: one rich text, shared. */

import { PICTURE_REFUSED } from "../editor/rich_clipboard.ts"
import { richTextEditor } from "../editor/rich_text_editor.ts"
import { element } from "./elements.ts"
import { setUpFormatBar } from "./format_bar.ts"
import { openPage } from "./open_page.ts"
import { richTextKind } from "./rich_text_kind.ts"
import { showNotice } from "./toasts.ts"

const TOO_LARGE = {
  title: "This picture is too large",
  text: "A picture may have 144 kB here. Photographs are made smaller by themselves; this one would have to be made smaller first.",
  handedBack: null,
  whole: null,
}

void openPage(richTextKind, (parent, shared, tell) => {
  const editor = richTextEditor(parent, shared, tell)
  const { quill } = editor
  setUpFormatBar(quill)
  quill.root.addEventListener(PICTURE_REFUSED, () => { showNotice(element("toasts", HTMLElement), TOO_LARGE) })
  quill.root.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null
    if (link !== null && (event.ctrlKey || event.metaKey)) window.open(link.href, "_blank", "noopener")
  })
  return editor
})
