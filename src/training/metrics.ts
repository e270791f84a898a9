// Metrics by Keras's names, and what an identifier stands for.

import { checkFinite } from '../errors.ts'
import { isTensorFunction, type LossFunction, tracedFunction } from '../layers/functions.ts'
import { type AccuracyKind, accuracy } from '../ops/accuracy.ts'
import { option, type TableFor } from '../util/options.ts'
import type { OpenShape } from '../util/shape.ts'
import { type Entry, Family, type Identified, isMade, type Loading } from './identifiers.ts'
import { classIndices, type Loss, sameAsPrediction } from './loss.ts'
import { entriesOf, laterLosses } from './lossByName.ts'
import { MeanAbsoluteError, MeanSquaredError } from './losses/common.ts'
import {
  defineMetric,
  type Metric,
  type MetricConstructor,
  type MetricOptions,
  meanOf,
  meanState,
  metricOf,
} from './metric.ts'

/** A metric that depends on the shapes: 'accuracy' has three meanings. */
export type MetricIdentifier = string | Identified | Metric | Loss | LossFunction

const accuracyOf = (
  names: readonly [className: string, name: string],
  kind: AccuracyKind,
): MetricConstructor<ThresholdOptions> =>
  defineMetric(
    names,
    { threshold: option(0.5, checkFinite) } satisfies TableFor<Omit<ThresholdOptions, keyof MetricOptions>>,
    meanState,
    ({ threshold }) => ({
      targetShape: kind === 'sparse' ? classIndices : sameAsPrediction,
      ...meanOf((graph, inputs) => accuracy(graph, inputs, { kind, threshold }).hits),
    }),
  )

export interface ThresholdOptions extends MetricOptions {
  /** Predictions above this threshold count as 1; `0.5` by default. */
  readonly threshold?: number
}

/** The share of entries on the right side of `threshold`. */
export const BinaryAccuracy = accuracyOf(['BinaryAccuracy', 'binary_accuracy'], 'binary')
/** How often the largest prediction is the largest target. */
export const CategoricalAccuracy: MetricConstructor<MetricOptions> = accuracyOf(
  ['CategoricalAccuracy', 'categorical_accuracy'],
  'categorical',
)
/** How often the largest prediction is the class that the target names. */
export const SparseCategoricalAccuracy: MetricConstructor<MetricOptions> = accuracyOf(
  ['SparseCategoricalAccuracy', 'sparse_categorical_accuracy'],
  'sparse',
)

export const metricFamily = new Family<Metric>('a metric', ['accuracy'])

for (const make of [BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy])
  metricFamily.add({ names: make.names, make })
metricFamily.addLater(
  ['AUC', 'Precision', 'Recall'],
  async () => (await import('./laterMetrics.ts')).laterMetrics,
)

/** The mean of a loss over all samples; as in Keras every loss is a metric, too. */
const meanOfLoss = ({ className, name, config, targetShape, lower }: Loss): Metric =>
  metricOf({ className, name, config }, meanState, { targetShape, ...meanOf(lower) })

/** Entries of losses as those of metrics. */
export const asMetrics = (losses: object): readonly Entry<Metric>[] =>
  entriesOf(losses).map(({ names, make }) => ({ names, make: (config) => meanOfLoss(make(config)) }))

metricFamily.addAll(asMetrics([MeanSquaredError, MeanAbsoluteError]))
for (const [names, load] of laterLosses) metricFamily.addLater(names, async () => asMetrics(await load()))

/** What 'accuracy' means for predictions and targets of these shapes, the batch left out. */
function accuracyKind(prediction: OpenShape, target: OpenShape): AccuracyKind {
  if (prediction.at(-1) === 1) return 'binary'
  const isSparse = target.length < prediction.length || target.at(-1) === 1
  return isSparse ? 'sparse' : 'categorical'
}

const isAccuracy = (identifier: MetricIdentifier): boolean =>
  identifier === 'accuracy' || identifier === 'acc'

/**
 * The metric that an identifier stands for. Its name is the string as given, as Keras has it in the history.
 *
 * @param prediction Shapes without the batch, on which the meaning of 'accuracy' depends.
 * @param loss The loss of the output, since sparse targets come with a sparse loss; null for an output without one.
 */
export function getMetric(
  identifier: MetricIdentifier,
  prediction: OpenShape,
  loss: Loss | null,
  where: string,
): Metric {
  if (isTensorFunction(identifier)) return meanOfLoss(tracedFunction(where, identifier))
  if (isMade<Metric | Loss>(identifier)) return 'result' in identifier ? identifier : meanOfLoss(identifier)
  if (typeof identifier !== 'string') return metricFamily.get(identifier, where)
  const name = identifier
  if (isAccuracy(name)) {
    const target = loss?.targetShape(prediction) ?? prediction
    const kind = accuracyKind(prediction, target === 'any' ? prediction : target)
    const make = {
      binary: BinaryAccuracy,
      categorical: CategoricalAccuracy,
      sparse: SparseCategoricalAccuracy,
    }[kind]
    return make({ name })
  }
  return { ...metricFamily.get(name, where), name }
}

/** What must be loaded before `getMetric`; null if it is at hand. */
export const metricLoading = (identifier: MetricIdentifier, where: string): Loading | null =>
  isAccuracy(identifier) || isTensorFunction(identifier) || isMade<Metric | Loss>(identifier)
    ? null
    : metricFamily.loadingOf(identifier, where)
