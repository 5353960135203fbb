/**
 * Writes one document down, one record at a time, and lets others wait until a moment is on disk.
 *
 * Many changes during one write become one more write. The record is made when its write begins, so it is never
 * older than the change that asked for it.
 */

/** Milliseconds that a change by others may wait to be written: it can be had from the server again. */
const LAZY_DELAY = 1000

export interface RecordWriter {
  /** Write soon; the promise resolves when a record at least as new as the present is written, durably if asked. */
  write(durable: boolean): Promise<void>
  /** Write within a second or so. */
  writeLazily(): void
  /** Resolves when everything asked for so far is written. */
  idle(): Promise<void>
}

interface Waiting {
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

/** Make a writer over `save`, which writes the present record. */
export function recordWriter(
  save: (durable: boolean) => Promise<void>,
  after: (milliseconds: number, callback: () => void) => () => void,
): RecordWriter {
  let busy = false
  let waiting: Waiting[] = []
  let durable = false
  let cancelLazy: (() => void) | null = null

  async function run(): Promise<void> {
    busy = true
    while (waiting.length > 0) {
      const served = waiting
      const asDurable = durable
      waiting = []
      durable = false
      try {
        await save(asDurable)
        for (const { resolve } of served) resolve()
      } catch (error) {
        for (const { reject } of served) reject(error)
      }
    }
    busy = false
  }

  function write(asDurable: boolean): Promise<void> {
    cancelLazy?.()
    cancelLazy = null
    durable ||= asDurable
    return new Promise((resolve, reject) => {
      waiting.push({ resolve, reject })
      if (!busy) void run()
    })
  }

  return {
    write,
    writeLazily: () => {
      cancelLazy ??= after(LAZY_DELAY, () => { write(false).catch(() => undefined) }) // a copy only: no edit is at stake
    },
    idle: () => (busy || cancelLazy !== null ? write(false) : Promise.resolve()),
  }
}
