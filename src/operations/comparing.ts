// Functions that are 1 or 0 by what numbers are, or choose between numbers. What is true is 1, what is false 0.

import { describeValue, fail } from '../errors.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import {
  absolute,
  add,
  divide,
  equal,
  greater,
  isfinite,
  isinf,
  isnan,
  less,
  lessEqual,
  logicalAnd,
  logicalNot,
  logicalOr,
  maximum,
  minimum,
  multiply,
  subtract,
  where,
} from './elementwise.ts'
import { type Operand, shapeOfOperand } from './operation.ts'
import { operation } from './operationLayer.ts'
import { all, any, sum } from './reductions.ts'
import { expandDims, ravel, zerosLike } from './shapes.ts'

/** 1 where |x1 − x2| is at most atol + rtol·|x2|, or both are the same infinity, or with `equalNan` both are NaN, else 0. */
export const isclose = operation(
  'numpy',
  'Isclose',
  'x1 x2 rtol atol equalNan=false',
  (x1: Operand, x2: Operand, rtol = 1e-5, atol = 1e-8, equalNan = false): SymbolicTensor => {
    const near = lessEqual(absolute(subtract(x1, x2)), add(multiply(absolute(x2), rtol), atol))
    const close = logicalOr(logicalAnd(near, isfinite(x2)), equal(x1, x2))
    return equalNan ? logicalOr(close, logicalAnd(isnan(x1), isnan(x2))) : close
  },
  { dtype: 'bool' },
)

/** 1 if {@link isclose} is 1 everywhere, else 0. */
export const allclose = operation(
  'numpy',
  'AllClose',
  'x1 x2 rtol=1e-05 atol=1e-08 equalNan=false',
  (x1: Operand, x2: Operand, rtol = 1e-5, atol = 1e-8, equalNan = false): SymbolicTensor =>
    all(isclose(x1, x2, rtol, atol, equalNan)),
  { dtype: 'bool', name: 'allclose' },
)

/** 1 where x is −∞, else 0. */
export const isneginf = operation(
  'numpy',
  'Isneginf',
  'x',
  (x: Operand): SymbolicTensor => logicalAnd(isinf(x), less(x, 0)),
  { dtype: 'bool' },
)

/** 1 where x is +∞, else 0. */
export const isposinf = operation(
  'numpy',
  'Isposinf',
  'x',
  (x: Operand): SymbolicTensor => logicalAnd(isinf(x), greater(x, 0)),
  { dtype: 'bool' },
)

/** 1 where an entry of x1 is one of x2, or with `invert` is none, else 0. `assumeUnique` changes nothing. */
export const isin = operation(
  'numpy',
  'IsIn',
  'x1 x2 assumeUnique=false invert=false',
  (x1: Operand, x2: Operand, _assumeUnique = false, invert = false): SymbolicTensor => {
    const found = any(equal(expandDims(x1, -1), ravel(x2)), -1)
    return invert ? logicalNot(found) : found
  },
  { dtype: 'bool', name: 'isin' },
)

/** 0 below 0, x2 at 0, 1 above. */
export const heaviside = operation(
  'numpy',
  'Heaviside',
  'x1 x2',
  (x1: Operand, x2: Operand): SymbolicTensor => where(equal(x1, 0), x2, greater(x1, 0)),
)

/** The larger of two, of which one may be NaN. */
export const fmax = operation(
  'numpy',
  'Fmax',
  'x1 x2',
  (x1: Operand, x2: Operand): SymbolicTensor => where(isnan(x1), x2, where(isnan(x2), x1, maximum(x1, x2))),
)

/** The smaller of two, of which one may be NaN. */
export const fmin = operation(
  'numpy',
  'Fmin',
  'x1 x2',
  (x1: Operand, x2: Operand): SymbolicTensor => where(isnan(x1), x2, where(isnan(x2), x1, minimum(x1, x2))),
)

/** x with other numbers for NaN, +∞ and −∞: by default 0 and the largest floats. */
export const nanToNum = operation(
  'numpy',
  'NanToNum',
  'x nan=0 posinf=null neginf=null',
  (x: Operand, nan = 0, posinf: number | null = null, neginf: number | null = null): SymbolicTensor => {
    const largest = 3.4028234663852886e38
    const finite = where(isposinf(x), posinf ?? largest, where(isneginf(x), neginf ?? -largest, x))
    return where(isnan(x), nan, finite)
  },
)

/** x1 / x2, and 0 where x2 is 0. */
export const divideNoNan = operation(
  'numpy',
  'DivideNoNan',
  'x1 x2',
  (x1: Operand, x2: Operand): SymbolicTensor => {
    const isZero = equal(x2, 0)
    // Gradients see no division by 0 either.
    return where(isZero, 0, divide(x1, where(isZero, 1, x2)))
  },
)

/** The choice whose condition is the first one that is not 0, else `default`. */
export const select = operation(
  'numpy',
  'Select',
  'condlist choicelist default',
  (condlist: readonly Operand[], choicelist: readonly Operand[], fallback: Operand = 0): SymbolicTensor => {
    if (!Array.isArray(condlist) || !Array.isArray(choicelist) || condlist.length !== choicelist.length)
      return fail('ops.select', {
        expected: 'a choice for each condition, in two lists',
        got: `${describeValue(condlist)} and ${describeValue(choicelist)}`,
      })
    if (condlist.length === 0) return fail('ops.select', { expected: 'a condition', got: 'none' })
    const choices: readonly Operand[] = choicelist
    return (condlist as readonly Operand[]).reduceRight(
      (rest: Operand, condition, i) => where(condition, choices[i] as Operand, rest),
      fallback,
    ) as SymbolicTensor
  },
)

/**
 * Where each value would be put into a sequence in ascending order: before entries that are equal, or with side `'right'` behind
 * them. It has no gradient.
 */
export const searchsorted = operation(
  'numpy',
  'SearchSorted',
  'sortedSequence values side="left"',
  (sortedSequence: Operand, values: Operand, side: 'left' | 'right' = 'left'): SymbolicTensor => {
    const name = 'ops.searchsorted'
    if (shapeOfOperand(sortedSequence, name).length !== 1)
      fail(name, { expected: 'a sequence of one axis', got: describeValue(sortedSequence) })
    if (side !== 'left' && side !== 'right')
      fail(name, { expected: "side 'left' or 'right'", got: describeValue(side) })
    const each = expandDims(values, -1)
    // NaN is put behind all.
    return sum(logicalNot(side === 'left' ? lessEqual(each, sortedSequence) : less(each, sortedSequence)), -1)
  },
  { dtype: 'int32', name: 'searchsorted' },
)

/** The bin of each number, by the edges of bins in ascending order: how many are at most the number, and all for NaN. It has no gradient. */
export const digitize = operation(
  'numpy',
  'Digitize',
  'x bins',
  (x: Operand, bins: Operand): SymbolicTensor => sum(logicalNot(less(expandDims(x, -1), ravel(bins))), -1),
  { dtype: 'int32' },
)

/** 1 everywhere: there are no complex numbers here. */
export const isreal = operation(
  'numpy',
  'Isreal',
  'x',
  (x: Operand): SymbolicTensor => equal(zerosLike(x), 0),
  { dtype: 'bool' },
)
