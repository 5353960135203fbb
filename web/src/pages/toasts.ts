/** Notices that stay until they are read; those that hand text back let it be copied. */

import { icon, made } from "./elements.ts"

export interface Notice {
  readonly title: string
  readonly text: string
  /** What the user wrote and could not be kept; null where nothing was lost. */
  readonly handedBack: string | null
  /** The whole text as it was here, to be copied; null where it still shows. */
  readonly whole: string | null
}

/** Copy to the clipboard, also on pages that are not served securely. */
export async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copiedByHand(text)
  }
}

function copiedByHand(text: string): boolean {
  const area = made("textarea", "off-screen")
  area.value = text
  document.body.append(area)
  area.select()
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- all that a page served over plain HTTP has
  const done = document.execCommand("copy")
  area.remove()
  return done
}

/** Show a notice in `shelf`. */
export function showNotice(shelf: HTMLElement, notice: Notice): void {
  const toast = made("section", "toast")
  toast.dataset["testid"] = "notice"
  const close = made("button", "icon-button small")
  close.type = "button"
  close.setAttribute("aria-label", "Dismiss")
  close.append(icon("close"))
  close.addEventListener("click", () => { toast.remove() })
  toast.append(made("h2", "toast-title", notice.title), made("p", "toast-text", notice.text), close)
  const buttons = made("div", "toast-buttons")
  if (notice.handedBack !== null) {
    const box = made("pre", "toast-handed-back", notice.handedBack)
    box.tabIndex = 0
    toast.append(box)
    buttons.append(copyButton("Copy the text", notice.handedBack))
  }
  if (notice.whole !== null && notice.whole !== "") buttons.append(copyButton("Copy the whole document", notice.whole))
  if (buttons.childElementCount > 0) toast.append(buttons)
  shelf.append(toast)
}

function copyButton(label: string, text: string): HTMLButtonElement {
  const button = made("button", "primary small", label)
  button.type = "button"
  button.addEventListener("click", () => {
    void copied(text).then((done) => { button.textContent = done ? "Copied" : "The browser does not let us copy" })
  })
  return button
}
