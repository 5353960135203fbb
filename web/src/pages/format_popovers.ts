/** What opens below a button of the toolbar: colours, the address of a link, a picture. */

import type Quill from "quill/core.js"

import { COLOURS } from "../editor/colours.ts"
import { fits, PICTURE_TYPES } from "../editor/pictures.ts"
import { PICTURE_REFUSED } from "../editor/rich_clipboard.ts"
import { addressMeant, insertPictures, linkAt, type Place, setLink } from "../editor/rich_commands.ts"
import { insertFiles } from "../editor/rich_text_editor.ts"
import { element, made } from "./elements.ts"

/** Pixels between a button and what opens below it, and between that and the edge of the window. */
const GAP = 6

function openBelow(popover: HTMLElement, button: HTMLElement): void {
  popover.showPopover()
  const anchor = button.getBoundingClientRect()
  const widest = document.documentElement.clientWidth - popover.offsetWidth - GAP
  popover.style.left = `${Math.max(GAP, Math.min(anchor.left, widest))}px`
  popover.style.top = `${anchor.bottom + GAP}px`
}

function capital(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`
}

/** Return what opens the colours of pens (`color`) or markers (`background`). */
export function colourPopover(format: "color" | "background"): (quill: Quill, button: HTMLElement) => void {
  return (quill, button) => {
    const popover = element("colours", HTMLElement)
    const present = quill.getFormat()[format]
    const swatch = (colour: string | null): HTMLButtonElement => {
      const choice = made("button", colour === null ? "swatch none" : `swatch ${format === "color" ? "pen" : "marker"}-${colour}`, "A")
      choice.type = "button"
      choice.dataset["testid"] = `colour-${colour ?? "none"}`
      choice.title = colour === null ? "No colour" : capital(colour)
      choice.setAttribute("aria-label", choice.title)
      choice.setAttribute("aria-pressed", String(colour === (present ?? null)))
      choice.addEventListener("pointerdown", (event) => { event.preventDefault() })
      choice.addEventListener("click", () => {
        popover.hidePopover()
        quill.focus({ preventScroll: true })
        quill.format(format, colour ?? false, "user")
      })
      return choice
    }
    popover.replaceChildren(...COLOURS.map(swatch), swatch(null))
    openBelow(popover, button)
  }
}

/** What a form that is opened again and again does when it is sent: the latest opening says. */
function whenSent(form: HTMLFormElement, act: () => void): void {
  form.onsubmit = (event) => {
    event.preventDefault()
    form.hidePopover()
    act()
  }
}

/** Open the address of the link at the cursor, or of a new one. */
export function linkPopover(quill: Quill, button: HTMLElement): void {
  const form = element("link-form", HTMLFormElement)
  const input = element("link-address", HTMLInputElement)
  const chosen: Place = quill.getSelection(true)
  const found = linkAt(quill, chosen)
  const place = found?.place ?? chosen
  const set = (address: string | null): void => {
    quill.focus({ preventScroll: true })
    setLink(quill, place, address)
  }
  input.value = found?.address ?? ""
  element("link-more", HTMLElement).hidden = found === null
  element("link-open", HTMLAnchorElement).href = found?.address ?? ""
  element("link-remove", HTMLButtonElement).onclick = () => {
    form.hidePopover()
    set(null)
  }
  whenSent(form, () => {
    const address = addressMeant(input.value)
    if (address !== "") set(address)
  })
  openBelow(form, button)
  input.select()
}

/** Open the choice of a picture: a file, or the address of one. */
export function picturePopover(quill: Quill, button: HTMLElement): void {
  const form = element("picture-form", HTMLFormElement)
  const file = element("picture-file", HTMLInputElement)
  const input = element("picture-address", HTMLInputElement)
  const place: Place = quill.getSelection(true)
  input.value = ""
  file.accept = PICTURE_TYPES.join(",")
  file.onchange = () => {
    form.hidePopover()
    void insertFiles(quill, place, [...(file.files ?? [])]).then(() => { file.value = "" })
  }
  element("picture-choose", HTMLButtonElement).onclick = () => { file.click() }
  whenSent(form, () => {
    const address = addressMeant(input.value)
    if (!fits(address)) quill.root.dispatchEvent(new CustomEvent(PICTURE_REFUSED))
    else if (address !== "") insertPictures(quill, place, [address])
    quill.focus({ preventScroll: true })
  })
  openBelow(form, button)
}
