/** Light or dark: as the system has it, until the user chooses. */

import { chosenTheme, rememberTheme, type Theme } from "./browser_memory.ts"
import { icon } from "./elements.ts"

const dark = window.matchMedia("(prefers-color-scheme: dark)")

function present(): Theme {
  return chosenTheme() ?? (dark.matches ? "dark" : "light")
}

/** Make `button` switch the theme, and show the one that holds. */
export function setUpTheme(button: HTMLButtonElement): void {
  const show = (): void => {
    const theme = present()
    document.documentElement.dataset["theme"] = theme
    button.replaceChildren(icon(theme === "dark" ? "sun" : "moon"))
    button.setAttribute("aria-label", theme === "dark" ? "Use the light theme" : "Use the dark theme")
    button.title = button.getAttribute("aria-label") ?? ""
  }
  button.addEventListener("click", () => {
    rememberTheme(present() === "dark" ? "light" : "dark")
    show()
  })
  dark.addEventListener("change", show)
  show()
}
