// Metrics by what users and files call them.

import { isTensorFunction, ownOf, tracedFunction } from '../layers/functions.ts'
import type { OwnMetrics } from '../layers/own/ownNames.ts'
import type { OpenShape } from '../util/shape.ts'
import type { NamesIn, WordsOf } from '../util/spellings.ts'
import {
  type Entry,
  entriesIn,
  Family,
  type Identifier,
  isMade,
  type Loading,
  type NamedClass,
} from './identifiers.ts'
import type { Loss } from './loss.ts'
import { type GivenLoss, type LossName, laterLosses } from './lossByName.ts'
import { MeanAbsoluteError, MeanSquaredError } from './losses/common.ts'
import type { Metric } from './metric.ts'
import { meanOfLoss } from './metrics/meanOfLoss.ts'

/** A metric by name, 'accuracy' and 'crossentropy' too, which have three meanings, by the shapes. */
export type MetricIdentifier = MetricName | Metric | NamedClass<Metric> | GivenLoss

export const metricFamily = new Family<Metric>('a metric', ['accuracy', 'crossentropy'])

/** Losses that are other metrics: of another sign, and over other rows where a class is ignored. */
const OTHERS: readonly string[] = ['CosineSimilarity', 'SparseCategoricalCrossentropy']

/** Entries of losses as those of metrics, but of those that are others. */
export const asMetrics = (losses: object): readonly Entry<Metric>[] =>
  entriesIn<Loss>(losses).flatMap(({ names, make }) =>
    OTHERS.includes(names[0]) ? [] : [{ names, make: (config) => meanOfLoss(make(config)) }],
  )

metricFamily.addAll(asMetrics([MeanSquaredError, MeanAbsoluteError]))
for (const [names, load] of laterLosses) metricFamily.addLater(names, async () => asMetrics(await load()))

const ACCURACIES = 'BinaryAccuracy CategoricalAccuracy SparseCategoricalAccuracy'
const POSITIVES = 'Precision Recall TruePositives TrueNegatives FalsePositives FalseNegatives'
const RARE =
  'Accuracy ConcordanceCorrelation ConfusionMatrix PearsonCorrelation PrecisionAtRecall RecallAtPrecision SensitivityAtSpecificity SpecificityAtSensitivity F1Score FBetaScore BinaryIoU IoU MeanIoU OneHotIoU OneHotMeanIoU LogCoshError Mean MeanMetricWrapper Sum R2Score RootMeanSquaredError TopKCategoricalAccuracy SparseTopKCategoricalAccuracy'

/** Metrics by name, as `compile` takes them: Keras's classes, functions and aliases, losses too, and {@link OwnMetrics}. */
export type MetricName =
  | NamesIn<
      WordsOf<typeof ACCURACIES | typeof POSITIVES | typeof RARE> | 'AUC' | 'Accuracy acc' | 'crossentropy ce'
    >
  | LossName
  | keyof OwnMetrics

/** @param classes Names with blanks between. */
const addLater = (classes: string, load: () => Promise<object>, family = metricFamily): void =>
  family.addLater(classes.split(' '), async () => entriesIn(await load()))

const ofLosses = () => import('./metrics/ofLosses.ts')

addLater(ACCURACIES, () => import('./metrics/accuracies.ts'))
addLater(OTHERS.join(' '), ofLosses)
addLater('AUC', () => import('./metrics/auc.ts'))
addLater(POSITIVES, () => import('./metrics/positives.ts'))
addLater(RARE, () => import('./metrics/index.ts'))

/**
 * Metrics that are losses, too, by their classes: with options, as files have them, they are metrics, and take what metrics take. Names
 * alone stand for the losses, of which a page may have the code already.
 */
export const lossMetrics = new Family<Metric>('a metric')

addLater(
  'MeanSquaredError MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredLogarithmicError KLDivergence Poisson Hinge SquaredHinge CategoricalHinge BinaryCrossentropy CategoricalCrossentropy',
  ofLosses,
  lossMetrics,
)

/** The family that knows a metric by its class and options. */
const familyOf = (identifier: Identifier): Family<Metric> =>
  lossMetrics.has(identifier) ? lossMetrics : metricFamily

/** Of which labels the class is that 'accuracy' or 'crossentropy' means for predictions and targets of these shapes, the batch left out. */
function labelsOf(prediction: OpenShape, target: OpenShape): string {
  if (prediction.at(-1) === 1) return 'Binary'
  return target.length < prediction.length || target.at(-1) === 1 ? 'SparseCategorical' : 'Categorical'
}

/** What is measured by a name that does not say of which labels. */
const ofAnyLabels = (name: string): string | null =>
  /^acc(uracy)?$/i.test(name) ? 'Accuracy' : /^(ce|crossentropy)$/i.test(name) ? 'Crossentropy' : null

/**
 * The metric that an identifier stands for. Its name is the string as given, as Keras has it in the history.
 *
 * @param prediction Shapes without the batch, on which the meaning of 'accuracy' depends.
 * @param loss The loss of the output, since sparse targets come with a sparse loss; null for an output without one.
 */
export function getMetric(
  given: MetricIdentifier,
  prediction: OpenShape,
  loss: Loss | null,
  where: string,
): Metric {
  const identifier = ownOf(given)
  if (isTensorFunction(identifier)) return meanOfLoss(tracedFunction(where, identifier))
  if (isMade<Metric | Loss>(identifier)) return 'compute' in identifier ? identifier : meanOfLoss(identifier)
  if (typeof identifier !== 'string') return familyOf(identifier).get(identifier, where)
  const target = loss?.targetShape(prediction) ?? prediction
  const measured = ofAnyLabels(identifier)
  const className = measured
    ? labelsOf(prediction, target === 'any' ? prediction : target) + measured
    : identifier
  return metricFamily.get({ className, config: { name: identifier } }, where)
}

/** What must be loaded before `getMetric`; null if it is at hand. */
export function metricLoading(identifier: MetricIdentifier, where: string): Loading | null {
  if (isTensorFunction(identifier) || isMade<Metric | Loss>(identifier)) return null
  if (typeof identifier !== 'string') return familyOf(identifier).loadingOf(identifier, where)
  const measured = ofAnyLabels(identifier)
  if (!measured) return metricFamily.loadingOf(identifier, where)
  const loadings = ['Binary', 'SparseCategorical'].flatMap(
    (labels) => metricFamily.loadingOf(labels + measured, where) ?? [],
  )
  return loadings.length > 0 ? async () => void (await Promise.all(loadings.map((load) => load()))) : null
}
