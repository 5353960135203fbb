/** Runs of typing and of deleting, which undo takes back as one, unless there was a pause or a jump between. */

import type { UndoGroup } from "../undo.ts"

/** Milliseconds between two keystrokes that are undone as one. */
const TYPING_PAUSE = 700

export type EditKind = "type" | "delete" | "other"

/** What one edit did, in positions of the editor. */
export interface EditMade {
  readonly kind: EditKind
  /** Where it set in: for a deletion its end in the text before it. */
  readonly start: number
  /** Where it ends in the text after it. */
  readonly end: number
}

export class TypingRuns {
  private group = 0
  private lastAt = Number.NEGATIVE_INFINITY
  private lastKind: EditKind = "other"
  private lastEnd = -1

  /** Return the group of an edit: that of the one before where it goes on from there. */
  groupOf({ kind, start, end }: EditMade, now: number): UndoGroup {
    const goesOn = kind !== "other" && kind === this.lastKind && now - this.lastAt < TYPING_PAUSE && start === this.lastEnd
    if (!goesOn) this.group += 1
    this.lastAt = now
    this.lastKind = kind
    this.lastEnd = end
    return this.group
  }

  /** Follow a change made by others: `moved` tells where it moves a position. */
  follow(moved: (position: number) => number): void {
    if (this.lastEnd >= 0) this.lastEnd = moved(this.lastEnd)
  }
}
