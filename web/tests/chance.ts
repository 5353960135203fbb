/** Seeded chance, so that a failing world can be made again. */
export interface Chance {
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number
  /** True once in so many. */
  oneIn(count: number): boolean
  pick<T>(from: readonly T[]): T
}

export function chanceOf(seed: number): Chance {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return { below, oneIn: (count) => below(count) === 0, pick: (from) => from[below(from.length)]! }
}
