// Draws of the gamma and of the beta distribution. A try is kept or thrown away by another draw. There are always as many tries, of which
// the first that is kept counts: that none of them is, less likely than one in 10⁸, is as if the last one were.

import { checkPositive } from '../errors.ts'
import { shape as readShape } from '../layers/options.ts'
import { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { zeros } from './constants.ts'
import { declared, drawn, type Seed, type ShapeLike, seedsOf } from './drawing.ts'
import type { Dtype } from './dtype.ts'
import {
  add,
  divide,
  greater,
  less,
  log,
  logicalAnd,
  maximum,
  multiply,
  power,
  sqrt,
  square,
  subtract,
  where,
} from './elementwise.ts'
import { type Operand, shapeOfOperand } from './operation.ts'
import { argmax } from './reductions.ts'
import { expandDims, squeeze, zerosLike } from './shapes.ts'
import { takeAlongAxis } from './taking.ts'

/** At least 95 of 100 tries are kept. */
const TRIES = 6

/** The least number that is drawn, of which there is a logarithm. */
const LEAST = 2 ** -24

const checkShape = (name: string, option: string, value: Operand): Operand =>
  typeof value === 'number' ? checkPositive(name, option, value) : value

/** What a number of the distribution follows from: of a number it is known, of a tensor it is computed. */
function constantsOf(alpha: Operand): {
  d: Operand
  root: Operand
  exponent: Operand | null
  isSmall: Operand
} {
  if (typeof alpha === 'number') {
    const d = (alpha < 1 ? alpha + 1 : alpha) - 1 / 3
    return { d, root: Math.sqrt(9 * d), exponent: alpha < 1 ? 1 / alpha : null, isSmall: Number(alpha < 1) }
  }
  const isSmall = less(alpha, 1)
  const d = subtract(add(alpha, isSmall), 1 / 3)
  return { d, root: sqrt(multiply(d, 9)), exponent: divide(1, alpha), isSmall }
}

/** @see Marsaglia and Tsang (2000), A simple method for generating gamma variables */
function drawGamma(name: string, shape: ShapeLike, alpha: Operand, seed: Seed): SymbolicTensor {
  const [first = null, second = null, third = null] = seedsOf(name, seed, 3)
  const uniform = { fn: 'uniform', low: LEAST, high: 1 } as const
  const tried =
    shape instanceof SymbolicTensor
      ? add(expandDims(zerosLike(shape), -1), zeros([TRIES]))
      : [...(readShape(name, 'shape', shape) as readonly number[]), TRIES]
  const each = (of: Operand): Operand => (shapeOfOperand(of, name).length === 0 ? of : expandDims(of, -1))
  const { d, root, exponent, isSmall } = constantsOf(alpha)
  const x = drawn(name, tried, { fn: 'normal', low: 0, high: 1 }, first)
  const factor = add(divide(x, each(root)), 1)
  const v = multiply(square(factor), factor)
  const scale = each(d)
  const bound = add(multiply(square(x), 0.5), multiply(scale, add(subtract(1, v), log(maximum(v, LEAST)))))
  const isKept = logicalAnd(greater(v, 0), less(log(drawn(name, tried, uniform, second)), bound))
  const value = squeeze(takeAlongAxis(multiply(v, scale), argmax(isKept, -1, true), -1), -1)
  if (exponent === null) return value
  // A draw of alpha + 1 times a power of another one is a draw of an alpha below 1.
  return multiply(value, where(isSmall, power(drawn(name, value, uniform, third), exponent), 1))
}

/** Numbers of the gamma distribution of scale 1: `alpha`, above 0, is a number, or a tensor that broadcasts to the shape. */
export const gamma = declared(
  'gamma',
  'shape alpha dtype=null seed=null',
  (shape: ShapeLike, alpha: Operand, _dtype: Dtype = null, seed: Seed = null): SymbolicTensor =>
    drawGamma('random.gamma', shape, checkShape('random.gamma', 'alpha', alpha), seed),
)

/** Numbers of the beta distribution, from 0 to 1: `alpha` and `beta`, above 0, are numbers, or tensors that broadcast to the shape. */
export const beta = declared(
  'beta',
  'shape alpha beta dtype=null seed=null',
  (
    shape: ShapeLike,
    alpha: Operand,
    betaGiven: Operand,
    _dtype: Dtype = null,
    seed: Seed = null,
  ): SymbolicTensor => {
    const name = 'random.beta'
    const [first = null, second = null] = seedsOf(name, seed, 2)
    const one = drawGamma(name, shape, checkShape(name, 'alpha', alpha), first)
    const other = drawGamma(name, shape, checkShape(name, 'beta', betaGiven), second)
    return divide(one, add(one, other))
  },
)
