// Functions by the order of entries along an axis: sorting, the largest ones, medians and quantiles. A row of n entries is n² work,
// shared by n threads.

import { checkExtent, checkInteger, describeValue, fail } from '../errors.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import * as sortSides from '../ops/sort.cpu.ts'
import { argsort as orderOf } from '../ops/sort.ts'
import { alongAxis } from './alongAxis.ts'
import {
  add,
  divide,
  greater,
  isnan,
  less,
  maximum,
  multiply,
  negative,
  subtract,
  where,
} from './elementwise.ts'
import { getItem } from './indexing.ts'
import { axisOf, type Operand, shapeOfOperand } from './operation.ts'
import { operation } from './operationLayer.ts'
import { cumsum, sum } from './reductions.ts'
import { expandDims, moveaxis, ravel } from './shapes.ts'
import { takeAlongAxis } from './taking.ts'

const orders = alongAxis('argsort', (graph, x, axis) => orderOf(graph, { x }, { axis }).order, sortSides)

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
 * The k largest entries along the last axis, in descending order, NaN first, and their places: of equal ones the first. `sorted` changes
 * nothing, the order is always the same.
 */
export const topK = operation(
  'math',
  'TopK',
  'x k= sorted=true !isStable=true',
  (x: Operand, k: number, _sorted = true): readonly SymbolicTensor[] => {
    const name = 'ops.topK'
    const shape = shapeOfOperand(x, name)
    const last = axisOf(name, -1, shape.length)
    const count = checkExtent(name, 'k', k)
    const extent = shape[last] ?? null
    if (extent !== null && count > extent)
      fail(name, { expected: `k of at most ${extent}, the entries along the last axis`, got: `${k}` })
    const places = getItem(orders(where(isnan(x), Number.NEGATIVE_INFINITY, negative(x)), last, {}), [
      '...',
      [0, count],
    ])
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
