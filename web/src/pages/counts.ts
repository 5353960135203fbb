/** How long a text is, in the words of people. */

const segmenter = new Intl.Segmenter(undefined, { granularity: "word" })
/** UTF-16 units up to which words are counted as the language has them; beyond, by the spaces between them. */
const LONGEST_SEGMENTED = 100_000

/** Count the words of a text, also in languages that have no spaces between them. */
export function wordCount(text: string): number {
  if (text.length > LONGEST_SEGMENTED) return text.match(/\S+/gu)?.length ?? 0
  let count = 0
  for (const segment of segmenter.segment(text)) if (segment.isWordLike === true) count += 1
  return count
}

/** Count the lines of a text: one more than its line feeds. */
export function lineCount(text: string): number {
  let count = 1
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count += 1
  return count
}

/** Return the line below the editor. */
export function countsText(text: string): string {
  const [words, lines] = [wordCount(text), lineCount(text)]
  const number = (count: number): string => count.toLocaleString("en")
  return `${number(words)} ${words === 1 ? "word" : "words"} · ${number(lines)} ${lines === 1 ? "line" : "lines"}`
}
