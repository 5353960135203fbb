/**
 * The token that a page was opened with: `/edit/NAME#token=…`.
 *
 * What is behind `#` goes to no server and into no log. The page takes it out of its address at once, lest it be
 * copied with it, and keeps it for this tab, so that a reload still has it.
 */

const KEY = "counterpoint.token"
const INTRODUCTION = "#token="

/** What a page needs of its window, for a test to stand in for. */
export interface TokenSurroundings {
  readonly location: Pick<Location, "hash" | "pathname" | "search">
  readonly history: Pick<History, "replaceState">
  readonly sessionStorage: Pick<Storage, "getItem" | "setItem">
}

/** Return the token of this tab, null where there is none; one in the address takes the place of an earlier one. */
export function pageToken({ location, history, sessionStorage }: TokenSurroundings): string | null {
  const given = location.hash.startsWith(INTRODUCTION) ? location.hash.slice(INTRODUCTION.length) : null
  if (given !== null) history.replaceState(null, "", `${location.pathname}${location.search}`)
  try {
    if (given !== null) sessionStorage.setItem(KEY, given)
    return given ?? sessionStorage.getItem(KEY)
  } catch {
    return given // forbidden or full: a reload asks again
  }
}
