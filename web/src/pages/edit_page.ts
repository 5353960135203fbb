/** What the editor page shows around the text, kept in step with the connection and the document. */

import type { Client } from "../client.ts"
import { pagePath } from "../document_name.ts"
import type { Snapshot } from "../document_type.ts"
import type { DocumentEditor, RemoteCursor } from "../editor/document_editor.ts"
import type { DocumentEvent, SharedDocument } from "../shared_document.ts"
import { badgeOf } from "./badge_text.ts"
import { ownName } from "./browser_memory.ts"
import { countsText } from "./counts.ts"
import type { DocumentKind } from "./document_kind.ts"
import { element } from "./elements.ts"
import { handedBackNotice, replacedNotice } from "./handed_back.ts"
import { hueAmong, hueOf, hueSaid } from "./hues.ts"
import { nameOf, type Person, saidNumber, showPeople } from "./people.ts"
import { showNotice } from "./toasts.ts"

/** Milliseconds that edits may be on their way before the badge looks busy: most are there sooner. */
const SLOW = 400
/** Milliseconds without an unsent edit after which the badge says "saved": it is not to flicker with every key. */
const CALM = 600
/** Milliseconds between two counts of a long text while it changes. */
const COUNT_INTERVAL = 250

/** What the page is made of. */
export interface EditPage {
  readonly client: Client
  readonly shared: SharedDocument
  readonly editor: DocumentEditor
  readonly kind: DocumentKind
  readonly own: OwnPresence
}

/** What the others are told of oneself, beside the place in the document. */
export interface OwnPresence {
  /** The colour that one goes by; null: not known yet. */
  readonly hue: number | null
  takeHue(hue: number): void
}

/** Return the text of a document, empty before it is there. */
export function textOf({ shared, kind }: Pick<EditPage, "shared" | "kind">): string {
  return shared.snapshot === null ? "" : kind.plainText(shared.snapshot)
}

/** Keep the page in step from now on. */
export function keepInStep(page: EditPage): void {
  const { client, shared } = page
  const badge = badgeKeeper(page)
  const counts = countsKeeper(page)
  const refresh = (): void => {
    badge()
    showOthers(page)
    element("undo", HTMLButtonElement).disabled = !shared.canUndo
    element("redo", HTMLButtonElement).disabled = !shared.canRedo
  }
  let before = shared.snapshot
  let handedBack = false
  shared.subscribe((event) => {
    if (event.kind === "updated") {
      refresh()
      before = shared.snapshot
      handedBack = false
    } else heard(page.kind, event)
    handedBack ||= event.kind === "handed-back"
    if (event.kind === "replaced" && !handedBack && before !== null) noteReplaced(page.kind, before, event.snapshot)
    if (event.kind === "changed" || event.kind === "replaced") counts()
  })
  client.subscribe(refresh)
  let writable = false
  const ability = (): void => {
    const can = shared.snapshot !== null && shared.access === "write" && shared.refused === null
    if (can === writable) return
    writable = can
    queueMicrotask(() => { // not while the editor is in an update of its own
      page.editor.setWritable(can)
      if (can && nothingHasFocus() && keysAreAtHand()) page.editor.focus()
    })
    element("editor", HTMLElement).setAttribute("aria-busy", String(shared.snapshot === null))
  }
  shared.subscribe((event) => { if (event.kind === "updated") ability() })
  ability()
  refresh()
  counts()
}

function nothingHasFocus(): boolean {
  return document.activeElement === null || document.activeElement === document.body
}

/** A phone's keyboard comes up with the focus, and would hide what one came to read. */
function keysAreAtHand(): boolean {
  return window.matchMedia("(pointer: fine)").matches
}

function noteReplaced(kind: DocumentKind, before: Snapshot, after: Snapshot): void {
  const text = kind.plainText(before)
  if (text !== "" && text !== kind.plainText(after)) showNotice(element("toasts", HTMLElement), replacedNotice(text))
}

function heard(kind: DocumentKind, event: DocumentEvent): void {
  const shelf = element("toasts", HTMLElement)
  if (event.kind === "handed-back") showNotice(shelf, handedBackNotice(kind, event))
  if (event.kind === "unkept") {
    const text = `What you type is sent, but would be lost if this tab closed while offline (${event.reason}).`
    showNotice(shelf, { title: "This browser keeps nothing for us", text, handedBack: null, whole: null })
  }
  if (event.kind === "complaint") console.error("counterpoint: the server refused a message:", event.code, event.message)
}

function badgeKeeper({ client, shared, kind }: EditPage): () => void {
  const [badge, text, announced, action] = [
    element("badge", HTMLElement),
    element("badge-text", HTMLElement),
    element("badge-announced", HTMLElement),
    element("badge-action", HTMLButtonElement),
  ]
  let unsentSince: number | null = null
  let savedAt = -Infinity
  let timer = 0
  action.addEventListener("click", () => {
    if (shared.refused?.code === "wrong-doc-type") window.location.assign(pagePath(kind.otherPage, shared.name))
    else client.retry()
  })
  const show = (): void => {
    const now = performance.now()
    if (unsentSince !== null && shared.synchronized) savedAt = now
    unsentSince = shared.synchronized ? null : (unsentSince ?? now)
    const { status } = client
    const shown = badgeOf({
      status,
      now,
      loaded: shared.snapshot !== null,
      live: shared.live,
      unsent: kind.editCount(shared.pending),
      saved: unsentSince === null && now - savedAt >= CALM,
      slow: unsentSince !== null && now - unsentSince >= SLOW,
      access: shared.access,
      refused: shared.refused,
    })
    if (text.textContent !== shown.text) text.textContent = badge.title = shown.text
    const told = shown.text.replace(/ in \d+ s/u, "") // a screen reader is not to read a clock
    if (announced.textContent !== told) announced.textContent = told
    badge.dataset["tone"] = shown.tone
    action.hidden = shown.action === null
    action.textContent = shown.action ?? ""
    clearTimeout(timer)
    if (unsentSince !== null || now - savedAt < CALM || status.retryAt !== null) timer = window.setTimeout(show, 250)
  }
  return show
}

function countsKeeper(page: EditPage): () => void {
  const line = element("counts", HTMLElement)
  let waiting = false
  return () => {
    if (waiting) return
    waiting = true
    setTimeout(() => {
      waiting = false
      line.textContent = countsText(textOf(page))
    }, line.textContent === "" ? 0 : COUNT_INTERVAL)
  }
}

function showOthers({ client, shared, editor, own }: EditPage): void {
  const { status } = client
  const peers = shared.peers
  const given = status.identity?.name ?? ""
  if (status.client !== null && shared.live) own.takeHue(hueAmong(status.client, own.hue, peers))
  const me: Person[] =
    status.client === null ? [] : [{ client: status.client, name: ownName() || given || "You", hue: own.hue ?? hueOf(status.client), isMe: true }]
  const others = peers.map((peer) => ({ client: peer.client, name: nameOf(peer), hue: hueSaid(peer), isMe: false }))
  showPeople(element("people", HTMLElement), [...me, ...others])
  element("own-swatch", HTMLElement).className = `you-swatch${me.map(({ hue }) => ` hue-${hue}`).join("")}`
  if (given !== "") element("own-name", HTMLInputElement).placeholder = given
  const cursors = peers.flatMap((peer): RemoteCursor[] => {
    const cursor = saidNumber(peer, "cursor")
    if (cursor === null) return []
    const anchor = saidNumber(peer, "anchor") ?? cursor
    return [{ client: peer.client, name: nameOf(peer), hue: hueSaid(peer), head: cursor, anchor }]
  })
  queueMicrotask(() => { editor.showCursors(cursors) }) // as above
}
