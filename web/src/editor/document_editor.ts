/** What a page asks of an editor, whatever kind of document it shows. Positions are those of the document's type. */

/** Tells where the user is. */
export type SelectionTold = (selection: { readonly cursor: number; readonly anchor: number }) => void

/** Where somebody else is. */
export interface RemoteCursor {
  readonly client: string
  readonly name: string
  /** One of the hues in the style sheet, from 0. */
  readonly hue: number
  readonly head: number
  readonly anchor: number
}

export interface DocumentEditor {
  /** Let the keys go to the document. */
  focus(): void
  /** Let the user type, or only read. */
  setWritable(writable: boolean): void
  /** Show these cursors in the place of all that are shown now. */
  showCursors(cursors: readonly RemoteCursor[]): void
}
