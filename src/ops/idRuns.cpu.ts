// Runs of equal ids among positions that are sorted by id.

import { CHUNK } from './idRuns.ts'

/** The row of an id, or -1 if there is none. */
export function rowOf(id: number, rows: number): number {
  const row = Math.trunc(id)
  return row >= 0 && row < rows ? row : -1
}

/** The row of an id, and its places in `order`: from `first` up to `end`. */
interface Run {
  readonly row: number
  readonly first: number
  readonly end: number
}

/** The runs of ids that have a row. */
export function* runsOf(
  ids: Readonly<Record<number, number>>,
  order: Uint32Array,
  rows: number,
): Generator<Run> {
  for (let first = 0, end = 0; first < order.length; first = end) {
    const id = Math.trunc(ids[order[first]!]!)
    for (end = first + 1; end < order.length && Math.trunc(ids[order[end]!]!) === id; end++);
    const row = rowOf(id, rows)
    if (row >= 0) yield { row, first, end }
  }
}

/** The sum of a column over a run, of its parts in `sums`. */
export function sumOfRun(sums: Float32Array, columns: number, { first, end }: Run, column: number): number {
  let sum = sums[first * columns + column]!
  for (let place = (Math.floor(first / CHUNK) + 1) * CHUNK; place < end; place += CHUNK)
    sum = Math.fround(sum + sums[place * columns + column]!)
  return sum
}
