/** What pages keep in localStorage: nothing that matters, so that a browser which forbids it loses only comfort. */

const NAME = "counterpoint.name"
const THEME = "counterpoint.theme"
const RECENT = "counterpoint.recent"
const MOST_RECENT = 8

function read(key: string): string | null {
  try {
    return window.localStorage.getItem(key)
  } catch {
    return null
  }
}

function write(key: string, value: string): void {
  try {
    window.localStorage.setItem(key, value)
  } catch {
    // Full or forbidden: the page works without.
  }
}

/** The name that the user goes by; empty where none was given. */
export function ownName(): string {
  return read(NAME) ?? ""
}

export function rememberOwnName(name: string): void {
  write(NAME, name)
}

export type Theme = "light" | "dark"

/** The theme that was chosen here; null: as the system has it. */
export function chosenTheme(): Theme | null {
  const theme = read(THEME)
  return theme === "light" || theme === "dark" ? theme : null
}

export function rememberTheme(theme: Theme): void {
  write(THEME, theme)
}

/** The documents opened here, the latest first. */
export function recentDocuments(): readonly string[] {
  try {
    const names: unknown = JSON.parse(read(RECENT) ?? "[]")
    return Array.isArray(names) ? names.filter((name) => typeof name === "string") : []
  } catch {
    return [] // somebody else wrote under this key
  }
}

export function rememberDocument(name: string): void {
  write(RECENT, JSON.stringify([name, ...recentDocuments().filter((known) => known !== name)].slice(0, MOST_RECENT)))
}

export function forgetDocument(name: string): void {
  write(RECENT, JSON.stringify(recentDocuments().filter((known) => known !== name)))
}
