/**
 * The others' cursors and selections, drawn over the text.
 *
 * They lie in layers of their own and never in the text itself: what an input method composes, what is copied and what
 * a screen reader reads stays the document.
 */

import { EditorSelection, type Extension, StateEffect, StateField } from "@codemirror/state"
import { Direction, type EditorView, layer, type LayerMarker, RectangleMarker } from "@codemirror/view"

import type { RemoteCursor } from "./document_editor.ts"

/** A cursor, and how often its owner has moved it: each time its name is shown for a while. */
type ShownCursor = RemoteCursor & { readonly moves: number }

/** Pixels that a name takes above its cursor; where there is less, it stands below. */
const FLAG_HEIGHT = 20

const setCursors = StateEffect.define<readonly RemoteCursor[]>()

const cursors = StateField.define<readonly ShownCursor[]>({
  create: () => [],
  update(value, transaction) {
    for (const effect of transaction.effects) if (effect.is(setCursors)) return effect.value.map((cursor) => movedSince(value, cursor))
    if (!transaction.docChanged) return value
    const moved = (position: number): number => transaction.changes.mapPos(position, -1)
    return value.map((cursor) => ({ ...cursor, head: moved(cursor.head), anchor: moved(cursor.anchor) }))
  },
})

function movedSince(shown: readonly ShownCursor[], cursor: RemoteCursor): ShownCursor {
  const before = shown.find(({ client }) => client === cursor.client)
  const stayed = before?.head === cursor.head && before.name === cursor.name
  return { ...cursor, moves: before === undefined ? 0 : before.moves + (stayed ? 0 : 1) }
}

/** Show these cursors, their positions in UTF-16 units, in the place of all that are shown now. */
export function showCursors(view: EditorView, shown: readonly RemoteCursor[]): void {
  const end = view.state.doc.length
  const within = shown.map((cursor) => ({ ...cursor, head: Math.min(cursor.head, end), anchor: Math.min(cursor.anchor, end) }))
  const drawn = (all: readonly RemoteCursor[]): string =>
    JSON.stringify(all.map(({ client, name, hue, head, anchor }) => [client, name, hue, head, anchor]))
  if (drawn(within) === drawn(view.state.field(cursors, false) ?? [])) return
  view.dispatch({ effects: setCursors.of(within) })
}

class CursorMarker implements LayerMarker {
  constructor(
    private readonly cursor: ShownCursor,
    private readonly left: number,
    private readonly top: number,
    private readonly height: number,
    private readonly flip: boolean,
    private readonly below: boolean,
  ) {}

  eq(other: LayerMarker): boolean {
    return (
      other instanceof CursorMarker &&
      other.left === this.left &&
      other.top === this.top &&
      other.height === this.height &&
      other.flip === this.flip &&
      other.below === this.below &&
      other.cursor.client === this.cursor.client &&
      other.cursor.hue === this.cursor.hue &&
      other.cursor.moves === this.cursor.moves
    )
  }

  draw(): HTMLElement {
    const caret = document.createElement("div")
    caret.dataset["testid"] = "remote-cursor"
    caret.append(document.createElement("span"))
    this.place(caret)
    return caret
  }

  /** Move a caret that is drawn already; its name comes up again only where its owner has moved it. */
  update(caret: HTMLElement, before: LayerMarker): boolean {
    if (!(before instanceof CursorMarker) || before.cursor.client !== this.cursor.client) return false
    this.place(caret)
    if (before.cursor.moves !== this.cursor.moves)
      for (const animation of caret.getAnimations({ subtree: true })) animation.currentTime = 0
    return true
  }

  private place(caret: HTMLElement): void {
    caret.className = `remote-cursor hue-${this.cursor.hue}`
    caret.dataset["client"] = this.cursor.client
    caret.style.left = `${this.left}px`
    caret.style.top = `${this.top}px`
    caret.style.height = `${this.height}px`
    const flag = caret.firstElementChild
    if (flag === null) return
    flag.className = `remote-flag${this.flip ? " flipped" : ""}${this.below ? " below" : ""}`
    flag.textContent = this.cursor.name
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
    const below = at.top - scroller.top < FLAG_HEIGHT
    return [new CursorMarker(cursor, left, top, at.bottom - at.top, flip, below)]
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
