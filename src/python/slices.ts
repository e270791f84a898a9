// The entries that slices take.

import { numeric, type Slice } from './values.ts'

/** The bounds of a slice, null where it leaves them out. */
export interface SliceBounds {
  readonly start: number | null
  readonly stop: number | null
  readonly step: number
}

/** The bounds that a slice has as integers; null where they are none, or it has a step of 0. */
export function boundsOf({ bounds }: Slice): SliceBounds | null {
  const numbers = bounds.map((bound) => (bound === null ? null : numeric(bound)))
  if (numbers.some((number, i) => bounds[i] !== null && typeof number !== 'bigint')) return null
  const [start = null, stop = null, step = null] = numbers.map((number) =>
    number === null ? null : Number(number),
  )
  return step === 0 ? null : { start, stop, step: step ?? 1 }
}

/** The places that a slice takes of so many entries. */
export function placesOf({ start, stop, step }: SliceBounds, length: number): number[] {
  const within = (bound: number | null, fallback: number): number => {
    if (bound === null) return fallback
    const from = bound < 0 ? bound + length : bound
    return step > 0 ? Math.min(Math.max(from, 0), length) : Math.min(Math.max(from, -1), length - 1)
  }
  const [first, last] = step > 0 ? [0, length] : [length - 1, -1]
  const end = within(stop, last)
  const places: number[] = []
  for (let i = within(start, first); step > 0 ? i < end : i > end; i += step) places.push(i)
  return places
}
