/** The page at `/`: open a document by name. */

import { editPath, nameMeant, wrongWithName } from "../document_name.ts"
import { forgetDocument, recentDocuments } from "./browser_memory.ts"
import { element, icon, made } from "./elements.ts"
import { setUpTheme } from "./theme.ts"

const HINT = "A name that is new makes a new document."
const FIRST = ["quiet", "bright", "early", "amber", "silver", "gentle", "clear", "brisk", "violet", "steady"]
const SECOND = ["river", "meadow", "harbor", "orchard", "lantern", "canvas", "summit", "garden", "willow", "comet"]

const form = element("open-form", HTMLFormElement)
const input = element("doc-name", HTMLInputElement)
const hint = element("doc-name-hint", HTMLElement)

function showWrong(wrong: string | null): void {
  hint.textContent = wrong ?? HINT
  hint.classList.toggle("wrong", wrong !== null)
  input.setAttribute("aria-invalid", String(wrong !== null))
}

function randomOf(words: readonly string[]): string {
  return words[Math.floor(Math.random() * words.length)] ?? "document"
}

function showRecent(): void {
  const names = recentDocuments().filter((name) => wrongWithName(name) === null)
  element("recent", HTMLElement).hidden = names.length === 0
  element("recent-list", HTMLElement).replaceChildren(...names.map(recentItem))
}

function recentItem(name: string): HTMLLIElement {
  const item = made("li", "recent-item")
  const link = made("a", "recent-link", name)
  link.href = editPath(name)
  const forget = made("button", "icon-button small")
  forget.type = "button"
  forget.setAttribute("aria-label", `Take ${name} off this list`)
  forget.append(icon("close"))
  forget.addEventListener("click", () => {
    forgetDocument(name)
    showRecent()
  })
  item.append(link, forget)
  return item
}

form.addEventListener("submit", (event) => {
  event.preventDefault()
  const name = nameMeant(input.value)
  const wrong = wrongWithName(name)
  showWrong(wrong)
  if (wrong === null) window.location.assign(editPath(name))
  else input.focus()
})
input.addEventListener("input", () => { showWrong(null) })
element("fresh", HTMLButtonElement).addEventListener("click", () => {
  const number = Math.floor(Math.random() * 900) + 100
  window.location.assign(editPath(`${randomOf(FIRST)}-${randomOf(SECOND)}-${number}`))
})
setUpTheme(element("theme-toggle", HTMLButtonElement))
showRecent()
window.addEventListener("pageshow", showRecent) // coming back, the list has the document just left
