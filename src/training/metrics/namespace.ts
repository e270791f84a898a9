// The namespace `metrics`: also those whose names are those of losses, and metrics as functions of `ops`.

import * as losses from '../../composed/losses/index.ts'
import * as functions from '../../composed/metrics.ts'
import { type Members, memberOf, type WrittenMember, writtenMember } from '../../layers/members.ts'
import type { MetricIdentifier } from '../metricByName.ts'
import * as classes from './index.ts'
import * as ofLosses from './ofLosses.ts'
import type { MadeMetric } from './standing.ts'

export {
  binaryCrossentropy,
  binaryFocalCrossentropy,
  categoricalCrossentropy,
  categoricalFocalCrossentropy,
  categoricalHinge,
  hinge,
  huber,
  klDivergence,
  logCosh,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  meanSquaredLogarithmicError,
  poisson,
  sparseCategoricalCrossentropy,
  squaredHinge,
} from '../../composed/losses/index.ts'
export {
  type BinaryOptions,
  binaryAccuracy,
  type CountOptions,
  categoricalAccuracy,
  type SparseCountOptions,
  sparseCategoricalAccuracy,
  sparseTopKCategoricalAccuracy,
  topKCategoricalAccuracy,
} from '../../composed/metrics.ts'
export * from './index.ts'
export { Metric } from './metricClass.ts'
export {
  BinaryCrossentropy,
  CategoricalCrossentropy,
  CategoricalHinge,
  CosineSimilarity,
  Hinge,
  KLDivergence,
  MeanAbsoluteError,
  MeanAbsolutePercentageError,
  MeanSquaredError,
  MeanSquaredLogarithmicError,
  Poisson,
  SparseCategoricalCrossentropy,
  SquaredHinge,
} from './ofLosses.ts'

// A function, so that bundlers leave out what a page does not name.
const all = (): Members => ({
  name: 'metrics',
  members: { ...losses, ...functions, ...ofLosses, ...classes },
  has: (given) => typeof given === 'function' || ('targetShape' in given && 'lower' in given),
})

/** A metric as a function of `ops`, as the names of losses and of accuracies have one. */
export type MetricFunction = (...args: never[]) => unknown

/**
 * The metric of a name: `'mse'` is the function {@link meanSquaredError}, `'AUC'` a metric of that class; of a config a metric with its
 * options. Metrics and functions are themselves, and null is null.
 *
 * @throws {RecurraError} if there is none of that name.
 * @see keras/src/metrics/__init__.py
 */
export const get = (identifier: MetricIdentifier | null): MadeMetric | MetricFunction | null =>
  memberOf(all(), 'get', identifier) as MadeMetric | MetricFunction | null

/** The metric of what {@link serialize} wrote. */
export const deserialize = (config: WrittenMember | string): MadeMetric | MetricFunction =>
  memberOf(all(), 'deserialize', config) as MadeMetric | MetricFunction

/** A metric by its class and options, or a function of this namespace by its name. */
export const serialize = (metric: MetricIdentifier): WrittenMember | string => writtenMember(all(), metric)
