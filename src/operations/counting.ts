// Histograms and distinct numbers. How many there are depends on values: shapes are as many as are asked for.

import { checkExtent, checkFinite, checkInteger, describeValue, fail } from '../errors.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { flag, nullable, readOptions, type TableFor } from '../util/options.ts'
import { showShape } from '../util/shape.ts'
import {
  add,
  divide,
  equal,
  floor,
  greaterEqual,
  less,
  lessEqual,
  logicalAnd,
  minimum,
  multiply,
  notEqual,
  subtract,
  where,
} from './elementwise.ts'
import { getItem } from './indexing.ts'
import { concatenate } from './joining.ts'
import { type Operand, shapeOfOperand } from './operation.ts'
import { operation } from './operationLayer.ts'
import { cumsum, max, min, sum } from './reductions.ts'
import { expandDims, ravel, reshape } from './shapes.ts'
import { argsort } from './sorting.ts'
import { take } from './taking.ts'

const numbers = (count: number): Float32Array => Float32Array.from({ length: count }, (_, i) => i)

/**
 * How many numbers of a row are in each of `bins` equal parts of a range, and the edges of these, one more. The last part has its end.
 *
 * @param range `[least, largest]`; null, the default, for those of the numbers.
 */
export const histogram = operation(
  'numpy',
  'Histogram',
  'x bins=10 range=null',
  (
    x: Operand,
    bins = 10,
    range: readonly [number, number] | null = null,
  ): readonly [SymbolicTensor, SymbolicTensor] => {
    const name = 'ops.histogram'
    const count = checkExtent(name, 'bins', bins)
    const shape = shapeOfOperand(x, name)
    if (shape.length !== 1) return fail(name, { expected: 'a row of numbers', got: showShape(shape) })
    if (range !== null) {
      if (!Array.isArray(range) || range.length !== 2)
        return fail(name, { expected: 'range as [least, largest]', got: describeValue(range) })
      const [least, largest] = range.map((end) => checkFinite(name, 'range', end)) as [number, number]
      if (largest < least) fail(name, { expected: 'range in ascending order', got: describeValue(range) })
    }
    const [least, largest] = range ?? [min(x), max(x)]
    // A range of one number is one wide.
    const isPoint = equal(subtract(largest, add(multiply(min(x), 0), least)), 0)
    const low = subtract(least, multiply(isPoint, 0.5))
    const width = add(subtract(largest, least), isPoint)
    const edges = add(low, divide(multiply(expandDims(width, 0), numbers(count + 1)), count))
    const bin = minimum(floor(multiply(divide(subtract(x, low), width), count)), count - 1)
    const isIn = logicalAnd(greaterEqual(x, low), lessEqual(x, add(low, width)))
    const counts = sum(multiply(equal(expandDims(bin, 1), numbers(count)), expandDims(isIn, 1)), 0)
    return [counts, edges]
  },
)

export interface UniqueOptions {
  /** Changes nothing: they are always in ascending order. */
  readonly sorted?: boolean
  /** Whether the place of the first of each in the tensor as a row is a result, too; `false` by default. */
  readonly returnIndex?: boolean
  /** Whether for each entry the place of its number among the distinct ones is; `false` by default. */
  readonly returnInverse?: boolean
  /** Whether how often each is there is; `false` by default. */
  readonly returnCounts?: boolean
  /** Only null, the default, for single numbers, or the axis of a row. */
  readonly axis?: number | null
  /** How many there are at most, which must be given: a step is compiled for shapes, which may not depend on values. */
  readonly size?: number | null
  /** What stands where there are fewer, 0 by default. Their counts and places are 0. */
  readonly fillValue?: number | null
}

const uniqueOptions = {
  sorted: flag(true),
  returnIndex: flag(false),
  returnInverse: flag(false),
  returnCounts: flag(false),
  axis: nullable(checkInteger),
  size: nullable(checkExtent),
  fillValue: nullable(checkFinite),
} as const satisfies TableFor<UniqueOptions>

/**
 * The distinct numbers of a tensor in ascending order, as many as `size` says, and in a list with them what else is asked for, in the order
 * of the options.
 */
export const unique = operation(
  'numpy',
  'Unique',
  'x {sorted=true returnIndex=false returnInverse=false returnCounts=false axis=null size=null fillValue=null}',
  (x: Operand, options: UniqueOptions = {}): SymbolicTensor | readonly SymbolicTensor[] => {
    const name = 'ops.unique'
    const { returnIndex, returnInverse, returnCounts, axis, size, fillValue } = readOptions(
      name,
      uniqueOptions,
      options,
    )
    const shape = shapeOfOperand(x, name)
    if (size === null)
      return fail(name, {
        expected: 'size, the number of distinct numbers at most',
        got: 'none',
        remedy: 'A step is compiled for shapes, which may not depend on values.',
      })
    if (axis !== null && shape.length > 1)
      return fail(name, {
        expected: 'axis null, for single numbers',
        got: `axis ${axis} of ${showShape(shape)}`,
      })
    const count = size
    const order = argsort(ravel(x), 0)
    const ascending = take(ravel(x), order, 0)
    const changes = notEqual(getItem(ascending, [[1, null]]), getItem(ascending, [[null, -1]]))
    const isFirst = shape.every((extent) => extent === 1) ? [1] : concatenate([[1], changes], 0)
    const rank = subtract(cumsum(isFirst, 0), 1)
    const isOf = equal(expandDims(rank, 0), expandDims(numbers(count), 1))
    const isThere = less(numbers(count), sum(isFirst))
    const place = sum(multiply(multiply(isOf, isFirst), placesOf(rank)), 1)
    const values = where(isThere, take(ascending, place, 0), fillValue ?? 0)
    const results = [
      values,
      ...(returnIndex ? [multiply(take(order, place, 0), isThere)] : []),
      ...(returnInverse ? [reshape(take(rank, argsort(order, 0), 0), shape)] : []),
      ...(returnCounts ? [sum(isOf, 1)] : []),
    ]
    return results.length === 1 ? values : results
  },
)

/** The places of a row's entries. */
const placesOf = (row: SymbolicTensor): SymbolicTensor => subtract(cumsum(equal(multiply(row, 0), 0), 0), 1)
