// `keras.random` by its names in camelCase: tensors of random numbers. With an integer as seed a function gives the same numbers in
// every step, as in Keras; without one, the default, it draws anew in each training step, by a seed that follows from `setSeed`, and with a
// SeedGenerator by one that follows from its own. Outside of functions that are traced, draws are numbers at once. A shape is a list of
// extents, or a symbolic tensor, whose shape is taken. Draws have no gradient.

import { checkExtent, checkFinite, checkInteger, describeValue, fail } from '../errors.ts'
import { shape as readShape, readShare } from '../layers/options.ts'
import { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { zeros } from './constants.ts'
import { declared, drawn, type Seed, type ShapeLike } from './drawing.ts'
import type { Dtype } from './dtype.ts'
import { add, divide, floor, less, log, minimum, multiply, negative, subtract } from './elementwise.ts'
import { getItem } from './indexing.ts'
import { axisOf, type Operand, shapeOfOperand } from './operation.ts'
import { argmax, sum } from './reductions.ts'
import { expandDims } from './shapes.ts'
import { argsort } from './sorting.ts'
import { take } from './taking.ts'

export type { Seed, ShapeLike } from './drawing.ts'
export { beta, gamma } from './gamma.ts'
export { SeedGenerator } from './seedGenerator.ts'

/** Numbers of the normal distribution. */
export const normal = declared(
  'normal',
  'shape mean=0 stddev=1 dtype=null seed=null',
  (shape: ShapeLike, mean = 0, stddev = 1, _dtype: Dtype = null, seed: Seed = null) =>
    drawn('random.normal', shape, { fn: 'normal', low: mean, high: stddev }, seed),
)

/** Numbers of the normal distribution within two standard deviations. */
export const truncatedNormal = declared(
  'truncatedNormal',
  'shape mean=0 stddev=1 dtype=null seed=null',
  (shape: ShapeLike, mean = 0, stddev = 1, _dtype: Dtype = null, seed: Seed = null) =>
    drawn('random.truncatedNormal', shape, { fn: 'truncatedNormal', low: mean, high: stddev }, seed),
)

/** Numbers from `minval` on and below `maxval`, all as likely. */
export const uniform = declared(
  'uniform',
  'shape minval=0 maxval=1 dtype=null seed=null',
  (shape: ShapeLike, minval = 0, maxval = 1, _dtype: Dtype = null, seed: Seed = null) =>
    drawn('random.uniform', shape, { fn: 'uniform', low: minval, high: maxval }, seed),
)

/** Integers from `minval` on and below `maxval`, all as likely. */
export const randint = declared(
  'randint',
  'shape minval maxval dtype=null seed=null',
  (shape: ShapeLike, minval: number, maxval: number, _dtype: Dtype = null, seed: Seed = null) => {
    const where = 'random.randint'
    const low = checkInteger(where, 'minval', minval)
    const high = checkInteger(where, 'maxval', maxval, { min: low + 1 })
    // A product that is rounded once is the same on both backends, a sum with it may not be. One that is rounded up to the end of the
    // range is the last integer.
    const draws = drawn(where, shape, { fn: 'uniform', low: 0, high: high - low }, seed)
    return add(minimum(floor(draws), high - low - 1), low)
  },
)

/** 1 with a probability, else 0: the sum of `counts` of these. */
export const binomial = declared(
  'binomial',
  'shape counts probabilities dtype=null seed=null',
  (
    shape: readonly number[],
    counts: number,
    probabilities: number,
    _dtype: Dtype = null,
    seed: Seed = null,
  ) => {
    const where = 'random.binomial'
    const tries = checkInteger(where, 'counts', counts, { min: 1, max: 1000 })
    const share = checkFinite(where, 'probabilities', probabilities, { min: 0, max: 1 })
    const extents = readShape(where, 'shape', shape) as readonly number[]
    const draws = drawn(where, [...extents, tries], { fn: 'uniform', low: 0, high: 1 }, seed)
    return sum(less(draws, share), -1)
  },
)

/** x / (1 − rate) where a draw keeps an entry, else 0, in training and in predictions alike. */
export const dropout = declared(
  'dropout',
  'inputs rate noiseShape=null seed=null',
  (inputs: SymbolicTensor, rate: number, noiseShape: ShapeLike | null = null, seed: Seed = null) => {
    const where = 'random.dropout'
    const share = readShare(where, 'rate', rate)
    if (!(inputs instanceof SymbolicTensor))
      return fail(where, { expected: 'a symbolic tensor', got: describeValue(inputs) })
    const draws = drawn(where, noiseShape ?? inputs, { fn: 'uniform', low: 0, high: 1 }, seed)
    // A share of 1 keeps nothing that would have to be scaled.
    return ifAtLeast(draws, share, share < 1 ? divide(inputs, 1 - share) : inputs)
  },
)

const ifAtLeast = (draws: Operand, least: number, x: Operand): SymbolicTensor =>
  multiply(x, subtract(1, less(draws, least)))

/** Classes by their logits [batch, classes]: as many draws of each row as `numSamples` says, [batch, numSamples]. */
export const categorical = declared(
  'categorical',
  'logits numSamples dtype=null seed=null',
  (logits: SymbolicTensor, numSamples: number, _dtype: Dtype = null, seed: Seed = null) => {
    const where = 'random.categorical'
    const count = checkExtent(where, 'numSamples', numSamples)
    const shape = shapeOfOperand(logits, where)
    if (shape.length !== 2)
      return fail(where, { expected: 'logits [batch, classes]', got: describeValue(shape) })
    const each = add(expandDims(logits, 1), zeros([count, 1]))
    // The largest of logits with noise of Gumbel's distribution is a class by its probability.
    const draws = drawn(where, each, { fn: 'uniform', low: 1e-7, high: 1 }, seed)
    return argmax(subtract(each, log(negative(log(draws)))), -1)
  },
)

/** The entries along an axis in a random order, all others alike. */
export const shuffle = declared(
  'shuffle',
  'x axis=0 seed=null',
  (x: SymbolicTensor, axis = 0, seed: Seed = null) => {
    const where = 'random.shuffle'
    const { length: rank } = shapeOfOperand(x, where)
    const at = axisOf(where, axis, rank)
    const row = getItem(
      x,
      Array.from({ length: rank }, (_, i) => (i === at ? null : 0)),
    )
    return take(x, argsort(drawn(where, row, { fn: 'uniform', low: 0, high: 1 }, seed), 0), at)
  },
)
