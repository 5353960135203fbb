/** How long to wait before the next attempt, so that many clients do not come back in step. */

/** Milliseconds that the first retry waits at most. */
export const FIRST_DELAY = 500
/** Milliseconds that any retry waits at most: what a person still takes for "soon". */
export const LONGEST_DELAY = 15_000

/**
 * Return the milliseconds before retry number `attempt` (from 0): anything up to a bound that doubles.
 *
 * `random` is from [0, 1). Full jitter: measured elsewhere to need the fewest attempts for all to get through.
 */
export function retryDelay(attempt: number, random: number): number {
  return random * Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** Math.min(attempt, 16))
}

/** Return the milliseconds for a wait that the server asked for, spread over half as long again. */
export function askedDelay(seconds: number, random: number): number {
  return seconds * 1000 * (1 + random / 2)
}
