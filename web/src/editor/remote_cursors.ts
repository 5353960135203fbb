/**
 * The others' cursors and selections, drawn over the text.
 *
 * They lie in layers of their own and never in the text itself: what an input method composes, what is copied and what
 * a screen reader reads stays the document.
 */

import { EditorSelection, type Extension, StateEffect, StateField } from "@codemirror/state"
import { Direction, type EditorView, layer, type LayerMarker, RectangleMarker } from "@codemirror/view"

import type { RemoteCursor } from "./document_editor.ts"

const setCursors = StateEffect.define<readonly RemoteCursor[]>()

const cursors = StateField.define<readonly RemoteCursor[]>({
  create: () => [],
  update(value, transaction) {
    for (const effect of transaction.effects) if (effect.is(setCursors)) return effect.value
    if (!transaction.docChanged) return value
    const moved = (position: number): number => transaction.changes.mapPos(position, -1)
    return value.map((cursor) => ({ ...cursor, head: moved(cursor.head), anchor: moved(cursor.anchor) }))
  },
})

/** Show these cursors, their positions in UTF-16 units, in the place of all that are shown now. */
export function showCursors(view: EditorView, shown: readonly RemoteCursor[]): void {
  const end = view.state.doc.length
  const within = shown.map((cursor) => ({ ...cursor, head: Math.min(cursor.head, end), anchor: Math.min(cursor.anchor, end) }))
  if (JSON.stringify(within) === JSON.stringify(view.state.field(cursors, false) ?? [])) return
  view.dispatch({ effects: setCursors.of(within) })
}

class CursorMarker implements LayerMarker {
  constructor(
    private readonly cursor: RemoteCursor,
    private readonly left: number,
    private readonly top: number,
    private readonly height: number,
    private readonly flip: boolean,
  ) {}

  eq(other: LayerMarker): boolean {
    return (
      other instanceof CursorMarker &&
      other.left === this.left &&
      other.top === this.top &&
      other.height === this.height &&
      other.flip === this.flip &&
      other.cursor.client === this.cursor.client &&
      other.cursor.name === this.cursor.name
    )
  }

  draw(): HTMLElement {
    const caret = document.createElement("div")
    caret.className = `remote-cursor hue-${this.cursor.hue}`
    caret.dataset["testid"] = "remote-cursor"
    caret.dataset["client"] = this.cursor.client
    caret.style.left = `${this.left}px`
    caret.style.top = `${this.top}px`
    caret.style.height = `${this.height}px`
    const flag = document.createElement("span")
    flag.className = this.flip ? "remote-flag flipped" : "remote-flag"
    flag.textContent = this.cursor.name
    caret.append(flag)
    return caret
  }
}

function caretMarkers(view: EditorView): readonly LayerMarker[] {
  const scroller = view.scrollDOM.getBoundingClientRect()
  return view.state.field(cursors).flatMap((cursor) => {
    const at = view.coordsAtPos(cursor.head, 1)
    if (at === null) return [] // outside of what is drawn now
    const left = at.left - scroller.left + view.scrollDOM.scrollLeft * view.scaleX
    const top = at.top - scroller.top + view.scrollDOM.scrollTop * view.scaleY
    const flip = view.textDirection === Direction.LTR && at.left > scroller.right - 120
    return [new CursorMarker(cursor, left, top, at.bottom - at.top, flip)]
  })
}

function selectionMarkers(view: EditorView): readonly LayerMarker[] {
  return view.state.field(cursors).flatMap((cursor) => {
    if (cursor.head === cursor.anchor) return []
    const range = EditorSelection.range(cursor.anchor, cursor.head)
    return RectangleMarker.forRange(view, `remote-selection hue-${cursor.hue}`, range)
  })
}

/** Return the extension that draws what {@link showCursors} is given. */
export function remoteCursors(): Extension {
  const changed = (update: { docChanged: boolean; transactions: readonly { effects: readonly StateEffect<unknown>[] }[] }): boolean =>
    update.docChanged || update.transactions.some(({ effects }) => effects.some((effect) => effect.is(setCursors)))
  return [
    cursors,
    layer({ above: false, class: "remote-selections", markers: selectionMarkers, update: changed }),
    layer({ above: true, class: "remote-cursors", markers: caretMarkers, update: changed }),
  ]
}
