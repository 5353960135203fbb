/** Colours of pens and markers: their names are values of `color` and `background`; the style sheet has their shades. */

export const COLOURS = ["red", "orange", "green", "teal", "blue", "purple", "magenta", "gray"] as const

const NAMES: ReadonlySet<unknown> = new Set(COLOURS)

/** Tell whether a value of `color` or `background` is one of ours. */
export function isColourName(value: unknown): boolean {
  return NAMES.has(value)
}
