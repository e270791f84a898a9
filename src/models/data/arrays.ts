// What users give for several inputs or outputs: arrays by themselves, in a list or by name.

import { describeValue, fail } from '../../errors.ts'
import { isOptions } from '../../util/options.ts'
import type { OpenShape, Shape } from '../../util/shape.ts'
import { isTensorData } from '../../util/tensor.ts'
import { type GivenSamples, readGiven } from './fields.ts'

/** What is given for one input or output, and how errors call it. */
export interface GivenArray {
  readonly given: unknown
  readonly where: string
}

/** Names that only options have. */
const OPTIONS = /epochs|batchSize|verbose|callbacks|validation/

/** What is given for each of `names`: by itself for the only one, in a list, or by name. */
export function arraysOf(data: unknown, names: readonly string[], where: string, what: string): GivenArray[] {
  if (data === undefined || data === null) fail(`${where}, ${what}`, { expected: 'data', got: String(data) })
  if (isTable(data)) {
    const unknown = Object.keys(data).find((name) => !names.includes(name))
    const missing = names.find((name) => !Object.hasOwn(data, name))
    if (unknown !== undefined || missing !== undefined) {
      fail(`${where}, ${what}`, {
        expected: `the names ${names.join(', ')}`,
        got: Object.keys(data).join(', ') || 'none',
        remedy: OPTIONS.test(Object.keys(data).join())
          ? 'Options come last: fit(x, null, { epochs }).'
          : names.length === 1
            ? 'Give the only array by itself, or by that name.'
            : undefined,
      })
    }
  }
  const list: unknown = isTable(data)
    ? names.map((name) => data[name])
    : names.length > 1 || (Array.isArray(data) && data.length === 1 && isTensorData(data[0]))
      ? data
      : [data]
  if (!Array.isArray(list) || list.length !== names.length) {
    fail(`${where}, ${what}`, {
      expected: `${names.length} arrays (${names.join(', ')})`,
      got: Array.isArray(list) ? `${list.length}` : describeValue(data),
    })
  }
  return names.map((name, i) => ({
    given: list[i],
    where: names.length === 1 ? `${where}, ${what}` : `${where}, ${what} "${name}"`,
  }))
}

/** Reads an array of samples. */
export function readArray({ given, where }: GivenArray): GivenSamples {
  const data = readGiven(given, where)
  return data.shape.length > 0 ? data : fail(where, { expected: 'samples', got: 'a single number' })
}

/** Reads one array for each of `names`. */
export const readArrays = (
  data: unknown,
  names: readonly string[],
  where: string,
  what: string,
): GivenSamples[] => arraysOf(data, names, where, what).map(readArray)

/** Arrays by name. */
export const isTable = (data: unknown): data is Readonly<Record<string, unknown>> =>
  isOptions(data) && !isTensorData(data)

/** As in Keras an extent of 1 at the end may be missing or too many: numbers one by one are samples of an input [batch, 1]. */
export function matchRank(shape: Shape, rank: number, sample: OpenShape): Shape {
  if (shape.length === rank - 1 && sample.at(-1) === 1) return [...shape, 1]
  return shape.length === rank + 1 && shape.at(-1) === 1 ? shape.slice(0, -1) : shape
}
