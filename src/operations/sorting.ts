// Functions by the order of entries along an axis: sorting, the largest ones, medians and quantiles. A row of n entries is n² work,
// shared by n threads.

import { checkExtent, checkFinite, checkInteger, describeValue, fail } from '../errors.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { argsort as orderOf } from '../ops/sort.ts'
import { add, divide, greater, less, maximum, multiply, negative, subtract, where } from './elementwise.ts'
import { getItem } from './indexing.ts'
import { stack } from './joining.ts'
import { alongAxis, axisOf, type Operand, shapeOfOperand } from './operation.ts'
import { operation } from './operationLayer.ts'
import { type Axes, axesOf, cumsum, sum } from './reductions.ts'
import { expandDims, moveaxis, ravel } from './shapes.ts'
import { takeAlongAxis } from './taking.ts'

const orders = alongAxis('argsort', (graph, x, axis) => orderOf(graph, { x }, { axis }).order)

/**
 * The places of the entries along an axis in ascending order, of equal ones the first one first, NaN last; without an axis those of
 * the tensor as a row. It has no gradient.
 */
export const argsort = operation(
  'numpy',
  'Argsort',
  'x axis=-1',
  (x: Operand, axis: number | null = -1): SymbolicTensor =>
    axis === null ? orders(ravel(x), 0, {}) : orders(x, axis, {}),
  { dtype: 'int32' },
)

/** The entries along an axis in ascending order, NaN last; without an axis those of the tensor as a row. */
export const sort = operation(
  'numpy',
  'Sort',
  'x axis=-1',
  (x: Operand, axis: number | null = -1): SymbolicTensor =>
    axis === null ? sort(ravel(x), 0) : takeAlongAxis(x, argsort(x, axis), axis),
)

/** The entries along the last axis in another order: those up to `kth` are the smallest. All are in ascending order here. */
export const argpartition = operation(
  'numpy',
  'Argpartition',
  'x kth= axis=-1',
  (x: Operand, kth: number, axis = -1): SymbolicTensor => {
    checkInteger('ops.argpartition', 'kth', kth)
    return argsort(x, axis)
  },
  { dtype: 'int32' },
)

/**
 * The k largest entries along the last axis, in descending order, and their places: of equal ones the first. `sorted` changes
 * nothing, the order is always the same.
 */
export const topK = operation(
  'math',
  'TopK',
  'x k= sorted=true !isStable=true',
  (x: Operand, k: number, _sorted = true): readonly SymbolicTensor[] => {
    const where = 'ops.topK'
    const shape = shapeOfOperand(x, where)
    const last = axisOf(where, -1, shape.length)
    const count = checkExtent(where, 'k', k)
    const extent = shape[last] ?? null
    if (extent !== null && count > extent)
      fail(where, { expected: `k of at most ${extent}, the entries along the last axis`, got: `${k}` })
    const places = getItem(orders(negative(x), last, {}), ['...', [0, count]])
    return [takeAlongAxis(x, places, last), places]
  },
)

/** 1 where fewer than k classes have larger predictions than the target's, else 0: targets [batch], predictions [batch, classes]. */
export const inTopK = operation(
  'math',
  'InTopK',
  'targets predictions k=',
  (targets: Operand, predictions: Operand, k: number): SymbolicTensor => {
    const most = checkExtent('ops.inTopK', 'k', k)
    const own = takeAlongAxis(predictions, expandDims(targets, -1), -1)
    return less(sum(greater(predictions, own), -1), most)
  },
  { dtype: 'bool' },
)

/** Axes that are to be one as the last one. */
function asLast(where: string, x: Operand, axis: Axes): { rows: SymbolicTensor; kept: readonly number[] } {
  const shape = shapeOfOperand(x, where)
  const axes = axesOf(where, axis, shape.length)
  const [only] = axes
  if (axes.length === 1 && only !== undefined) return { rows: moveaxis(x, only, -1), kept: axes }
  if (axes.length === shape.length) return { rows: ravel(x), kept: axes }
  return fail(where, { expected: 'one axis, or null for all', got: describeValue(axis) })
}

/** What a quantile between two entries is. */
export type QuantileMethod = 'linear' | 'lower' | 'higher' | 'midpoint' | 'nearest'

/**
 * Quantiles over an axis, or all: q from 0 to 1, a number or a list, whose axis is the first of the result. `method` between two
 * entries is `'linear'`, `'lower'`, `'higher'`, `'midpoint'` or `'nearest'`.
 */
export const quantile = operation(
  'numpy',
  'Quantile',
  'x q axis=null method="linear" keepdims=false',
  (
    x: Operand,
    q: number | readonly number[],
    axis: Axes = null,
    method: QuantileMethod = 'linear',
    keepdims = false,
  ): SymbolicTensor => {
    const name = 'ops.quantile'
    const { rows, kept } = asLast(name, x, axis)
    const n = rows.shape.at(-1) ?? null
    if (n === null)
      return fail(name, { expected: 'an axis whose extent is known', got: describeValue(rows.shape) })
    const sorted = sort(rows, -1)
    const one = (share: unknown): SymbolicTensor => {
      const place = checkFinite(name, 'q', share, { min: 0, max: 1 }) * (n - 1)
      const [low, high] = [Math.floor(place), Math.ceil(place)]
      const at = (index: number): SymbolicTensor => getItem(sorted, ['...', index])
      const weights = {
        linear: place - low,
        lower: 0,
        higher: 1,
        midpoint: low === high ? 0 : 0.5,
        nearest: 0,
      }
      if (!Object.hasOwn(weights, method))
        fail(name, {
          expected: `method among ${Object.keys(weights).join(', ')}`,
          got: describeValue(method),
        })
      if (method === 'nearest')
        return at(place - low > 0.5 || (place - low === 0.5 && low % 2 === 1) ? high : low)
      const weight = weights[method]
      // Nothing times infinity is no number.
      if (weight === 0 || weight === 1) return at(weight === 0 ? low : high)
      return add(multiply(at(low), 1 - weight), multiply(at(high), weight))
    }
    const found = (share: unknown): SymbolicTensor => (keepdims ? expandDims(one(share), kept) : one(share))
    if (!Array.isArray(q)) return found(q)
    if (q.length === 0) return fail(name, { expected: 'a quantile', got: 'none' })
    return stack(q.map(found), 0)
  },
)

/** As {@link quantile}, q from 0 to 100. */
export const percentile = operation(
  'numpy',
  'Percentile',
  'x q axis=null method="linear" keepdims=false',
  (
    x: Operand,
    q: number | readonly number[],
    axis: Axes = null,
    method: QuantileMethod = 'linear',
    keepdims = false,
  ): SymbolicTensor => {
    const share = (value: unknown): number =>
      checkFinite('ops.percentile', 'q', value, { min: 0, max: 100 }) / 100
    return quantile(x, Array.isArray(q) ? q.map(share) : share(q), axis, method, keepdims)
  },
)

/** The middle entry over an axis, or all; of two in the middle their mean. */
export const median = operation(
  'numpy',
  'Median',
  'x axis=null keepdims=false',
  (x: Operand, axis: Axes = null, keepdims = false): SymbolicTensor =>
    quantile(x, 0.5, axis, 'linear', keepdims),
)

/** The point of the simplex that is nearest to x along an axis: like {@link softmax} with zeros (Martins and Astudillo 2016). */
export const sparsemax = operation(
  'nn',
  'Sparsemax',
  'x axis=-1',
  (x: Operand, axis = -1): SymbolicTensor => {
    const name = 'ops.sparsemax'
    const shape = shapeOfOperand(x, name)
    const at = axisOf(name, axis, shape.length)
    const n =
      shape[at] ?? fail(name, { expected: 'an axis whose extent is known', got: describeValue(shape) })
    const rows = moveaxis(x, at, -1)
    const sorted = negative(sort(negative(rows), -1))
    const numbers = Float32Array.from({ length: n }, (_, i) => i + 1)
    const sums = cumsum(sorted, -1)
    const isIn = greater(add(multiply(sorted, numbers), 1), sums)
    const count = sum(isIn, -1, true)
    const total = sum(where(isIn, sorted, 0), -1, true)
    return moveaxis(maximum(subtract(rows, divide(subtract(total, 1), count)), 0), -1, at)
  },
)
