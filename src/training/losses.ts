// Losses by Keras's names; all exports are public. A loss is one value a row, which folds the last axis; training minimizes the mean
// over rows.

import { checkFinite, checkPositive, describeValue, fail } from '../errors.ts'
import { elementwiseLossCodes } from '../ops/codes.gen.ts'
import { categoricalCrossentropy, type ElementwiseLossAttributes, elementwiseLoss } from '../ops/losses.ts'
import { flag, option, type TableFor, unsupported } from '../util/options.ts'
import {
  classIndices,
  defineLoss,
  type LossConstructor,
  type LossDefinition,
  type LossOptions,
  sameAsPrediction,
} from './loss.ts'

const labelSmoothing = option(0, (where, name, value) => checkFinite(where, name, value, { min: 0, max: 1 }))
const onlyLastAxis = option<-1>(-1, (where, name, value) =>
  value === -1 ? -1 : fail(where, { expected: `${name} to be -1`, got: describeValue(value) }),
)

const smoothed = { fromLogits: flag(false), labelSmoothing, axis: onlyLastAxis } satisfies TableFor<
  Omit<SmoothedCrossentropyOptions, keyof LossOptions>
>

const elementwise = (attrs: ElementwiseLossAttributes): LossDefinition => ({
  targetShape: sameAsPrediction,
  lower: (graph, inputs) => elementwiseLoss(graph, inputs, attrs).losses,
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

export interface HuberOptions extends LossOptions {
  /** The error above which the loss grows linearly; `1` by default. */
  readonly delta?: number
}

/** The mean of e²/2 where e = |p − t| is at most `delta` (1), and of delta·e − delta²/2 beyond. */
export const Huber: LossConstructor<HuberOptions> = defineLoss(
  ['Huber', 'huber'],
  { delta: option(1, checkPositive) } satisfies TableFor<Omit<HuberOptions, keyof LossOptions>>,
  ({ delta }) => elementwise({ code: elementwiseLossCodes.huber, number: delta }),
)

export interface CrossentropyOptions extends LossOptions {
  /** Whether predictions are logits, not probabilities; `false` by default. */
  readonly fromLogits?: boolean
  /** The axis of classes: `-1`, the last. */
  readonly axis?: -1
}

export interface SmoothedCrossentropyOptions extends CrossentropyOptions {
  /** How far targets move towards the uniform distribution, from `0`, the default, to 1. */
  readonly labelSmoothing?: number
}

/** −mean(t·log p + (1 − t)·log(1 − p)). */
export const BinaryCrossentropy: LossConstructor<SmoothedCrossentropyOptions> = defineLoss(
  ['BinaryCrossentropy', 'binary_crossentropy', 'bce'],
  smoothed,
  ({ fromLogits, labelSmoothing: number }) => {
    const { binaryCrossentropy, binaryCrossentropyFromLogits } = elementwiseLossCodes
    return elementwise({ code: fromLogits ? binaryCrossentropyFromLogits : binaryCrossentropy, number })
  },
)

/** −Σ t·log p over classes, targets as distributions. */
export const CategoricalCrossentropy: LossConstructor<SmoothedCrossentropyOptions> = defineLoss(
  ['CategoricalCrossentropy', 'categorical_crossentropy', 'cce'],
  smoothed,
  ({ fromLogits, labelSmoothing: smoothing }) => ({
    targetShape: sameAsPrediction,
    lower: (graph, inputs) =>
      categoricalCrossentropy(graph, inputs, { sparse: false, fromLogits, smoothing }).losses,
  }),
)

/** −log p of the class that the target names by its index. */
export const SparseCategoricalCrossentropy: LossConstructor<CrossentropyOptions> = defineLoss(
  ['SparseCategoricalCrossentropy', 'sparse_categorical_crossentropy'],
  { fromLogits: flag(false), axis: onlyLastAxis, ignoreClass: unsupported(null) },
  ({ fromLogits }) => ({
    targetShape: classIndices,
    lower: (graph, inputs) => categoricalCrossentropy(graph, inputs, { sparse: true, fromLogits }).losses,
  }),
)
