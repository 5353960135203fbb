/**
 * The page at `/edit/NAME`: one text document, shared.
 *
 * `window.counterpoint` is there for tests and the curious: `text()` is what this client holds, `settled()` resolves
 * once the server has acknowledged everything typed here, `stored()` once it is written down in this browser, and
 * `state()` tells where the connection and the document are.
 */

import { Client } from "../client.ts"
import { nameInPath, nameMeant, wrongWithName } from "../document_name.ts"
import { textEditor } from "../editor/text_editor.ts"
import { forgetfulStore, openPendingStore, type PendingStore } from "../pending_store.ts"
import { browserSurroundings, takeSeat } from "../seat.ts"
import { browserWorld } from "../surroundings.ts"
import { text } from "../text_type.ts"
import { ownName, rememberDocument, rememberOwnName } from "./browser_memory.ts"
import { type EditPage, keepInStep, textOf } from "./edit_page.ts"
import { element, icon } from "./elements.ts"
import { handedBackNotice } from "./handed_back.ts"
import { sendLeftBehind } from "./left_behind.ts"
import { setUpTheme } from "./theme.ts"
import { copied, showNotice } from "./toasts.ts"

interface Inspection {
  text(): string
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

async function start(name: string): Promise<EditPage> {
  const [store, seats, world, url] = [await openStore(), browserSurroundings(), browserWorld(), syncUrl()]
  const seat = await takeSeat(seats, store, name)
  const client = await Client.connect({ url, seat: seat.id, store, world, token: null })
  const shared = await client.open(name, text)
  let selection = { cursor: 0, anchor: 0 }
  const tell = (): void => {
    const chosen = ownName().slice(0, NAME_LENGTH)
    shared.setPresence({ ...(chosen === "" ? {} : { name: chosen }), ...selection })
  }
  const editor = textEditor(element("editor", HTMLElement), shared, text, (told) => {
    selection = told
    tell()
  })
  tell()
  setUpOwnName(tell)
  const page = { client, shared, editor }
  keepInStep(page)
  watchSurroundings(client, tell)
  element("undo", HTMLButtonElement).addEventListener("click", () => { shared.undo() })
  element("redo", HTMLButtonElement).addEventListener("click", () => { shared.redo() })
  void tidyUp({ url, store, world, seats })
  return page
}

type Tidying = Omit<Parameters<typeof sendLeftBehind>[0], "heard">

async function tidyUp(tidying: Tidying): Promise<void> {
  const shelf = element("toasts", HTMLElement)
  await sendLeftBehind({
    ...tidying,
    heard: (event) => { if (event.kind === "handed-back") showNotice(shelf, handedBackNotice(event)) },
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

function inspection({ client, shared }: EditPage): Inspection {
  return {
    text: () => textOf(shared),
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

async function main(): Promise<void> {
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
  rememberDocument(name)
  window.counterpoint = inspection(await start(name))
}

void main()
