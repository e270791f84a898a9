// Nested arrays: the shape that their first entries say, and all entries in order. What does not fit is named by its place, `x[3][2]`.

import { describeValue, fail } from '../errors.ts'
import { isOptions } from './options.ts'
import { checkSize, type Shape } from './shape.ts'

/** An array, or one of a type. */
type List = ArrayLike<unknown>

/** The most axes of data: arrays that are nested deeper contain themselves, or are a mistake. */
export const MAX_RANK = 16

export const isList = (value: unknown): value is List => Array.isArray(value) || isTyped(value)

export const isTyped = (value: unknown): value is ArrayBufferView & ArrayLike<number | bigint> =>
  ArrayBuffer.isView(value) && !(value instanceof DataView)

/** An entry of the data that errors call `where`: `fit, x[3][2]`, and `tensor, data[3][2]` of the only ones. */
export const entryOf = (where: string, indices: readonly number[]): string =>
  (where.includes(', ') ? where : `${where}, data`) + indices.map((index) => `[${index}]`).join('')

/** The index along each axis of an element. */
export function indicesOf(element: number, shape: Shape): number[] {
  let rest = element
  return shape
    .map((_, i) => {
      const extent = shape[shape.length - 1 - i] ?? 1
      const index = rest % extent
      rest = Math.floor(rest / extent)
      return index
    })
    .reverse()
}

/** Takes an entry; `name` says which one it is. */
type Visit = (entry: unknown, name: () => string) => void

/**
 * The shape of nested arrays, and a walk through their entries.
 *
 * @param unfold Makes arrays of what may stand for some.
 */
export function readNested(
  value: List,
  where: string,
  unfold: (row: unknown) => unknown = (row) => row,
): { readonly shape: Shape; visit(each: Visit): void } {
  const shape: number[] = []
  for (let inner: unknown = value; isList(inner); inner = unfold(inner[0])) {
    if (shape.push(inner.length) > MAX_RANK)
      fail(where, {
        expected: `arrays at most ${MAX_RANK} deep`,
        got: 'deeper ones, or one that contains itself',
      })
  }
  checkSize(where, 'arrays', shape)
  return {
    shape,
    visit(each) {
      // Where the walk is: the indices of the arrays around, and how many entries it has taken.
      const path: number[] = []
      let count = 0
      const last = shape.length - 1
      const name = (): string => entryOf(where, [...path, count % (shape[last] ?? 1)])
      const walk = (list: List, axis: number): void => {
        if (axis === last) {
          for (let i = 0; i < list.length; i++) {
            each(list[i], name)
            count++
          }
          return
        }
        const extent = shape[axis + 1]
        for (let i = 0; i < list.length; i++) {
          path[axis] = i
          const given = list[i]
          const row = isList(given) ? given : unfold(given)
          if (isList(row) && row.length === extent) walk(row, axis + 1)
          else failForRow(entryOf(where, path.slice(0, axis + 1)), extent, row)
        }
      }
      walk(value, 0)
    },
  }
}

function failForRow(where: string, extent: number | undefined, row: unknown): never {
  return fail(where, {
    expected: `an array of length ${extent}, as the first one`,
    got: isList(row) ? `one of length ${row.length}` : describeValue(row),
    remedy: isList(row) ? 'padSequences makes them equally long.' : remedyFor(row),
  })
}

/** Reads an entry that is a number, also as a BigInt, or true or false. */
export function readEntry(entry: unknown, name: () => string): number {
  if (typeof entry === 'number') return entry
  const isBig = typeof entry === 'bigint'
  if (typeof entry === 'boolean' || (isBig && Number.isSafeInteger(Number(entry)))) return Number(entry)
  return fail(name(), {
    expected: isBig ? 'an integer within ±2⁵³' : 'a number',
    got: describeValue(entry),
    remedy: remedyFor(entry),
  })
}

function remedyFor(entry: unknown): string | undefined {
  if (entry === undefined || entry === null) return 'Fill or drop missing values first.'
  if (isOptions(entry)) return `Give an array of its numbers: [${Object.keys(entry).slice(0, 4).join(', ')}].`
  if (typeof entry !== 'string') return
  const isNumber = entry.trim() !== '' && Number.isFinite(Number(entry))
  return isNumber ? `Write Number(${describeValue(entry)}).` : 'Encode texts as numbers first.'
}
