// What makes losses: of which kind their options are.

import { finite, flag, kind, nullable, oneOf, positive, text } from '../kinds.ts'
import type { Options } from './call.ts'

const anyInteger = kind([1, -1], Number.isSafeInteger, [0.5])
/** From 0 to 1, both included. */
const fraction = kind([0, 0.5, 1], (value) => typeof value === 'number' && value >= 0 && value <= 1)
const plainLoss = {
  name: text,
  reduction: nullable(oneOf('sum_over_batch_size', 'sum', 'mean', 'mean_with_sample_weight', 'none')),
}
const crossentropy = { ...plainLoss, fromLogits: flag, axis: anyInteger }
const smoothed = { ...crossentropy, labelSmoothing: fraction }
const focal = { ...smoothed, alpha: finite, gamma: finite }
/** An axis, several, or all. */
const folded = nullable(kind([1, [0, 1]], (value) => [value].flat().every(Number.isSafeInteger), [[0.5]]))

/** Constructors of losses by name. */
export const lossOptions: Readonly<Record<string, Options>> = {
  MeanSquaredError: plainLoss,
  MeanAbsoluteError: plainLoss,
  BinaryCrossentropy: smoothed,
  CategoricalCrossentropy: smoothed,
  SparseCategoricalCrossentropy: { ...crossentropy, ignoreClass: nullable(anyInteger) },
  MeanAbsolutePercentageError: plainLoss,
  MeanSquaredLogarithmicError: plainLoss,
  CosineSimilarity: { ...plainLoss, axis: anyInteger },
  LogCosh: plainLoss,
  KLDivergence: plainLoss,
  Poisson: plainLoss,
  BinaryFocalCrossentropy: { ...focal, applyClassBalancing: flag },
  CategoricalFocalCrossentropy: focal,
  CategoricalGeneralizedCrossEntropy: {
    ...plainLoss,
    q: kind([0.25], (value) => typeof value === 'number' && value > 0 && value < 1, [0, 1]),
  },
  Hinge: plainLoss,
  SquaredHinge: plainLoss,
  CategoricalHinge: plainLoss,
  Dice: { ...plainLoss, axis: folded },
  Tversky: { ...plainLoss, axis: folded, alpha: finite, beta: finite },
  Circle: { ...plainLoss, gamma: finite, margin: finite, removeDiagonal: flag },
  CTC: plainLoss,
  Huber: { ...plainLoss, delta: positive },
}
