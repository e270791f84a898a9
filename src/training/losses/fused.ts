// Losses that are one launch, forward and back: cross-entropies, which may fold another axis than the last, and means of functions of a
// prediction and a target.

import * as functions from '../../composed/losses/index.ts'
import { checkFinite, checkInteger, checkPositive, fail } from '../../errors.ts'
import type { Graph, Value } from '../../graph/graph.ts'
import { maskedWeights, type Reduction, withRank } from '../../layers/lossInputs.ts'
import { type CategoricalAttributes, categoricalCrossentropy } from '../../ops/categoricalCrossentropy.ts'
import type { ElementwiseLossAttributes } from '../../ops/losses.ts'
import { masking } from '../../ops/masking.ts'
import { rareElementwiseLoss } from '../../ops/rareElementwiseLoss.ts'
import { rareLossCodes } from '../../ops/rareLossCodes.gen.ts'
import { transpose } from '../../ops/transpose.ts'
import { flag, nullable, option, type TableFor } from '../../util/options.ts'
import { showShape } from '../../util/shape.ts'
import { classIndices, type LossDefinition, type LossOptions, sameAsPrediction } from '../loss.ts'
import { defineLoss, type LossConstructor } from './calledLoss.ts'
import { fusedRows } from './fusedRows.ts'

export interface CrossentropyOptions extends LossOptions {
  /** Whether predictions are logits, not probabilities; `false` by default. */
  readonly fromLogits?: boolean
  /** The axis that the loss folds, of classes; `-1`, the last, by default, and never the batch. */
  readonly axis?: number
}

export interface SmoothedCrossentropyOptions extends CrossentropyOptions {
  /** How far targets move towards the uniform distribution, from `0`, the default, to 1. */
  readonly labelSmoothing?: number
}

export interface SparseCrossentropyOptions extends CrossentropyOptions {
  /** A target, such as -1 or 255, whose rows do not count, as if masked; `null` by default: all count. */
  readonly ignoreClass?: number | null
}

type Own<Options> = TableFor<Omit<Options, keyof LossOptions>>

const axis = option(-1, (where, name, value) => checkInteger(where, name, value))
const fromLogits = flag(false)
const smoothed = {
  fromLogits,
  axis,
  labelSmoothing: option(0, (where, name, value) => checkFinite(where, name, value, { min: 0, max: 1 })),
} as const satisfies Own<SmoothedCrossentropyOptions>

/** The axis counted from the start; throws where predictions of a rank, with the batch, have none beside it. */
function placeOf(where: string, given: number, shape: readonly (number | null)[]): number {
  const at = given < 0 ? given + shape.length : given
  if (at > 0 && at < shape.length) return at
  return fail(where, { expected: `axis to be one of ${showShape(shape)} beside the batch`, got: `${given}` })
}

/** x with an axis at the end. */
function withLast(graph: Graph, x: Value, at: number): Value {
  const others = x.shape.map((_, k) => k).filter((k) => k !== at)
  return transpose(graph, { x }, { permutation: [...others, at] }).y
}

/** A loss that folds the last axis as one that folds another. */
function along(
  { lower, ...loss }: LossDefinition,
  where: string,
  given: number,
  sparse = false,
): LossDefinition {
  if (given === -1) return { lower, ...loss }
  return {
    ...loss,
    targetShape(prediction) {
      const at = placeOf(where, given, [null, ...prediction])
      return sparse ? prediction.filter((_, k) => k !== at - 1) : prediction
    },
    lower(graph, inputs, step) {
      const at = placeOf(where, given, inputs.predictions.shape)
      const predictions = withLast(graph, inputs.predictions, at)
      const targets = sparse ? inputs.targets : withLast(graph, inputs.targets, at)
      return lower(graph, { ...inputs, predictions, targets }, step)
    },
  }
}

/** A loss of class indices whose rows do not count where the index is `ignored`. */
const without = (
  { lower, ...loss }: LossDefinition,
  ignored: number,
  reduction: Reduction,
): LossDefinition => ({
  ...loss,
  lower(graph, inputs, step) {
    const { targets, unmasked } = inputs
    const x = withRank(graph, targets, targets.shape.length + 1)
    const { mask } = masking(graph, { x }, { value: ignored })
    return lower(graph, { ...inputs, weights: maskedWeights(graph, mask, reduction, unmasked) }, step)
  },
})

/** A loss that is the mean over the last axis of a function of one prediction and one target. */
const elementwise = (attrs: ElementwiseLossAttributes): LossDefinition => ({
  targetShape: sameAsPrediction,
  lower: (graph, { predictions, targets, weights, count }) =>
    rareElementwiseLoss(graph, { predictions, targets, weights }, { ...attrs, ...count }).losses,
})

/** −mean(t·log p + (1 − t)·log(1 − p)). */
export const BinaryCrossentropy: LossConstructor<SmoothedCrossentropyOptions> = defineLoss(
  ['BinaryCrossentropy', 'binary_crossentropy', 'bce'],
  smoothed,
  ({ axis: given, fromLogits, labelSmoothing: number }) => {
    const { binaryCrossentropy, binaryCrossentropyFromLogits } = rareLossCodes
    const code = fromLogits ? binaryCrossentropyFromLogits : binaryCrossentropy
    return along(elementwise({ code, number }), 'BinaryCrossentropy', given)
  },
  fusedRows(functions.binaryCrossentropy),
)
export type BinaryCrossentropy = ReturnType<typeof BinaryCrossentropy>

/** Cross-entropy of targets that are distributions or class indices. */
const categorical = (attrs: CategoricalAttributes): LossDefinition => ({
  targetShape: attrs.sparse ? classIndices : sameAsPrediction,
  lower: (graph, { predictions, targets, weights, count }) =>
    categoricalCrossentropy(graph, { predictions, targets, weights }, { ...attrs, ...count }).losses,
})

/** −Σ t·log p over classes, targets as distributions. */
export const CategoricalCrossentropy: LossConstructor<SmoothedCrossentropyOptions> = defineLoss(
  ['CategoricalCrossentropy', 'categorical_crossentropy', 'cce'],
  smoothed,
  ({ axis: given, fromLogits, labelSmoothing: smoothing }) =>
    along(categorical({ sparse: false, fromLogits, smoothing }), 'CategoricalCrossentropy', given),
  fusedRows(functions.categoricalCrossentropy),
)
export type CategoricalCrossentropy = ReturnType<typeof CategoricalCrossentropy>

/** −log p of the class that the target names by its index. */
export const SparseCategoricalCrossentropy: LossConstructor<SparseCrossentropyOptions> = defineLoss(
  ['SparseCategoricalCrossentropy', 'sparse_categorical_crossentropy'],
  {
    fromLogits,
    axis,
    ignoreClass: nullable<number>((where, name, value) => checkInteger(where, name, value)),
  } as const satisfies Own<SparseCrossentropyOptions>,
  ({ fromLogits, axis: given, ignoreClass: ignored, reduction }) => {
    const loss = along(
      categorical({ sparse: true, fromLogits }),
      'SparseCategoricalCrossentropy',
      given,
      true,
    )
    const counting = ignored === null ? loss : without(loss, ignored, reduction)
    return { ...counting, indices: { axis: given, ignored } }
  },
  fusedRows(functions.sparseCategoricalCrossentropy),
)
export type SparseCategoricalCrossentropy = ReturnType<typeof SparseCategoricalCrossentropy>

export interface HuberOptions extends LossOptions {
  /** The error above which the loss grows linearly; `1` by default. */
  readonly delta?: number
}

/** The mean of e²/2 where e = |p − t| is at most `delta` (1), and of delta·e − delta²/2 beyond. */
export const Huber: LossConstructor<HuberOptions> = defineLoss(
  ['Huber', 'huber_loss', 'huber'],
  { delta: option(1, checkPositive) } satisfies Own<HuberOptions>,
  ({ delta }) => elementwise({ code: rareLossCodes.huber, number: delta }),
  fusedRows(functions.huber),
)
export type Huber = ReturnType<typeof Huber>

/** 100·mean(|p − t| / |t|). */
export const MeanAbsolutePercentageError: LossConstructor<LossOptions> = defineLoss(
  ['MeanAbsolutePercentageError', 'mean_absolute_percentage_error', 'mape'],
  {},
  () => elementwise({ code: rareLossCodes.meanAbsolutePercentageError }),
  fusedRows(functions.meanAbsolutePercentageError),
)
export type MeanAbsolutePercentageError = ReturnType<typeof MeanAbsolutePercentageError>

/** mean((ln(1 + p) − ln(1 + t))²), of numbers that are not negative. */
export const MeanSquaredLogarithmicError: LossConstructor<LossOptions> = defineLoss(
  ['MeanSquaredLogarithmicError', 'mean_squared_logarithmic_error', 'msle'],
  {},
  () => elementwise({ code: rareLossCodes.meanSquaredLogarithmicError }),
  fusedRows(functions.meanSquaredLogarithmicError),
)
export type MeanSquaredLogarithmicError = ReturnType<typeof MeanSquaredLogarithmicError>

/** mean(ln cosh(p − t)). */
export const LogCosh: LossConstructor<LossOptions> = defineLoss(
  ['LogCosh', 'log_cosh'],
  {},
  () => elementwise({ code: rareLossCodes.logCosh }),
  fusedRows(functions.logCosh),
)
export type LogCosh = ReturnType<typeof LogCosh>

/** mean(p − t·ln p), of counts. */
export const Poisson: LossConstructor<LossOptions> = defineLoss(
  ['Poisson', 'poisson'],
  {},
  () => elementwise({ code: rareLossCodes.poisson }),
  fusedRows(functions.poisson),
)
export type Poisson = ReturnType<typeof Poisson>

/** Σ t·ln(t / p), of distributions. */
export const KLDivergence: LossConstructor<LossOptions> = defineLoss(
  ['KLDivergence', 'kl_divergence', 'kld'],
  {},
  () => ({
    targetShape: sameAsPrediction,
    // A sum is so many times the mean.
    lower: (graph, inputs, step) =>
      elementwise({
        code: rareLossCodes.klDivergence,
        number: inputs.predictions.shape.at(-1) ?? 1,
      }).lower(graph, inputs, step),
  }),
  fusedRows(functions.klDivergence),
)
export type KLDivergence = ReturnType<typeof KLDivergence>
