// Losses of numbers.

import { checkPositive } from '../../errors.ts'
import { softplus } from '../../operations/activations.ts'
import {
  absolute,
  add,
  clip,
  divide,
  lessEqual,
  log,
  log1p,
  maximum,
  multiply,
  negative,
  square,
  subtract,
  where,
} from '../../operations/elementwise.ts'
import { normalize } from '../../operations/normalizing.ts'
import { mean, sum } from '../../operations/reductions.ts'
import { option, type TableFor } from '../../util/options.ts'
import { axisOption, EPSILON, lossFunction, type RowLoss } from './lossFunction.ts'

/** mean((p − t)²) over the last axis. */
export const meanSquaredError: RowLoss = lossFunction('meanSquaredError', {}, (t, p) =>
  mean(square(subtract(p, t)), -1),
)

/** mean(|p − t|) over the last axis. */
export const meanAbsoluteError: RowLoss = lossFunction('meanAbsoluteError', {}, (t, p) =>
  mean(absolute(subtract(p, t)), -1),
)

/** 100·mean(|p − t| / |t|) over the last axis, where |t| is at least 1e-7. */
export const meanAbsolutePercentageError: RowLoss = lossFunction('meanAbsolutePercentageError', {}, (t, p) =>
  multiply(100, mean(absolute(divide(subtract(t, p), maximum(absolute(t), EPSILON))), -1)),
)

/** mean((ln(1 + p) − ln(1 + t))²) over the last axis, of numbers that are at least 1e-7. */
export const meanSquaredLogarithmicError: RowLoss = lossFunction('meanSquaredLogarithmicError', {}, (t, p) =>
  mean(square(subtract(log1p(maximum(p, EPSILON)), log1p(maximum(t, EPSILON)))), -1),
)

/** Options of the cosine similarity. */
export interface AxisOptions {
  /** The axis of the vectors, which the loss folds; `-1`, the last, by default. */
  readonly axis?: number
}

/** −cos of the angle between t and p as vectors along an axis: −1 where their directions agree. */
export const cosineSimilarity: RowLoss<AxisOptions> = lossFunction(
  'cosineSimilarity',
  { axis: axisOption } satisfies TableFor<AxisOptions>,
  (t, p, { axis }) => negative(sum(multiply(normalize(t, axis), normalize(p, axis)), axis)),
)

/** Options of Huber's loss. */
export interface DeltaOptions {
  /** The error above which the loss grows linearly; `1` by default. */
  readonly delta?: number
}

/** The mean over the last axis of e²/2 where e = |p − t| is at most `delta`, and of delta·e − delta²/2 beyond. */
export const huber: RowLoss<DeltaOptions> = lossFunction(
  'huber',
  { delta: option(1, checkPositive) } satisfies TableFor<DeltaOptions>,
  (t, p, { delta }) => {
    const error = subtract(p, t)
    const size = absolute(error)
    const far = subtract(multiply(delta, size), (delta * delta) / 2)
    return mean(where(lessEqual(size, delta), multiply(0.5, square(error)), far), -1)
  },
)

/** mean(ln cosh(p − t)) over the last axis. */
export const logCosh: RowLoss = lossFunction('logCosh', {}, (t, p) => {
  // Of |e| alone, so that the two exponentials of cosh cannot overflow.
  const size = absolute(subtract(p, t))
  return mean(subtract(add(size, softplus(multiply(-2, size))), Math.LN2), -1)
})

/** Σ t·ln(t / p) over the last axis, of distributions whose shares are at least 1e-7. */
export const klDivergence: RowLoss = lossFunction('klDivergence', {}, (t, p) => {
  const [target, predicted] = [clip(t, EPSILON, 1), clip(p, EPSILON, 1)]
  return sum(multiply(target, log(divide(target, predicted))), -1)
})

/** mean(p − t·ln p) over the last axis, of counts. */
export const poisson: RowLoss = lossFunction('poisson', {}, (t, p) =>
  mean(subtract(p, multiply(t, log(add(p, EPSILON)))), -1),
)
