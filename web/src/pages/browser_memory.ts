/** What pages keep in localStorage: nothing that matters, so that a browser which forbids it loses only comfort. */

import type { PageName } from "../document_name.ts"

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

/** A document opened here, and the page that shows it. */
export interface RecentDocument {
  readonly page: PageName
  readonly name: string
}

/** The documents opened here, the latest first. */
export function recentDocuments(): readonly RecentDocument[] {
  try {
    const addresses: unknown = JSON.parse(read(RECENT) ?? "[]")
    return Array.isArray(addresses) ? addresses.flatMap(recentOf) : []
  } catch {
    return [] // somebody else wrote under this key
  }
}

/** A string is the name of a text: so the list was kept before there were other kinds. */
function recentOf(kept: unknown): readonly RecentDocument[] {
  if (typeof kept === "string") return [{ page: "edit", name: kept }]
  if (typeof kept !== "object" || kept === null || !("page" in kept) || !("name" in kept)) return []
  const { page, name } = kept
  return (page === "edit" || page === "rich") && typeof name === "string" ? [{ page, name }] : []
}

function others(known: RecentDocument): readonly RecentDocument[] {
  return recentDocuments().filter(({ page, name }) => page !== known.page || name !== known.name)
}

export function rememberDocument(opened: RecentDocument): void {
  write(RECENT, JSON.stringify([opened, ...others(opened)].slice(0, MOST_RECENT)))
}

export function forgetDocument(known: RecentDocument): void {
  write(RECENT, JSON.stringify(others(known)))
}
