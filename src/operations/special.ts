// Special functions, as polynomials.

import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import type { Unary } from './broadcasting.ts'
import {
  absolute,
  add,
  divide,
  equal,
  exp,
  less,
  log1p,
  maximum,
  minimum,
  multiply,
  negative,
  sign,
  sqrt,
  square,
  subtract,
  where,
} from './elementwise.ts'
import type { OnNumbers } from './onNumbers.ts'
import type { Operand } from './operation.ts'
import { operation } from './operationLayer.ts'

/** A polynomial by its coefficients, that of the highest power first. */
const polynomial = (x: Operand, [first = 0, ...others]: readonly number[]): SymbolicTensor =>
  others.reduce<Operand>(
    (value, coefficient) => add(multiply(value, x), coefficient),
    first,
  ) as SymbolicTensor

/**
 * The inverse of {@link erf}: infinite at −1 and 1, NaN beyond. Off by some 10⁻⁶ of its value at most.
 *
 * @see Giles (2012), Approximating the erfinv function, single precision
 */
export const erfinv: OnNumbers<Unary> = operation('math', 'Erfinv', 'x', (x: Operand): SymbolicTensor => {
  // Beyond the last floats below 1 nothing is computed that would be infinite.
  const inside = maximum(minimum(x, 0.99999994), -0.99999994)
  const w = negative(add(log1p(inside), log1p(negative(inside))))
  const near = polynomial(subtract(minimum(w, 5), 2.5), NEAR)
  const far = polynomial(subtract(sqrt(maximum(w, 5)), 3), FAR)
  const value = multiply(inside, where(less(w, 5), near, far))
  const ends = where(equal(absolute(x), 1), multiply(sign(x), Number.POSITIVE_INFINITY), Number.NaN)
  return where(less(absolute(x), 1), value, ends)
})

const NEAR = [
  2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 0.00021858087, -0.00125372503, -0.00417768164,
  0.246640727, 1.50140941,
]
const FAR = [
  -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613, 0.00943887047,
  1.00167406, 2.83297682,
]

/**
 * The modified Bessel function of the first kind and order 0. Off by some 10⁻⁶ of its value at most.
 *
 * @see Abramowitz and Stegun (1964), Handbook of Mathematical Functions, 9.8.1 and 9.8.2
 */
export const i0: OnNumbers<Unary> = operation('numpy', 'I0', 'x', (x: Operand): SymbolicTensor => {
  const magnitude = absolute(x)
  const near = polynomial(square(divide(minimum(magnitude, 3.75), 3.75)), SMALL)
  const large = maximum(magnitude, 3.75)
  const far = multiply(divide(exp(large), sqrt(large)), polynomial(divide(3.75, large), LARGE))
  return where(less(magnitude, 3.75), near, far)
})

const SMALL = [0.0045813, 0.0360768, 0.2659732, 1.2067492, 3.0899424, 3.5156229, 1]
const LARGE = [
  0.00392377, -0.01647633, 0.02635537, -0.02057706, 0.00916281, -0.00157565, 0.00225319, 0.01328592,
  0.39894228,
]
