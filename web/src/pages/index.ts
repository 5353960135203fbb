/** The page at `/`: open a document by name. */

import { nameMeant, type PageName, pagePath, wrongWithName } from "../document_name.ts"
import { forgetDocument, type RecentDocument, recentDocuments } from "./browser_memory.ts"
import { element, icon, made } from "./elements.ts"
import { setUpTheme } from "./theme.ts"

const HINT = "A name that is new makes a new document."
const FIRST = ["quiet", "bright", "early", "amber", "silver", "gentle", "clear", "brisk", "violet", "steady"]
const SECOND = ["river", "meadow", "harbor", "orchard", "lantern", "canvas", "summit", "garden", "willow", "comet"]

const form = element("open-form", HTMLFormElement)
const input = element("doc-name", HTMLInputElement)
const hint = element("doc-name-hint", HTMLElement)
const richChoice = element("kind-rich", HTMLInputElement)

function chosenPage(): PageName {
  return richChoice.checked ? "rich" : "edit"
}

function showWrong(wrong: string | null): void {
  hint.textContent = wrong ?? HINT
  hint.classList.toggle("wrong", wrong !== null)
  input.setAttribute("aria-invalid", String(wrong !== null))
}

function randomOf(words: readonly string[]): string {
  return words[Math.floor(Math.random() * words.length)] ?? "document"
}

function showRecent(): void {
  const known = recentDocuments().filter(({ name }) => wrongWithName(name) === null)
  element("recent", HTMLElement).hidden = known.length === 0
  element("recent-list", HTMLElement).replaceChildren(...known.map(recentItem))
}

function recentItem(recent: RecentDocument): HTMLLIElement {
  const { page, name } = recent
  const item = made("li", "recent-item")
  const link = made("a", "recent-link")
  link.href = pagePath(page, name)
  const kind = made("span", "recent-kind")
  kind.title = page === "rich" ? "Rich text" : "Text"
  kind.append(icon(page === "rich" ? "rich" : "text"), made("span", "off-screen", kind.title))
  link.append(kind, made("span", "recent-name", name))
  const forget = made("button", "icon-button small")
  forget.type = "button"
  forget.setAttribute("aria-label", `Take ${name} off this list`)
  forget.append(icon("close"))
  forget.addEventListener("click", () => {
    forgetDocument(recent)
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
  if (wrong === null) window.location.assign(pagePath(chosenPage(), name))
  else input.focus()
})
input.addEventListener("input", () => { showWrong(null) })
element("fresh", HTMLButtonElement).addEventListener("click", () => {
  const number = Math.floor(Math.random() * 900) + 100
  window.location.assign(pagePath(chosenPage(), `${randomOf(FIRST)}-${randomOf(SECOND)}-${number}`))
})
for (const [id, name] of [["kind-text-icon", "text"], ["kind-rich-icon", "rich"]] as const) element(id, HTMLElement).append(icon(name))
setUpTheme(element("theme-toggle", HTMLButtonElement))
showRecent()
window.addEventListener("pageshow", showRecent) // coming back, the list has the document just left
