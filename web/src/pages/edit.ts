/** The page at `/edit/NAME`: one text, shared. */

import { textEditor } from "../editor/text_editor.ts"
import { openPage } from "./open_page.ts"
import { textKind } from "./text_kind.ts"

void openPage(textKind, textEditor)
