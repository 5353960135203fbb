/**
 * Others' operations that wait while an input method composes: a change to its line would end the composition.
 *
 * What is typed meanwhile is carried over what waits. The wait is bounded in time and in number.
 */

import { crossed, type DocumentType, type Operation } from "../document_type.ts"

/** Milliseconds that a composition may hold others' changes back. */
const LONGEST_HOLD = 10_000
/** Operations of others that a composition may hold back. */
const MOST_HELD = 200

export class HeldBack {
  private held: Operation[] = []
  private since = 0

  constructor(private readonly docType: DocumentType) {}

  get isEmpty(): boolean { return this.held.length === 0 }

  /** Hold an operation back, unless that has gone on for too long: then false, and it is to be shown. */
  holds(op: Operation, now: number): boolean {
    if (this.held.length === 0) this.since = now
    if (this.held.length >= MOST_HELD || now - this.since >= LONGEST_HOLD) return false
    this.held.push(op)
    return true
  }

  /** Return an operation made on the screen as it is on the document, which has what is held back. */
  carried(typed: Operation): Operation {
    let op = typed
    this.held = this.held.map((theirs) => {
      const [own, after] = crossed(this.docType, op, theirs)
      op = own
      return after
    })
    return op
  }

  /** Return what was held back, in order, and hold it no longer. */
  released(): readonly Operation[] {
    const { held } = this
    this.held = []
    return held
  }
}
