/**
 * A page that shows one document: who one is, the connection, the editor, and what stands around it.
 *
 * `window.counterpoint` is there for tests and the curious: `text()` is the text that this client holds, `snapshot()`
 * the document, `settled()` resolves once the server has acknowledged everything typed here, `stored()` once it is written down in this browser, and
 * `state()` tells where the connection and the document are.
 */

import { Client } from "../client.ts"
import { nameInPath, nameMeant, wrongWithName } from "../document_name.ts"
import type { DocumentEditor, SelectionTold } from "../editor/document_editor.ts"
import { forgetfulStore, openPendingStore, type PendingStore } from "../pending_store.ts"
import { browserSurroundings, takeSeat } from "../seat.ts"
import { browserWorld } from "../surroundings.ts"
import type { Snapshot } from "../document_type.ts"
import type { SharedDocument } from "../shared_document.ts"
import { ownName, rememberDocument, rememberOwnName } from "./browser_memory.ts"
import { type EditPage, keepInStep, type OwnPresence, textOf } from "./edit_page.ts"
import type { DocumentKind } from "./document_kind.ts"
import { element, icon } from "./elements.ts"
import { handedBackNotice } from "./handed_back.ts"
import { sendLeftBehind } from "./left_behind.ts"
import { pageToken } from "./page_token.ts"
import { setUpTheme } from "./theme.ts"
import { copied, showNotice } from "./toasts.ts"

/** Makes the editor of a kind of document in `parent`. */
export type MakeEditor = (parent: HTMLElement, shared: SharedDocument, tell: SelectionTold) => DocumentEditor

interface Inspection {
  text(): string
  snapshot(): Snapshot | null
  settled(): Promise<boolean>
  stored(): Promise<boolean>
  state(): Readonly<Record<string, unknown>>
}

declare global {
  interface Window {
    counterpoint?: Inspection
  }
}

/** Characters of a presence's name; longer ones are cut. */
const NAME_LENGTH = 40

async function openStore(): Promise<PendingStore> {
  try {
    return await openPendingStore(window.indexedDB)
  } catch (error) {
    const text = "Edits that are not sent yet would be lost with this tab."
    showNotice(element("toasts", HTMLElement), { title: "This browser keeps nothing for us", text, handedBack: null, whole: null })
    console.error("counterpoint: no storage", error)
    return forgetfulStore()
  }
}

function syncUrl(): string {
  const url = new URL("/sync", window.location.href)
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:"
  return url.href
}

async function start(name: string, kind: DocumentKind, makeEditor: MakeEditor): Promise<EditPage> {
  const [store, seats, world, url] = [await openStore(), browserSurroundings(), browserWorld(), syncUrl()]
  const seat = await takeSeat(seats, store, name)
  const token = pageToken(window)
  const client = await Client.connect({ url, seat: seat.id, store, world, token })
  const shared = await client.open(name, kind.docType)
  let selection = { cursor: 0, anchor: 0 }
  let hue: number | null = null
  const tell = (): void => {
    const chosen = ownName().slice(0, NAME_LENGTH)
    shared.setPresence({ ...(chosen === "" ? {} : { name: chosen }), ...(hue === null ? {} : { hue }), ...selection })
  }
  const own: OwnPresence = {
    get hue() { return hue },
    takeHue: (taken) => {
      if (taken === hue) return
      hue = taken
      queueMicrotask(tell) // not while the document is telling what has happened
    },
  }
  const editor = makeEditor(element("editor", HTMLElement), shared, (told) => {
    selection = told
    tell()
  })
  tell()
  setUpOwnName(tell)
  const page = { client, shared, editor, kind, own }
  keepInStep(page)
  watchSurroundings(client, tell)
  element("undo", HTMLButtonElement).addEventListener("click", () => { shared.undo() })
  element("redo", HTMLButtonElement).addEventListener("click", () => { shared.redo() })
  void tidyUp({ kind, url, store, world, seats, token })
  return page
}

type Tidying = Omit<Parameters<typeof sendLeftBehind>[0], "heard">

async function tidyUp(tidying: Tidying): Promise<void> {
  const shelf = element("toasts", HTMLElement)
  await sendLeftBehind({
    ...tidying,
    heard: (event) => { if (event.kind === "handed-back") showNotice(shelf, handedBackNotice(tidying.kind, event)) },
  })
  await tidying.store.prune(Date.now())
}

function setUpOwnName(tell: () => void): void {
  const input = element("own-name", HTMLInputElement)
  input.value = ownName()
  input.addEventListener("input", () => {
    rememberOwnName(input.value.trim())
    tell()
  })
  input.addEventListener("keydown", (event) => { if (event.key === "Enter") input.blur() })
}

/** Sleep, other networks, other pages: what a connection does not notice by itself. */
function watchSurroundings(client: Client, tell: () => void): void {
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") client.wake() })
  window.addEventListener("online", () => { client.networkChanged(true) })
  window.addEventListener("offline", () => { client.networkChanged(false) })
  window.addEventListener("pagehide", () => { client.sayFarewell() })
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return
    client.wake()
    tell()
  })
}

function setUpCopyLink(): void {
  const button = element("copy-link", HTMLButtonElement)
  const label = element("copy-link-text", HTMLElement)
  button.addEventListener("click", () => {
    void copied(window.location.href).then((done) => {
      label.textContent = done ? "Copied" : "Copy failed"
      button.classList.add("told")
      setTimeout(() => {
        label.textContent = "Copy link"
        button.classList.remove("told")
      }, 1600)
    })
  })
}

function inspection(page: EditPage): Inspection {
  const { client, shared } = page
  return {
    text: () => textOf(page),
    snapshot: () => shared.snapshot,
    settled: () => shared.settled().then(() => true),
    stored: () => shared.stored().then(() => true),
    state: () => ({
      phase: client.status.phase,
      client: client.status.client,
      revision: shared.revision,
      live: shared.live,
      synchronized: shared.synchronized,
      repairs: shared.repairs,
    }),
  }
}

function dressButtons(): void {
  element("undo", HTMLButtonElement).append(icon("undo"))
  element("redo", HTMLButtonElement).append(icon("redo"))
  element("copy-link", HTMLButtonElement).querySelector(".share-icon")?.append(icon("link"))
  setUpTheme(element("theme-toggle", HTMLButtonElement))
  setUpCopyLink()
}

/** Open the document that the address names. */
export async function openPage(kind: DocumentKind, makeEditor: MakeEditor): Promise<void> {
  dressButtons()
  const name = nameMeant(nameInPath(window.location.pathname) ?? "")
  const wrong = wrongWithName(name)
  if (wrong !== null) {
    element("badge-text", HTMLElement).textContent = wrong
    element("badge", HTMLElement).dataset["tone"] = "stopped"
    return
  }
  element("title", HTMLElement).textContent = name
  document.title = `${name} · Counterpoint`
  rememberDocument({ page: kind.page, name })
  window.counterpoint = inspection(await start(name, kind, makeEditor))
}
