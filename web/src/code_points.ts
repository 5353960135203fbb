/**
 * Positions in UTF-16 code units, as JavaScript counts them, and in Unicode code points, as the wire does.
 *
 * A surrogate pair is two units and one code point. A lone surrogate is no Unicode text: JSON written in
 * UTF-8 cannot hold it, so none may get into an operation.
 */

const HIGH_FIRST = 0xd800
const LOW_FIRST = 0xdc00
const LOW_LAST = 0xdfff
const LONE_SURROGATE = /\p{Surrogate}/u
const LONE_SURROGATES = /\p{Surrogate}/gu

/** Tell whether `text` has a pair that starts at `unit`. */
function pairAt(text: string, unit: number): boolean {
  const high = text.charCodeAt(unit)
  if (high < HIGH_FIRST || high >= LOW_FIRST) return false
  const low = text.charCodeAt(unit + 1)
  return low >= LOW_FIRST && low <= LOW_LAST
}

/** Count the code points of `text` from one position in units to another. A lone surrogate counts one. */
export function codePointsBetween(text: string, from: number, to: number): number {
  let count = 0
  for (let unit = from; unit < to; unit += pairAt(text, unit) ? 2 : 1) count += 1
  return count
}

/** Return the length of `text` in code points. */
export function codePointLength(text: string): number {
  return codePointsBetween(text, 0, text.length)
}

/** Return the position in units that lies `count` code points after `from`, or the end of `text`. */
export function unitsAfter(text: string, from: number, count: number): number {
  let unit = from
  for (let left = count; left > 0 && unit < text.length; left -= 1) unit += pairAt(text, unit) ? 2 : 1
  return unit
}

/** Tell whether a position in units lies between the two halves of a pair. */
export function splitsPair(text: string, unit: number): boolean {
  return unit > 0 && unit < text.length && pairAt(text, unit - 1)
}

/** Tell whether `text` is Unicode text: without a lone surrogate. */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text)
}

/** Return `text` with U+FFFD in place of each lone surrogate. */
export function wellFormed(text: string): string {
  return text.replace(LONE_SURROGATES, "\ufffd")
}
