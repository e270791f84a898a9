// Metrics that are the mean of a loss, by Keras's names. Where these are names of losses, too, they are in the namespace `metrics` alone.

import { checkInteger as integer } from '../../errors.ts'
import { withRank } from '../../layers/lossInputs.ts'
import { binary } from '../../ops/elementwise.ts'
import { masking } from '../../ops/masking.ts'
import { computed, flag, nullable, option } from '../../util/options.ts'
import { defineMetric, type MetricConstructor, type MetricOptions } from '../defineMetric.ts'
import type { Loss } from '../loss.ts'
import * as losses from '../losses/index.ts'
import { meanOf, meanState } from '../metric.ts'
import { quotient } from '../metricState.ts'

const checkInteger = (where: string, name: string, value: unknown): number => integer(where, name, value)

/** An option that the loss reads. */
const passed = computed<unknown>((_where, _name, value) => value)

/** @param own Options that the metric hands on to the loss. */
/* @__NO_SIDE_EFFECTS__ */
function defineOfLoss<Options extends MetricOptions = MetricOptions>(
  [className, ...aliases]: readonly [className: string, ...aliases: readonly string[]],
  name: string,
  make: (options: object) => Loss,
  own: readonly string[] = [],
  sign: 1 | -1 = 1,
): MetricConstructor<Options> {
  const table = Object.fromEntries(own.map((option) => [option, passed]))
  return defineMetric({ names: [className, ...aliases], name }, table, meanState, (config) => {
    const given = Object.entries(config).filter(
      ([option, value]) => own.includes(option) && value !== undefined,
    )
    const { targetShape, lower } = make(Object.fromEntries(given))
    return {
      targetShape,
      ...meanOf(lower),
      compute: ({ mean: [sum = 0, weights = 0] }) => sign * quotient(sum, weights),
    }
  })
}

/** The mean of (p − t)². */
export const MeanSquaredError: MetricConstructor<MetricOptions> = defineOfLoss(
  ['MeanSquaredError', 'mse'],
  'mean_squared_error',
  losses.MeanSquaredError,
)
export type MeanSquaredError = ReturnType<typeof MeanSquaredError>
/** The mean of |p − t|. */
export const MeanAbsoluteError: MetricConstructor<MetricOptions> = defineOfLoss(
  ['MeanAbsoluteError', 'mae'],
  'mean_absolute_error',
  losses.MeanAbsoluteError,
)
export type MeanAbsoluteError = ReturnType<typeof MeanAbsoluteError>
/** The mean of 100·|p − t| / |t|. */
export const MeanAbsolutePercentageError: MetricConstructor<MetricOptions> = defineOfLoss(
  ['MeanAbsolutePercentageError', 'mape'],
  'mean_absolute_percentage_error',
  losses.MeanAbsolutePercentageError,
)
export type MeanAbsolutePercentageError = ReturnType<typeof MeanAbsolutePercentageError>
/** The mean of (log(p + 1) − log(t + 1))². */
export const MeanSquaredLogarithmicError: MetricConstructor<MetricOptions> = defineOfLoss(
  ['MeanSquaredLogarithmicError', 'msle'],
  'mean_squared_logarithmic_error',
  losses.MeanSquaredLogarithmicError,
)
export type MeanSquaredLogarithmicError = ReturnType<typeof MeanSquaredLogarithmicError>
/** The mean of log(cosh(p − t)). */
export const LogCoshError: MetricConstructor<MetricOptions> = defineOfLoss(
  ['LogCoshError'],
  'logcosh',
  losses.LogCosh,
)
export type LogCoshError = ReturnType<typeof LogCoshError>

export interface CosineSimilarityOptions extends MetricOptions {
  /** The axis of the vectors that are compared; `-1`, the last, by default. */
  readonly axis?: number
}

/** The mean of the cosine between predictions and targets: 1 where they point alike, the opposite of the loss. */
export const CosineSimilarity: MetricConstructor<CosineSimilarityOptions> = defineOfLoss(
  ['CosineSimilarity'],
  'cosine_similarity',
  losses.CosineSimilarity,
  ['axis'],
  -1,
)
export type CosineSimilarity = ReturnType<typeof CosineSimilarity>
/** The mean of Σ t·log(t / p). */
export const KLDivergence: MetricConstructor<MetricOptions> = defineOfLoss(
  ['KLDivergence'],
  'kl_divergence',
  losses.KLDivergence,
)
export type KLDivergence = ReturnType<typeof KLDivergence>
/** The mean of p − t·log p. */
export const Poisson: MetricConstructor<MetricOptions> = defineOfLoss(['Poisson'], 'poisson', losses.Poisson)
export type Poisson = ReturnType<typeof Poisson>
/** The mean of max(1 − t·p, 0), for targets of −1 and 1, or of 0 and 1. */
export const Hinge: MetricConstructor<MetricOptions> = defineOfLoss(['Hinge'], 'hinge', losses.Hinge)
export type Hinge = ReturnType<typeof Hinge>
/** The mean of max(1 − t·p, 0)², for targets of −1 and 1, or of 0 and 1. */
export const SquaredHinge: MetricConstructor<MetricOptions> = defineOfLoss(
  ['SquaredHinge'],
  'squared_hinge',
  losses.SquaredHinge,
)
export type SquaredHinge = ReturnType<typeof SquaredHinge>
/** The mean of max(largest wrong − right + 1, 0). */
export const CategoricalHinge: MetricConstructor<MetricOptions> = defineOfLoss(
  ['CategoricalHinge'],
  'categorical_hinge',
  losses.CategoricalHinge,
)
export type CategoricalHinge = ReturnType<typeof CategoricalHinge>

export interface CrossentropyMetricOptions extends MetricOptions {
  /** Whether predictions are logits, not probabilities; `false` by default. */
  readonly fromLogits?: boolean
}
export interface SmoothedMetricOptions extends CrossentropyMetricOptions {
  /** How far targets move towards the uniform distribution, from `0`, the default, to 1. */
  readonly labelSmoothing?: number
}
export interface ClassesMetricOptions extends CrossentropyMetricOptions {
  /** The axis of classes; `-1`, the last, by default. */
  readonly axis?: number
}
export interface SparseMetricOptions extends ClassesMetricOptions {
  /**
   * A target whose rows count as 0, as in Keras, and where samples have weights not at all; `null`, the default, for none.
   */
  readonly ignoreClass?: number | null
}

/** The mean of −(t·log p + (1 − t)·log(1 − p)). */
export const BinaryCrossentropy: MetricConstructor<SmoothedMetricOptions> = defineOfLoss(
  ['BinaryCrossentropy', 'bce'],
  'binary_crossentropy',
  losses.BinaryCrossentropy,
  ['fromLogits', 'labelSmoothing'],
)
export type BinaryCrossentropy = ReturnType<typeof BinaryCrossentropy>
/** The mean of −Σ t·log p over classes. */
export const CategoricalCrossentropy: MetricConstructor<SmoothedMetricOptions & ClassesMetricOptions> =
  defineOfLoss(['CategoricalCrossentropy'], 'categorical_crossentropy', losses.CategoricalCrossentropy, [
    'fromLogits',
    'labelSmoothing',
    'axis',
  ])
export type CategoricalCrossentropy = ReturnType<typeof CategoricalCrossentropy>
/** The mean of −log p of the class that the target names. */
export const SparseCategoricalCrossentropy: MetricConstructor<SparseMetricOptions> = defineMetric(
  { names: ['SparseCategoricalCrossentropy'], name: 'sparse_categorical_crossentropy' },
  { fromLogits: flag(false), axis: option(-1, checkInteger), ignoreClass: nullable<number>(checkInteger) },
  meanState,
  ({ fromLogits, axis, ignoreClass }) => {
    const options = { fromLogits, axis, ignoreClass, reduction: 'none' } as const
    const { targetShape, lower } = losses.SparseCategoricalCrossentropy(options)
    const mean = meanOf(lower)
    return {
      targetShape,
      ...mean,
      lower(graph, { weights, ...inputs }, state, step) {
        if (weights === undefined || ignoreClass === null)
          return mean.lower(graph, { weights, ...inputs }, state, step)
        const { targets } = inputs
        const rank = targets.shape.length
        const { mask } = masking(graph, { x: withRank(graph, targets, rank + 1) }, { value: ignoreClass })
        const counted = binary(graph, { a: mask, b: withRank(graph, weights, rank) }, { fn: 'multiply' }).y
        mean.lower(graph, { weights: counted, ...inputs }, state, step)
      },
    }
  },
)
export type SparseCategoricalCrossentropy = ReturnType<typeof SparseCategoricalCrossentropy>
