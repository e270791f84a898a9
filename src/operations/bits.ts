// Functions of integers by their bits, and common divisors. Integers are floats here: all between −2²⁴ and 2²⁴ are exact, as numbers of
// 25 bits in two's complement, of which one is the sign. They have no gradient.

import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import type { Binary, Unary } from './broadcasting.ts'
import {
  absolute,
  add,
  divide,
  equal,
  floor,
  less,
  logicalXor,
  maximum,
  minimum,
  mod,
  multiply,
  subtract,
  where,
} from './elementwise.ts'
import type { OnNumbers } from './onNumbers.ts'
import { type Operand, shapeOfOperand } from './operation.ts'
import { operation } from './operationLayer.ts'
import { sum } from './reductions.ts'
import { expandDims, stopGradient } from './shapes.ts'
import { take } from './taking.ts'

const BITS = 25
const SIGN = BITS - 1
/** What a bit adds to a number; the sign bit takes away. */
const WEIGHTS = Float32Array.from({ length: BITS }, (_, bit) => (bit === SIGN ? -(2 ** SIGN) : 2 ** bit))
const DIVISORS = Float32Array.from({ length: BITS }, (_, bit) => 2 ** -bit)

/** The bits of integers, along a new last axis, the lowest first. */
const bitsOf = (x: Operand): Operand => {
  if (typeof x === 'number')
    return Float32Array.from(DIVISORS, (share) => Math.abs(Math.floor(x * share) % 2))
  const shifted = floor(multiply(expandDims(x, -1), DIVISORS))
  return subtract(shifted, multiply(floor(multiply(shifted, 0.5)), 2))
}

/* @__NO_SIDE_EFFECTS__ */
const bitwise = (className: string, combine: Binary): OnNumbers<Binary> =>
  operation(
    'numpy',
    className,
    'x y',
    (x: Operand, y: Operand): SymbolicTensor =>
      stopGradient(sum(multiply(combine(bitsOf(x), bitsOf(y)), WEIGHTS), -1)),
    { dtype: 'int32' },
  )

/** The bits that both have; of integers between −2²⁴ and 2²⁴. */
export const bitwiseAnd: OnNumbers<Binary> = bitwise('BitwiseAnd', multiply)
/** The bits that one of both has, or both; of integers between −2²⁴ and 2²⁴. */
export const bitwiseOr: OnNumbers<Binary> = bitwise('BitwiseOr', maximum)
/** The bits that one of both has, but not both; of integers between −2²⁴ and 2²⁴. */
export const bitwiseXor: OnNumbers<Binary> = bitwise('BitwiseXor', logicalXor)

/* @__NO_SIDE_EFFECTS__ */
const inverted = (className: string): OnNumbers<Unary> =>
  operation('numpy', className, 'x', (x: Operand): SymbolicTensor => stopGradient(subtract(-1, x)), {
    dtype: 'int32',
  })

/** All bits the other way, −1 − x. */
export const bitwiseNot: OnNumbers<Unary> = inverted('BitwiseNot')
/** As {@link bitwiseNot}. */
export const bitwiseInvert: OnNumbers<Unary> = inverted('BitwiseInvert')

/** How far integers are shifted at most: by more nothing is left of them. */
const FARTHEST = 31

/** Powers of two, which functions of numbers only give rounded. */
const powersOf = (base: number, name: string, y: Operand): Operand => {
  const powers = Float32Array.from({ length: FARTHEST + 1 }, (_, n) => base ** n)
  if (typeof y === 'number') return powers[Math.min(Math.max(y, 0), FARTHEST)] ?? 1
  shapeOfOperand(y, name)
  return take(powers, minimum(maximum(y, 0), FARTHEST), 0)
}

/* @__NO_SIDE_EFFECTS__ */
const shifted = (className: string, base: number): OnNumbers<Binary> =>
  operation(
    'numpy',
    className,
    'x y',
    (x: Operand, y: Operand): SymbolicTensor =>
      stopGradient(floor(multiply(x, powersOf(base, `ops.${className}`, y)))),
    { dtype: 'int32' },
  )

/** x · 2ʸ, of results between −2²⁴ and 2²⁴. */
export const leftShift: OnNumbers<Binary> = shifted('LeftShift', 2)
/** The largest integer that is at most x / 2ʸ. */
export const rightShift: OnNumbers<Binary> = shifted('RightShift', 0.5)
/** As {@link leftShift}. */
export const bitwiseLeftShift: OnNumbers<Binary> = shifted('BitwiseLeftShift', 2)
/** As {@link rightShift}. */
export const bitwiseRightShift: OnNumbers<Binary> = shifted('BitwiseRightShift', 0.5)

/** Euclid's algorithm takes the most steps for two neighbours in Fibonacci's sequence: 35 below 2²⁴. */
const STEPS = 36

/** The greatest integer that divides both; of integers between −2²⁴ and 2²⁴. */
export const gcd: OnNumbers<Binary> = operation(
  'numpy',
  'Gcd',
  'x1 x2',
  (x1: Operand, x2: Operand): SymbolicTensor => {
    let [a, b]: [Operand, Operand] = [absolute(x1), absolute(x2)]
    for (let step = 0; step < STEPS; step++) {
      const isDone: SymbolicTensor = equal(b, 0)
      // A quotient that is rounded to one more or less leaves another remainder, which has the same divisors.
      const rest: SymbolicTensor = absolute(mod(a, where(isDone, 1, b)))
      a = where(isDone, a, b)
      b = where(isDone, 0, rest)
    }
    return stopGradient(a)
  },
  { dtype: 'int32' },
)

/** The least integer that both divide; of results below 2²⁴. */
export const lcm: OnNumbers<Binary> = operation(
  'numpy',
  'Lcm',
  'x1 x2',
  (x1: Operand, x2: Operand): SymbolicTensor => {
    const divisor = maximum(gcd(x1, x2), 1)
    // A quotient of integers that is whole is rounded to it.
    return stopGradient(absolute(multiply(floor(add(divide(x1, divisor), 0.5)), x2)))
  },
  { dtype: 'int32' },
)

/** 1 where x is negative, else 0. GPUs do not keep the sign of 0, which is not negative here. */
export const signbit: OnNumbers<Unary> = operation(
  'numpy',
  'Signbit',
  'x',
  (x: Operand): SymbolicTensor => less(x, 0),
  {
    dtype: 'bool',
  },
)
