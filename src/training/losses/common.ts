// The losses at hand of every page, each one launch, forward and back.

import { elementwiseLossCodes } from '../../ops/codes.gen.ts'
import { type ElementwiseLossAttributes, elementwiseLoss } from '../../ops/losses.ts'
import {
  defineLossMaker,
  type LossDefinition,
  type LossMaker,
  type LossOptions,
  sameAsPrediction,
} from '../loss.ts'

/** A loss that is the mean over the last axis of a function of one prediction and one target. */
const elementwise = (attrs: ElementwiseLossAttributes): LossDefinition => ({
  targetShape: sameAsPrediction,
  lower: (graph, { predictions, targets, weights, count }) =>
    elementwiseLoss(graph, { predictions, targets, weights }, { ...attrs, ...count }).losses,
})

/** mean((p − t)²) */
export const MeanSquaredError: LossMaker<LossOptions> = defineLossMaker(
  ['MeanSquaredError', 'mean_squared_error', 'mse'],
  {},
  () => elementwise({ code: elementwiseLossCodes.meanSquaredError }),
)

/** mean(|p − t|) */
export const MeanAbsoluteError: LossMaker<LossOptions> = defineLossMaker(
  ['MeanAbsoluteError', 'mean_absolute_error', 'mae'],
  {},
  () => elementwise({ code: elementwiseLossCodes.meanAbsoluteError }),
)
