/** Which names a document may have, as the server checks them, so that the page can say it before it asks; and addresses. */

/** Code points of a name. */
const MOST_CHARACTERS = 200
// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]|\p{Surrogate}/u

/** Return why no document may be called `name`, null if one may. */
export function wrongWithName(name: string): string | null {
  const length = [...name].length // eslint-disable-line @typescript-eslint/no-misused-spread -- code points are the unit
  if (name === "") return "Give the document a name."
  if (length > MOST_CHARACTERS) return `A name has at most ${MOST_CHARACTERS} characters; this one has ${length}.`
  if (UNPRINTABLE.test(name)) return "A name has no control characters or line breaks."
  const parts = name.split("/")
  if (parts.includes("")) return "A name neither begins nor ends with “/”, nor has two in a row."
  if (parts.includes(".") || parts.includes("..")) return "“.” and “..” cannot stand alone between slashes."
  if (name.normalize("NFC") !== name) return "Type the name anew: some of its characters are stored in an unusual form."
  return null
}

/** Return the name that somebody who typed `typed` means: without space around it, in Unicode's usual form. */
export function nameMeant(typed: string): string {
  return typed.trim().normalize("NFC")
}

/** The first part of a document's address: which page shows it. */
export type PageName = "edit" | "rich"

/** Return the address of a document's page on this server. */
export function pagePath(page: PageName, name: string): string {
  return `/${page}/${name.split("/").map(encodeURIComponent).join("/")}`
}

/** Return the name in the address of a document's page; null if there is none that can be read. */
export function nameInPath(path: string): string | null {
  const found = /^\/(?:edit|rich)\/(.*)$/su.exec(path)?.[1]
  if (found === undefined) return null
  try {
    return decodeURIComponent(found)
  } catch {
    return null // a stray percent sign
  }
}
