// Functions of numbers that are expressions of others, element by element: a few instructions of one launch.

import { checkFinite } from '../errors.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { relu, sigmoid, softplus } from './activations.ts'
import {
  absolute,
  add,
  divide,
  equal,
  erf,
  exp,
  expm1,
  greater,
  isfinite,
  isinf,
  less,
  lessEqual,
  logicalAnd,
  logicalOr,
  maximum,
  minimum,
  multiply,
  negative,
  power,
  sign,
  sin,
  sqrt,
  square,
  subtract,
  trunc,
  where,
} from './elementwise.ts'
import { split } from './joining.ts'
import type { OnNumbers } from './onNumbers.ts'
import type { Operand } from './operation.ts'
import { operation } from './operationLayer.ts'

type Unary = (x: Operand) => SymbolicTensor
type Binary = (x1: Operand, x2: Operand) => SymbolicTensor

/* @__NO_SIDE_EFFECTS__ */
const unary = (className: string, fn: Unary, module = 'numpy'): OnNumbers<Unary> =>
  operation(module, className, 'x', fn)
/* @__NO_SIDE_EFFECTS__ */
const binary = (className: string, fn: Binary): OnNumbers<Binary> =>
  operation('numpy', className, 'x1 x2', fn)

/** |x|. */
export const fabs: OnNumbers<Unary> = unary('Fabs', (x) => absolute(x))
/** The same numbers. */
export const copy: OnNumbers<Unary> = unary('Copy', (x) => add(x, 0))
/** The cube root, of negative numbers too. */
export const cbrt: OnNumbers<Unary> = unary('Cbrt', (x) => multiply(sign(x), power(absolute(x), 1 / 3)))
/** 2ˣ. */
export const exp2: OnNumbers<Unary> = unary('Exp2', (x) => exp(multiply(x, Math.LN2)))
/** Radians of degrees. */
export const deg2rad: OnNumbers<Unary> = unary('Deg2rad', (x) => multiply(x, Math.PI / 180))
/** Degrees of radians. */
export const rad2deg: OnNumbers<Unary> = unary('Rad2deg', (x) => multiply(x, 180 / Math.PI))
/** sin(πx) / (πx), 1 at 0. */
export const sinc: OnNumbers<Unary> = unary('Sinc', (x) => {
  const isZero = equal(x, 0)
  const angle = multiply(where(isZero, 1, x), Math.PI)
  return where(isZero, 1, divide(sin(angle), angle))
})
/** 1 − erf(x); for large x rounded as this difference is. */
export const erfc: OnNumbers<Unary> = unary('Erfc', (x) => subtract(1, erf(x)), 'math')

/** ln(eᵃ + eᵇ), without overflow. */
export const logaddexp: OnNumbers<Binary> = binary('Logaddexp', (a, b) => {
  const most = maximum(a, b)
  // Of the larger one, and of the difference, which is not negative; two infinities that are the same have none.
  return where(isinf(most), most, add(most, softplus(negative(absolute(subtract(a, b))))))
})
/** log₂(2ᵃ + 2ᵇ), without overflow. */
export const logaddexp2: OnNumbers<Binary> = binary('Logaddexp2', (a, b) =>
  divide(logaddexp(multiply(a, Math.LN2), multiply(b, Math.LN2)), Math.LN2),
)
/** √(a² + b²), without overflow. */
export const hypot: OnNumbers<Binary> = binary('Hypot', (a, b) => {
  const [p, q] = [absolute(a), absolute(b)]
  const most = maximum(p, q)
  const isEnd = logicalOr(equal(most, 0), isinf(most))
  const ratio = divide(minimum(p, q), where(isEnd, 1, most))
  return where(
    logicalOr(isinf(p), isinf(q)),
    Number.POSITIVE_INFINITY,
    multiply(most, sqrt(add(square(ratio), 1))),
  )
})
/** x1 · 2^x2. */
export const ldexp: OnNumbers<Binary> = binary('Ldexp', (a, b) => multiply(a, exp2(b)))
/** What remains of x1 / x2, with the sign of x1. */
export const fmod: OnNumbers<Binary> = binary('Fmod', (a, b) =>
  // Nothing times infinity is no number.
  where(logicalAnd(isinf(b), isfinite(a)), a, subtract(a, multiply(trunc(divide(a, b)), b))),
)

/** x above 0, alpha·(e^(x/alpha) − 1) below. */
export const celu = operation('nn', 'Celu', 'x alpha=1', (x: Operand, alpha = 1): SymbolicTensor => {
  const scale = checkFinite('ops.celu', 'alpha', alpha)
  return add(maximum(x, 0), multiply(expm1(divide(minimum(x, 0), scale)), scale))
})

/** The first half along an axis, the last by default, times the sigmoid of the second. */
export const glu = operation('nn', 'Glu', 'x axis=-1', (x: Operand, axis = -1): SymbolicTensor => {
  const [first, second] = split(x, 2, axis) as readonly [SymbolicTensor, SymbolicTensor]
  return multiply(first, sigmoid(second))
})

const softened = (x: Operand, by: number): SymbolicTensor =>
  subtract(relu(subtract(x, by)), relu(subtract(-by, x)))

/** x nearer to 0 by the threshold, 0 within it. */
export const softShrink = operation(
  'nn',
  'SoftShrink',
  'x threshold=0.5',
  (x: Operand, threshold = 0.5): SymbolicTensor =>
    softened(x, checkFinite('ops.softShrink', 'threshold', threshold)),
)

/** x where it is beyond the threshold, else 0. */
export const hardShrink = operation(
  'nn',
  'HardShrink',
  'x threshold=0.5',
  (x: Operand, threshold = 0.5): SymbolicTensor => where(lessEqual(absolute(x), threshold), 0, x),
)

/** x where it is above the threshold, else `defaultValue`. */
export const threshold = operation(
  'nn',
  'Threshold',
  'x threshold= defaultValue=',
  (x: Operand, least: number, defaultValue: number): SymbolicTensor =>
    where(greater(x, least), x, defaultValue),
)

/** x/2 + ½ between 0 and 1. */
export const sparseSigmoid: OnNumbers<Unary> = unary(
  'SparseSigmoid',
  (x) => minimum(maximum(multiply(add(x, 1), 0.5), 0), 1),
  'nn',
)

/** 0 below −1, x above 1, (x + 1)² / 4 in between. */
export const sparsePlus: OnNumbers<Unary> = unary(
  'SparsePlus',
  (x) => where(less(x, -1), 0, where(less(x, 1), multiply(square(add(x, 1)), 0.25), x)),
  'nn',
)
