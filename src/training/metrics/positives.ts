// Counts of true and false positives and negatives, by Keras's names, and what shares of them say: Precision and Recall.

import { checkExtent } from '../../errors.ts'
import { nullable, type TableFor } from '../../util/options.ts'
import { defineMetric, type MetricConstructor, type MetricOptions } from '../defineMetric.ts'
import { sameAsPrediction } from '../loss.ts'
import { quotient } from '../metricState.ts'
import {
  addCounts,
  type Counts,
  classId,
  countsState,
  oneOrAll,
  oneOrMoreThresholds,
  readCounts,
  withClass,
} from './counts.ts'

export interface CountOptions extends MetricOptions {
  /** Predictions above this threshold are positive, from 0 to 1; of a list there is a value for each. `0.5` by default. */
  readonly thresholds?: number | readonly number[] | null
}

const countTable = { thresholds: oneOrMoreThresholds } satisfies TableFor<
  Omit<CountOptions, keyof MetricOptions>
>

/* @__NO_SIDE_EFFECTS__ */
const defineCount = (className: string, kind: keyof Counts): MetricConstructor<CountOptions> =>
  defineMetric(
    { names: [className] },
    countTable,
    ({ thresholds }) => countsState([thresholds ?? 0.5].flat().length),
    ({ thresholds }) => ({
      targetShape: sameAsPrediction,
      lower: (graph, inputs, state) =>
        addCounts(graph, inputs, state, { thresholds: [thresholds ?? 0.5].flat() }),
      compute: ({ counts }) => oneOrAll(readCounts(counts).map((at) => at[kind])),
    }),
  )

/** How many predictions are above `thresholds` (0.5) where the target is not 0, by their weights. */
export const TruePositives: MetricConstructor<CountOptions> = defineCount('TruePositives', 'truePositives')
export type TruePositives = ReturnType<typeof TruePositives>
/** How many predictions are not above `thresholds` (0.5) where the target is 0, by their weights. */
export const TrueNegatives: MetricConstructor<CountOptions> = defineCount('TrueNegatives', 'trueNegatives')
export type TrueNegatives = ReturnType<typeof TrueNegatives>
/** How many predictions are above `thresholds` (0.5) where the target is 0, by their weights. */
export const FalsePositives: MetricConstructor<CountOptions> = defineCount('FalsePositives', 'falsePositives')
export type FalsePositives = ReturnType<typeof FalsePositives>
/** How many predictions are not above `thresholds` (0.5) where the target is not 0, by their weights. */
export const FalseNegatives: MetricConstructor<CountOptions> = defineCount('FalseNegatives', 'falseNegatives')
export type FalseNegatives = ReturnType<typeof FalseNegatives>

export interface ShareOptions extends MetricOptions {
  /**
   * Predictions above this threshold are positive, from 0 to 1; of a list there is a value for each. By default 0.5, with `topK`
   * none.
   */
  readonly thresholds?: number | readonly number[] | null
  /** Only so many of a row's largest predictions count as positive; `null`, the default, is all. */
  readonly topK?: number | null
  /** The class, an index along the last axis, whose entries alone count; `null`, the default, is all. */
  readonly classId?: number | null
}

const shareTable = {
  thresholds: oneOrMoreThresholds,
  topK: nullable(checkExtent),
  classId,
} satisfies TableFor<Omit<ShareOptions, keyof MetricOptions>>

/** Every prediction is above this threshold, but for Keras's stand-in for those that are not among the `topK`. */
const NO_THRESHOLD = -1e10

/** The thresholds that options give, or their default. */
const thresholdsOf = ({ thresholds, topK }: Pick<ShareOptions, 'thresholds' | 'topK'>): readonly number[] =>
  [thresholds ?? (topK === null ? 0.5 : NO_THRESHOLD)].flat()

/* @__NO_SIDE_EFFECTS__ */
const defineShare = (
  className: string,
  share: (counts: Counts) => readonly [of: number, all: number],
): MetricConstructor<ShareOptions> =>
  defineMetric(
    { names: [className] },
    shareTable,
    (config) => countsState(thresholdsOf(config).length),
    ({ topK, classId: id, ...config }) => ({
      targetShape: withClass(className, id),
      lower: (graph, inputs, state) =>
        addCounts(graph, inputs, state, { thresholds: thresholdsOf({ topK, ...config }), topK, classId: id }),
      compute: ({ counts }) => oneOrAll(readCounts(counts).map((at) => quotient(...share(at)))),
    }),
  )

/** The share of predictions above `thresholds` (0.5) whose target is not 0. */
export const Precision: MetricConstructor<ShareOptions> = defineShare(
  'Precision',
  ({ truePositives, falsePositives }) => [truePositives, truePositives + falsePositives],
)
export type Precision = ReturnType<typeof Precision>
/** The share of targets that are not 0 whose prediction is above `thresholds` (0.5). */
export const Recall: MetricConstructor<ShareOptions> = defineShare(
  'Recall',
  ({ truePositives, falseNegatives }) => [truePositives, truePositives + falseNegatives],
)
export type Recall = ReturnType<typeof Recall>
