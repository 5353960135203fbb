/**
 * The others' cursors and selections, drawn over a rich text.
 *
 * They lie in a layer of their own and never in the text itself: what an input method composes, what is copied and what
 * a screen reader reads stays the document.
 */

import type Quill from "quill/core.js"

import type { RemoteCursor } from "./document_editor.ts"

/** Pixels from the right edge within which a flag is turned to the left. */
const FLAG_ROOM = 130
/** Pixels that a flag takes above its cursor; where there is less, it stands below. */
const FLAG_HEIGHT = 20

export class RichCursors {
  private readonly layer = document.createElement("div")
  private readonly carets = new Map<string, HTMLElement>()
  private cursors: readonly RemoteCursor[] = []
  private drawn = ""
  /** Whose flags are to come up again: they have moved, or are called something else. */
  private readonly moved = new Set<string>()
  private frame = 0

  constructor(private readonly quill: Quill) {
    this.layer.className = "remote-cursors"
    this.layer.setAttribute("aria-hidden", "true")
    quill.container.append(this.layer)
    quill.on("text-change", (change) => {
      const moved = (position: number): number => change.transformPosition(position, true)
      this.cursors = this.cursors.map((cursor) => ({ ...cursor, head: moved(cursor.head), anchor: moved(cursor.anchor) }))
      this.redraw()
    })
    quill.root.addEventListener("load", () => { this.redraw() }, true) // of pictures: they move what is below
    new ResizeObserver(() => { this.redraw() }).observe(quill.root)
  }

  /** Show these in the place of all that are shown now. */
  show(cursors: readonly RemoteCursor[]): void {
    const drawn = JSON.stringify(cursors)
    if (drawn === this.drawn) return
    this.drawn = drawn
    for (const cursor of cursors) {
      const before = this.cursors.find(({ client }) => client === cursor.client)
      if (before?.head !== cursor.head || before.name !== cursor.name) this.moved.add(cursor.client)
    }
    this.cursors = cursors
    this.redraw()
  }

  private redraw(): void {
    cancelAnimationFrame(this.frame)
    this.frame = requestAnimationFrame(() => { this.draw() })
  }

  private draw(): void {
    const shown = new Set(this.cursors.map(({ client }) => client))
    for (const [client, caret] of this.carets) {
      if (shown.has(client)) continue
      caret.remove()
      this.carets.delete(client)
    }
    for (const selection of this.layer.querySelectorAll(".remote-selection")) selection.remove()
    for (const cursor of this.cursors) {
      this.layer.prepend(...this.selectionOf(cursor))
      this.place(this.carets.get(cursor.client) ?? this.caretOf(cursor), cursor)
    }
  }

  private caretOf({ client }: RemoteCursor): HTMLElement {
    const caret = document.createElement("div")
    caret.dataset["testid"] = "remote-cursor"
    caret.dataset["client"] = client
    const flag = document.createElement("span")
    caret.append(flag)
    this.carets.set(client, caret)
    this.layer.append(caret)
    return caret
  }

  private place(caret: HTMLElement, { client, name, hue, head }: RemoteCursor): void {
    const bounds = this.quill.getBounds(this.within(head))
    caret.hidden = bounds === null
    const flag = caret.firstElementChild
    if (bounds === null || !(flag instanceof HTMLElement)) return
    const { scrollLeft, scrollTop, clientWidth } = this.quill.container
    caret.className = `remote-cursor hue-${hue}`
    caret.style.left = `${bounds.left + scrollLeft}px`
    caret.style.top = `${bounds.top + scrollTop}px`
    caret.style.height = `${bounds.height}px`
    flag.className = "remote-flag"
    flag.classList.toggle("flipped", bounds.left > clientWidth - FLAG_ROOM)
    flag.classList.toggle("below", bounds.top < FLAG_HEIGHT)
    flag.textContent = name
    if (this.moved.delete(client)) for (const animation of flag.getAnimations()) animation.currentTime = 0
  }

  private selectionOf({ head, anchor, hue }: RemoteCursor): readonly HTMLElement[] {
    const [from, to] = [this.within(Math.min(head, anchor)), this.within(Math.max(head, anchor))]
    if (from === to) return []
    const { scrollLeft, scrollTop } = this.quill.container
    const origin = this.quill.container.getBoundingClientRect()
    return this.rectangles(from, to).map((rectangle) => {
      const piece = document.createElement("div")
      piece.className = `remote-selection hue-${hue}`
      piece.style.left = `${rectangle.left - origin.left + scrollLeft}px`
      piece.style.top = `${rectangle.top - origin.top + scrollTop}px`
      piece.style.width = `${rectangle.width}px`
      piece.style.height = `${rectangle.height}px`
      return piece
    })
  }

  /** A position is what somebody else said it is: any number. */
  private within(position: number): number {
    return Math.max(0, Math.min(Math.trunc(position), this.quill.getLength() - 1))
  }

  /** The boxes of what stands between two positions, leaf by leaf: those of whole blocks would reach to the margin. */
  private rectangles(from: number, to: number): readonly DOMRect[] {
    const found: DOMRect[] = []
    for (let at = from; at < to; ) {
      const [leaf, offset] = this.quill.getLeaf(at + 1)
      if (leaf === null) break
      const start = at + 1 - offset
      const length = Math.min(leaf.length(), to - start)
      const range = document.createRange()
      if (leaf.domNode instanceof Text) {
        range.setStart(leaf.domNode, Math.max(0, at - start))
        range.setEnd(leaf.domNode, Math.min(leaf.domNode.length, length))
      } else range.selectNode(leaf.domNode)
      found.push(...range.getClientRects())
      at = Math.max(at + 1, start + leaf.length())
    }
    return found
  }
}
