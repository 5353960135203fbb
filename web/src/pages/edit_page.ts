/** What the editor page shows around the text, kept in step with the connection and the document. */

import type { Client } from "../client.ts"
import { unitsAfter } from "../code_points.ts"
import { type RemoteCursor, showCursors } from "../editor/remote_cursors.ts"
import type { TextEditor } from "../editor/text_editor.ts"
import type { DocumentEvent, SharedDocument } from "../shared_document.ts"
import { textSnapshot } from "../text_type.ts"
import { badgeOf } from "./badge_text.ts"
import { ownName } from "./browser_memory.ts"
import { countsText } from "./counts.ts"
import { element } from "./elements.ts"
import { editCount, handedBackNotice, replacedNotice } from "./handed_back.ts"
import { hueOf, nameOf, type Person, saidNumber, showPeople } from "./people.ts"
import { showNotice } from "./toasts.ts"

/** Milliseconds that edits may be on their way before the badge says "Saving": most are there sooner. */
const SLOW = 400
/** Milliseconds between two counts of a long text while it changes. */
const COUNT_INTERVAL = 250

/** What the page is made of. */
export interface EditPage {
  readonly client: Client
  readonly shared: SharedDocument
  readonly editor: TextEditor
}

/** Return the text of a document, empty before it is there. */
export function textOf(shared: SharedDocument): string {
  return shared.snapshot === null ? "" : textSnapshot(shared.snapshot)
}

/** Keep the page in step from now on. */
export function keepInStep(page: EditPage): void {
  const { client, shared } = page
  const badge = badgeKeeper(page)
  const counts = countsKeeper(shared)
  const refresh = (): void => {
    badge()
    showOthers(page)
    element("undo", HTMLButtonElement).disabled = !shared.canUndo
    element("redo", HTMLButtonElement).disabled = !shared.canRedo
  }
  let before = textOf(shared)
  let handedBack = false
  shared.subscribe((event) => {
    if (event.kind === "updated") {
      refresh()
      before = textOf(shared)
      handedBack = false
    } else heard(event)
    handedBack ||= event.kind === "handed-back"
    if (event.kind === "replaced" && !handedBack && before !== "" && before !== event.snapshot)
      showNotice(element("toasts", HTMLElement), replacedNotice(before))
    if (event.kind === "changed" || event.kind === "replaced") counts()
  })
  client.subscribe(refresh)
  let writable = false
  const ability = (): void => {
    const can = shared.snapshot !== null && shared.access === "write"
    if (can === writable) return
    writable = can
    queueMicrotask(() => { page.editor.setWritable(can) }) // not while the editor is in an update of its own
    element("editor", HTMLElement).setAttribute("aria-busy", String(shared.snapshot === null))
  }
  shared.subscribe((event) => { if (event.kind === "updated") ability() })
  ability()
  refresh()
  counts()
}

function heard(event: DocumentEvent): void {
  const shelf = element("toasts", HTMLElement)
  if (event.kind === "handed-back") showNotice(shelf, handedBackNotice(event))
  if (event.kind === "unkept") {
    const text = `What you type is sent, but would be lost if this tab closed while offline (${event.reason}).`
    showNotice(shelf, { title: "This browser keeps nothing for us", text, handedBack: null, whole: null })
  }
  if (event.kind === "complaint") console.error("counterpoint: the server refused a message:", event.code, event.message)
}

function badgeKeeper({ client, shared }: EditPage): () => void {
  const [badge, text, announced, action] = [
    element("badge", HTMLElement),
    element("badge-text", HTMLElement),
    element("badge-announced", HTMLElement),
    element("badge-action", HTMLButtonElement),
  ]
  let unsentSince: number | null = null
  let timer = 0
  action.addEventListener("click", () => { client.retry() })
  const show = (): void => {
    const now = performance.now()
    unsentSince = shared.synchronized ? null : (unsentSince ?? now)
    const { status } = client
    const shown = badgeOf({
      status,
      now,
      loaded: shared.snapshot !== null,
      live: shared.live,
      unsent: editCount(shared.pending),
      slow: unsentSince !== null && now - unsentSince >= SLOW,
      access: shared.access,
      refused: shared.refused,
    })
    if (text.textContent !== shown.text) text.textContent = shown.text
    const told = shown.text.replace(/ in \d+ s/u, "") // a screen reader is not to read a clock
    if (announced.textContent !== told) announced.textContent = told
    badge.dataset["tone"] = shown.tone
    action.hidden = shown.action === null
    action.textContent = shown.action ?? ""
    clearTimeout(timer)
    if (unsentSince !== null || status.retryAt !== null) timer = window.setTimeout(show, 250)
  }
  return show
}

function countsKeeper(shared: SharedDocument): () => void {
  const line = element("counts", HTMLElement)
  let waiting = false
  return () => {
    if (waiting) return
    waiting = true
    setTimeout(() => {
      waiting = false
      line.textContent = countsText(textOf(shared))
    }, line.textContent === "" ? 0 : COUNT_INTERVAL)
  }
}

function showOthers({ client, shared, editor }: EditPage): void {
  const text = textOf(shared)
  const { status } = client
  const peers = shared.peers
  const me: Person[] =
    status.client === null
      ? []
      : [{ client: status.client, name: ownName() || status.identity?.name || "You", hue: hueOf(status.client), isMe: true }]
  const others = peers.map((peer) => ({ client: peer.client, name: nameOf(peer), hue: hueOf(peer.client), isMe: false }))
  showPeople(element("people", HTMLElement), [...me, ...others])
  element("own-swatch", HTMLElement).className = `you-swatch${me.map(({ hue }) => ` hue-${hue}`).join("")}`
  const cursors = peers.flatMap((peer): RemoteCursor[] => {
    const cursor = saidNumber(peer, "cursor")
    if (cursor === null) return []
    const head = unitsAfter(text, 0, cursor)
    const anchor = unitsAfter(text, 0, saidNumber(peer, "anchor") ?? cursor)
    return [{ client: peer.client, name: nameOf(peer), hue: hueOf(peer.client), head, anchor }]
  })
  queueMicrotask(() => { showCursors(editor.view, cursors) }) // as above
}
