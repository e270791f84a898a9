// Functions of numbers over axes that are expressions of sums and extremes. `axis` is one, a list, or null for all.

import { checkFinite, fail } from '../errors.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { showShape } from '../util/shape.ts'
import {
  add,
  divide,
  equal,
  greater,
  isnan,
  log,
  multiply,
  sqrt,
  square,
  subtract,
  where,
} from './elementwise.ts'
import { getItem } from './indexing.ts'
import { concatenate } from './joining.ts'
import { axisOf, type Operand, shapeOfOperand } from './operation.ts'
import { operation } from './operationLayer.ts'
import { matmul } from './products.ts'
import { type Axes, all, cumprod, cumsum, max, mean, min, prod, sum, varianceOf } from './reductions.ts'
import { expandDims, onesLike, reshape, swapaxes, zerosLike } from './shapes.ts'

type Reduction = (x: Operand, axis?: Axes, keepdims?: boolean) => SymbolicTensor

/* @__NO_SIDE_EFFECTS__ */
const reduction = (className: string, fn: Reduction) =>
  operation('numpy', className, 'x axis=null keepdims=false', fn)

/** The largest number less the smallest one. */
export const ptp = reduction('Ptp', (...args) => subtract(max(...args), min(...args)))

/** The mean over axes, weighted: the weights have x's shape, or are a row along the axis. */
export const average = operation(
  'numpy',
  'Average',
  'x axis=null weights:',
  (x: Operand, axis: Axes = null, weights: Operand | null = null): SymbolicTensor => {
    if (weights === null) return mean(x, axis)
    const name = 'ops.average'
    const { length: rank } = shapeOfOperand(x, name)
    const isRow = typeof axis === 'number' && shapeOfOperand(weights, name).length === 1 && rank > 1
    const behind = isRow ? Array.from({ length: rank - 1 - axisOf(name, axis, rank) }, (_, i) => i + 1) : []
    const w = behind.length > 0 ? expandDims(weights, behind) : weights
    return divide(sum(multiply(x, w), axis), sum(multiply(onesLike(x), w), axis))
  },
)

/** The mean and the variance over axes. */
export const moments = operation(
  'nn',
  'Moments',
  'x axes= keepdims=false !synchronized=false',
  (x: Operand, axes: Axes, keepdims = false): readonly SymbolicTensor[] => [
    mean(x, axes, keepdims),
    varianceOf(x, axes, keepdims),
  ],
)

/** x with another number where it is NaN. */
const without = (x: Operand, value: number): SymbolicTensor => where(isnan(x), value, x)
const counted = (x: Operand): SymbolicTensor => equal(isnan(x), 0)
/** NaN where all entries were. */
const unlessNone = (x: Operand, result: SymbolicTensor, axis: Axes, keepdims: boolean): SymbolicTensor =>
  where(all(isnan(x), axis, keepdims), Number.NaN, result)

/** The sum of what is not NaN. */
export const nansum = reduction('Nansum', (x, ...rest) => sum(without(x, 0), ...rest))
/** The product of what is not NaN. */
export const nanprod = reduction('Nanprod', (x, ...rest) => prod(without(x, 1), ...rest))
/** The mean of what is not NaN. */
export const nanmean = reduction('Nanmean', (x, ...rest) =>
  divide(sum(without(x, 0), ...rest), sum(counted(x), ...rest)),
)
/** The variance of what is not NaN. */
export const nanvar = reduction('Nanvar', (x, axis = null, keepdims = false) => {
  const distance = subtract(x, nanmean(x, axis, true))
  return divide(sum(where(isnan(x), 0, square(distance)), axis, keepdims), sum(counted(x), axis, keepdims))
})
/** The root of {@link nanvar}. */
export const nanstd = reduction('Nanstd', (...args) => sqrt(nanvar(...args)))
/** The largest number that is not NaN; NaN where there is none. */
export const nanmax = reduction('Nanmax', (x, axis = null, keepdims = false) =>
  unlessNone(x, max(without(x, Number.NEGATIVE_INFINITY), axis, keepdims), axis, keepdims),
)
/** The smallest number that is not NaN; NaN where there is none. */
export const nanmin = reduction('Nanmin', (x, axis = null, keepdims = false) =>
  unlessNone(x, min(without(x, Number.POSITIVE_INFINITY), axis, keepdims), axis, keepdims),
)
/** The sums of the entries up to each one along an axis that are not NaN. */
export const nancumsum = operation(
  'numpy',
  'Nancumsum',
  'x axis=null dtype=null',
  (x: Operand, axis: number | null = null, dtype: string | null = null): SymbolicTensor =>
    cumsum(without(x, 0), axis, dtype),
)
/** The products of the entries up to each one along an axis that are not NaN. */
export const nancumprod = operation(
  'numpy',
  'Nancumprod',
  'x axis=null dtype=null',
  (x: Operand, axis: number | null = null, dtype: string | null = null): SymbolicTensor =>
    cumprod(without(x, 1), axis, dtype),
)

/** The entries of an axis that have a neighbour before them, and these neighbours: two tensors. */
const neighbours = (of: Operand, axis: number): readonly [SymbolicTensor, SymbolicTensor] => {
  const before = Array<null>(axis).fill(null)
  return [getItem(of, [...before, [1, null]]), getItem(of, [...before, [null, -1]])]
}

/** The same with the first entry as its own neighbour, where nobody knows yet whether there is another. */
const openNeighbours = (of: Operand, axis: number): readonly [Operand, SymbolicTensor] => {
  const before = Array<null>(axis).fill(null)
  const first = getItem(of, [...before, [0, 1]])
  return [of, getItem(concatenate([first, of], axis), [...before, [null, -1]])]
}

/** The integral along an axis by trapezoids, whose sides lie at `x`, a row or as many as y has entries, or `dx` apart. */
export const trapezoid = operation(
  'numpy',
  'Trapezoid',
  'y x=null dx=1 axis=-1',
  (y: Operand, x: Operand | null = null, dx: number = 1, axis = -1): SymbolicTensor => {
    const name = 'ops.trapezoid'
    const shape = shapeOfOperand(y, name)
    const at = axisOf(name, axis, shape.length)
    const step = checkFinite(name, 'dx', dx)
    const isOpen = shape[at] === null
    // There is no trapezoid between one side and none.
    if (shape[at] === 1) return zerosLike(sum(y, at))
    const pairs = isOpen ? openNeighbours : neighbours
    const [behind, before] = pairs(y, at)
    const all = add(behind, before)
    const both = isOpen ? where(greater(cumsum(onesLike(y), at), 1), all, 0) : all
    if (x === null) return multiply(sum(both, at), step / 2)
    const isRow = shapeOfOperand(x, name).length === 1
    const [end, start] = pairs(x, isRow ? 0 : at)
    const width = subtract(end, start)
    const rest = isRow ? Array.from({ length: shape.length - 1 - at }, (_, i) => i + 1) : []
    return divide(sum(multiply(both, rest.length > 0 ? expandDims(width, rest) : width), at), 2)
  },
)

/** The Euclidean distances of all rows of x to all of y: `[..., m, k]` and `[..., n, k]` → `[..., m, n]`. */
export const cdist = operation(
  'math',
  'CDist',
  'x y',
  (x: Operand, y: Operand): SymbolicTensor => {
    for (const each of [x, y]) {
      const shape = shapeOfOperand(each, 'ops.cdist')
      if (shape.length < 2) fail('ops.cdist', { expected: 'rows, [..., m, k]', got: showShape(shape) })
    }
    return sqrt(sum(square(subtract(expandDims(x, -2), expandDims(y, -3))), -1))
  },
  { name: 'cdist' },
)

/** How far each pair of rows goes together, from −1 to 1: `[n, k]` → `[n, n]`; of one row, `[k]` or `[1, k]`, 1 as a number. */
export const corrcoef = operation('numpy', 'Corrcoef', 'x', (given: Operand): SymbolicTensor => {
  const shape = shapeOfOperand(given, 'ops.corrcoef')
  if (shape.length > 2) fail('ops.corrcoef', { expected: 'rows, [n, k]', got: showShape(shape) })
  const isRow = shape.length === 1 || shape[0] === 1
  const x = shape.length === 1 ? expandDims(given, 0) : given
  const centred = subtract(x, mean(x, -1, true))
  const covariance = matmul(centred, swapaxes(centred, -1, -2))
  const deviation = sqrt(sum(square(centred), -1, true))
  const pairs = divide(divide(covariance, deviation), swapaxes(deviation, -1, -2))
  return isRow ? reshape(pairs, []) : pairs
})

/** The ratio of the largest signal to the noise between two tensors, in decibels. */
export const psnr = operation(
  'nn',
  'PSNR',
  'x1 x2 maxVal=',
  (x1: Operand, x2: Operand, maxVal: number): SymbolicTensor =>
    multiply(log(divide(maxVal, sqrt(mean(square(subtract(x1, x2)))))), 20 / Math.LN10),
  { name: 'psnr' },
)
