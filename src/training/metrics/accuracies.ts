// How often predictions are right, by Keras's names: what 'accuracy' may mean.

import { checkFinite } from '../../errors.ts'
import type { Graph, Value } from '../../graph/graph.ts'
import { withRank } from '../../layers/lossInputs.ts'
import { type AccuracyKind, accuracy } from '../../ops/accuracy.ts'
import { option, type TableFor } from '../../util/options.ts'
import { defineMetric, type MetricConstructor, type MetricOptions } from '../defineMetric.ts'
import { classIndices, sameAsPrediction } from '../loss.ts'
import { type MetricInputs, meanOf, meanState } from '../metric.ts'

export interface ThresholdOptions extends MetricOptions {
  /** Predictions above this threshold count as 1; `0.5` by default. */
  readonly threshold?: number
}

const thresholdTable = { threshold: option(0.5, checkFinite) } satisfies TableFor<
  Omit<ThresholdOptions, keyof MetricOptions>
>

const rule = (kind: AccuracyKind, threshold?: number) => ({
  targetShape: kind === 'sparse' ? classIndices : sameAsPrediction,
  ...meanOf(
    (graph, inputs) => accuracy(graph, inputs, { kind, ...(threshold !== undefined && { threshold }) }).hits,
  ),
})

/**
 * Inputs whose weights are of single entries as rows of one entry each, which a share of entries can count: `[..., C]` is
 * `[..., C, 1]`.
 */
function byEntry(graph: Graph, inputs: MetricInputs): MetricInputs {
  const { predictions, targets, weights } = inputs
  if (weights?.shape.length !== predictions.shape.length) return inputs
  const column = (x: Value): Value => withRank(graph, x, x.shape.length + 1)
  return { predictions: column(predictions), targets: column(targets), weights }
}

const binary = (threshold: number) => {
  const { lower, ...others } = rule('binary', threshold)
  return {
    ...others,
    lower: (...[graph, inputs, state, step]: Parameters<typeof lower>) =>
      lower(graph, byEntry(graph, inputs), state, step),
  }
}

/** The share of entries on the right side of `threshold`. */
export const BinaryAccuracy: MetricConstructor<ThresholdOptions> = defineMetric(
  { names: ['BinaryAccuracy'], name: 'binary_accuracy' },
  thresholdTable,
  meanState,
  ({ threshold }) => binary(threshold),
)
export type BinaryAccuracy = ReturnType<typeof BinaryAccuracy>
/** How often the largest prediction is the largest target. */
export const CategoricalAccuracy: MetricConstructor<MetricOptions> = defineMetric(
  { names: ['CategoricalAccuracy'], name: 'categorical_accuracy' },
  {},
  meanState,
  () => rule('categorical'),
)
export type CategoricalAccuracy = ReturnType<typeof CategoricalAccuracy>
/** How often the largest prediction is the class that the target names. */
export const SparseCategoricalAccuracy: MetricConstructor<MetricOptions> = defineMetric(
  { names: ['SparseCategoricalAccuracy'], name: 'sparse_categorical_accuracy' },
  {},
  meanState,
  () => rule('sparse'),
)
export type SparseCategoricalAccuracy = ReturnType<typeof SparseCategoricalAccuracy>
