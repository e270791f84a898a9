// The losses at hand of every page, each one launch, forward and back.

import { elementwiseLossCodes } from '../../ops/codes.gen.ts'
import { type ElementwiseLossAttributes, elementwiseLoss } from '../../ops/losses.ts'
import {
  defineLoss,
  type LossConstructor,
  type LossDefinition,
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
export const MeanSquaredError: LossConstructor<LossOptions> = defineLoss(
  ['MeanSquaredError', 'mean_squared_error', 'mse'],
  {},
  () => elementwise({ code: elementwiseLossCodes.meanSquaredError }),
)

/** mean(|p − t|) */
export const MeanAbsoluteError: LossConstructor<LossOptions> = defineLoss(
  ['MeanAbsoluteError', 'mean_absolute_error', 'mae'],
  {},
  () => elementwise({ code: elementwiseLossCodes.meanAbsoluteError }),
)
