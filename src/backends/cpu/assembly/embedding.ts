// Rows of tables that ids name, as src/ops/embedding.ts and sgdRows.ts mean them: lookups, sums over equal ids, gradient descent.

import { Embedding, EmbeddingSums, SgdRows } from './calls.gen'
import { loadFirst, multiplyAdd, storeFirst } from './vector'

/** The integer of an id's word, -1 for floats that no integer can be. */
export function idOf(word: usize, isFloat: i32): i32 {
  if (!isFloat) return load<i32>(word)
  const id = load<f32>(word)
  return abs(id) < 2147483648.0 ? <i32>id : -1
}

/** The id at a place of the positions that are sorted by id. */
export function idAt(ids: usize, order: usize, place: i32, isFloat: i32): i32 {
  return idOf(ids + ((<usize>load<u32>(order + ((<usize>place) << 2))) << 2), isFloat)
}

/** The place after the run of equal ids that begins at one. */
export function endOfRun(ids: usize, order: usize, first: i32, count: i32, isFloat: i32): i32 {
  const id = idAt(ids, order, first, isFloat)
  let end = first + 1
  while (end < count && idAt(ids, order, end, isFloat) === id) end++
  return end
}

/** Places whose vectors are added in one part, as shaders/lib/id_runs.wgsl has it. */
const CHUNK = 32

/** The first `left` of four columns of the sum of a run, of its parts in `sums`. */
export function sumOfRun(sums: usize, row: usize, first: i32, end: i32, left: i32): v128 {
  let sum = loadFirst(sums + <usize>first * row, left)
  for (let place = (first / CHUNK + 1) * CHUNK; place < end; place += CHUNK)
    sum = f32x4.add(sum, loadFirst(sums + <usize>place * row, left))
  return sum
}

export function embedding(call: Embedding): void {
  const row = (<usize>call.columns) << 2
  const table = call.table
  let y = call.y
  const end = y + ((<usize>call.size) << 2)
  for (let word = call.ids; y < end; word += 4, y += row) {
    const id = idOf(word, call.isFloat)
    if (<u32>id < <u32>call.rows) memory.copy(y, table + <usize>id * row, row)
    else memory.fill(y, 0, row)
  }
}

/** y += x in every column of a row. */
function addVector(y: usize, x: usize, columns: i32): void {
  for (let j = 0; j < columns; j += 4) {
    const at = (<usize>j) << 2
    const left = columns - j
    storeFirst(y + at, f32x4.add(loadFirst(y + at, left), loadFirst(x + at, left)), left)
  }
}

export function embeddingSums(call: EmbeddingSums): void {
  const count = call.count
  const columns = call.columns
  const ids = call.ids
  const order = call.order
  const isFloat = call.isFloat
  const row = (<usize>columns) << 2
  const dy = call.dy
  const sums = call.sums
  let first = 0
  while (first < count) {
    const end = min(endOfRun(ids, order, first, count, isFloat), (first / CHUNK + 1) * CHUNK)
    const sum = sums + <usize>first * row
    if (<u32>idAt(ids, order, first, isFloat) < <u32>call.rows) {
      memory.copy(sum, dy + <usize>load<u32>(order + ((<usize>first) << 2)) * row, row)
      for (let place = first + 1; place < end; place++)
        addVector(sum, dy + <usize>load<u32>(order + ((<usize>place) << 2)) * row, columns)
    } else memory.fill(sum, 0, row)
    memory.fill(sum + row, 0, <usize>(end - first - 1) * row)
    first = end
  }
}

export function sgdRowsCovers(call: SgdRows): bool {
  return !call.SCALED
}

export function sgdRows(call: SgdRows): void {
  const count = call.count
  const columns = call.columns
  const ids = call.ids
  const order = call.order
  const isFloat = call.isFloat
  const row = (<usize>columns) << 2
  const rate = f32x4.splat(-call.stepScalars.rate)
  let first = 0
  while (first < count) {
    const id = idAt(ids, order, first, isFloat)
    const end = endOfRun(ids, order, first, count, isFloat)
    if (<u32>id < <u32>call.rows) {
      const to = call.table + <usize>id * row
      for (let j = 0; j < columns; j += 4) {
        const at = (<usize>j) << 2
        const left = columns - j
        const g = sumOfRun(call.sums + at, row, first, end, left)
        storeFirst(to + at, multiplyAdd(rate, g, loadFirst(to + at, left)), left)
      }
    }
    first = end
  }
}
