// Metrics of true and false positives and negatives at thresholds, by Keras's names: Precision, Recall, AUC.

import {
  checkBoolean,
  checkExtent,
  checkFinite,
  checkInteger,
  checkOneOf,
  describeValue,
  fail,
} from '../errors.ts'
import type { Graph, Value } from '../graph/graph.ts'
import { activation } from '../ops/activation.ts'
import { activations } from '../ops/activations.ts'
import { type ConfusionAttributes, confusion, MOST_THRESHOLDS } from '../ops/confusion.ts'
import { nullable, option, type TableFor, unsupported } from '../util/options.ts'
import { sameAsPrediction } from './loss.ts'
import { defineMetric, type MetricConstructor, type MetricInputs, type MetricOptions } from './metric.ts'
import { exactSums, quotient } from './metricState.ts'

/** Counts at one threshold. */
interface Counts {
  readonly truePositives: number
  readonly falsePositives: number
  readonly trueNegatives: number
  readonly falseNegatives: number
}

/** The state of a metric that is computed from counts at thresholds. */
const countsState = (thresholds: readonly number[]) => ({ counts: exactSums(4 * thresholds.length) })

/** Adds a training step's counts to the state. */
const countsAt = (attrs: Omit<ConfusionAttributes, 'rows'>) => ({
  targetShape: sameAsPrediction,
  lower(graph: Graph, inputs: MetricInputs, { counts: totals }: { readonly counts: Value }): void {
    const [rows = 1] = inputs.predictions.shape
    confusion(graph, { ...inputs, totals }, { rows, ...attrs })
  },
})

/** The counts of each threshold, as the kernel lays them out. */
const readCounts = (counts: Float64Array): Counts[] =>
  Array.from({ length: counts.length / 4 }, (_, i) => {
    const [truePositives = 0, falsePositives = 0, trueNegatives = 0, falseNegatives = 0] = counts.subarray(
      4 * i,
      4 * i + 4,
    )
    return { truePositives, falsePositives, trueNegatives, falseNegatives }
  })

const checkThreshold = (where: string, name: string, value: unknown): number =>
  checkFinite(where, name, value, { min: 0, max: 1 })

/** A threshold, or a list of one; null takes the default, which depends on `topK`. */
const oneThreshold = nullable<number, number | readonly [number]>((where, name, value) => {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (list.length === 1) return checkThreshold(where, name, list[0])
  return fail(where, {
    expected: `${name} to be one number, because a metric has one value`,
    got: describeValue(value),
    remedy: `Give a metric for each threshold, and each a name: { ${name}: 0.3, name: 'at_0.3' }.`,
  })
})

export interface ShareOptions extends MetricOptions {
  /** Predictions above this threshold are positive; between 0 and 1. By default 0.5, with `topK` none. */
  readonly thresholds?: number | readonly [number] | null
  /** Only so many of a row's largest predictions count as positive; `null`, the default, is all. */
  readonly topK?: number | null
  /** The class, an index along the last axis, whose entries alone count; `null`, the default, is all. */
  readonly classId?: number | null
}

const shareTable = {
  thresholds: oneThreshold,
  topK: nullable(checkExtent),
  classId: nullable((where, name, value) => checkInteger(where, name, value, { min: 0 })),
} satisfies TableFor<Omit<ShareOptions, keyof MetricOptions>>

/** Every prediction is above this threshold, but for Keras's stand-in for those that are not among the `topK`. */
const NO_THRESHOLD = -1e10

function defineShare(
  className: string,
  name: string,
  share: (counts: Counts) => readonly [of: number, all: number],
): MetricConstructor<ShareOptions> {
  return defineMetric(
    [className, name],
    shareTable,
    () => countsState([0]),
    ({ thresholds, topK, classId }) => ({
      ...countsAt({ thresholds: [thresholds ?? (topK === null ? 0.5 : NO_THRESHOLD)], topK, classId }),
      targetShape(prediction) {
        const classes = prediction.at(-1) ?? 1
        if (classId !== null && classId >= classes)
          fail(className, { expected: `classId to be less than the ${classes} classes`, got: `${classId}` })
        return prediction
      },
      result: ({ counts }) => quotient(...share(readCounts(counts)[0] as Counts)),
    }),
  )
}

/** The share of predictions above `thresholds` (0.5) whose target is not 0. */
export const Precision = defineShare('Precision', 'precision', ({ truePositives, falsePositives }) => [
  truePositives,
  truePositives + falsePositives,
])
/** The share of targets that are not 0 whose prediction is above `thresholds` (0.5). */
export const Recall = defineShare('Recall', 'recall', ({ truePositives, falseNegatives }) => [
  truePositives,
  truePositives + falseNegatives,
])

/** Keras's epsilon: the outer thresholds are this far below 0 and above 1, so that no prediction is beyond them. */
const EPSILON = 1e-7

/** `numThresholds` thresholds, evenly from 0 to 1, or the given ones with one more on either side. */
function thresholdsOf(count: number, given: readonly number[] | null): number[] {
  const inner =
    (given && [...given].sort((a, b) => a - b)) ??
    Array.from({ length: count - 2 }, (_, i) => (i + 1) / (count - 1))
  return [-EPSILON, ...inner, 1 + EPSILON]
}

function checkThresholds(where: string, name: string, value: unknown): readonly number[] {
  if (!Array.isArray(value) || value.length > MOST_THRESHOLDS - 2) {
    const expected = `${name} as a list of at most ${MOST_THRESHOLDS - 2} numbers`
    fail(where, { expected, got: describeValue(value) })
  }
  return value.map((threshold: unknown) => checkThreshold(where, name, threshold))
}

export interface AUCOptions extends MetricOptions {
  /** The number of thresholds, evenly from 0 to 1, at which the curve is computed; `200` by default. */
  readonly numThresholds?: number
  /** `'ROC'`, the default: recall by the rate of false positives; `'PR'`: precision by recall. */
  readonly curve?: 'ROC' | 'PR'
  /** How the area between two thresholds is approximated; `'interpolation'` by default. */
  readonly summationMethod?: 'interpolation' | 'minoring' | 'majoring'
  /** Thresholds between 0 and 1, instead of `numThresholds`; `null` by default. */
  readonly thresholds?: readonly number[] | null
  /** Whether predictions are logits, not probabilities; `false` by default. */
  readonly fromLogits?: boolean
}

/**
 * The area under the curve of recall by the rate of false positives, or of precision by recall, approximated at thresholds.
 *
 * @see keras/src/metrics/confusion_metrics.py
 */
export const AUC: MetricConstructor<AUCOptions> = defineMetric(
  ['AUC', 'auc'],
  {
    numThresholds: option(200, (where, name, value) =>
      checkInteger(where, name, value, { min: 2, max: MOST_THRESHOLDS }),
    ),
    curve: option('ROC', (where, name, value) => checkOneOf(where, name, value, ['ROC', 'PR'])),
    summationMethod: option('interpolation', (where, name, value) =>
      checkOneOf(where, name, value, ['interpolation', 'minoring', 'majoring']),
    ),
    thresholds: nullable(checkThresholds),
    multiLabel: unsupported(false),
    numLabels: unsupported(null),
    labelWeights: unsupported(null),
    fromLogits: option(false, checkBoolean),
  } satisfies TableFor<Omit<AUCOptions, keyof MetricOptions>>,
  ({ numThresholds, thresholds }) => countsState(thresholdsOf(numThresholds, thresholds)),
  ({ numThresholds, thresholds, fromLogits, curve, summationMethod }) => {
    const counted = countsAt({ thresholds: thresholdsOf(numThresholds, thresholds) })
    return {
      ...counted,
      lower(graph, inputs, state) {
        const { predictions: x } = inputs
        const predictions = fromLogits ? activation(graph, { x }, { code: activations.sigmoid.code }).y : x
        counted.lower(graph, { ...inputs, predictions }, state)
      },
      result({ counts: sums }) {
        const counts = readCounts(sums)
        if (curve === 'PR' && summationMethod === 'interpolation') return interpolatedPrecision(counts)
        const height = { interpolation: mean, minoring: Math.min, majoring: Math.max }[summationMethod]
        const points = counts.map(curve === 'ROC' ? pointOfRoc : pointOfPrecision)
        return pairs(points).reduce((area, [a, b]) => area + (a.x - b.x) * height(a.y, b.y), 0)
      },
    }
  },
)

const mean = (a: number, b: number): number => (a + b) / 2
const pairs = <T>(list: readonly T[]): (readonly [T, T])[] =>
  list.slice(1).map((next, i) => [list[i] as T, next])

interface Point {
  readonly x: number
  readonly y: number
}

const recallOf = ({ truePositives, falseNegatives }: Counts): number =>
  quotient(truePositives, truePositives + falseNegatives)

const pointOfRoc = (counts: Counts): Point => ({
  x: quotient(counts.falsePositives, counts.falsePositives + counts.trueNegatives),
  y: recallOf(counts),
})

const pointOfPrecision = (counts: Counts): Point => ({
  x: recallOf(counts),
  y: quotient(counts.truePositives, counts.truePositives + counts.falsePositives),
})

/** The area under precision by recall where true positives between two thresholds grow linearly with all positives. */
const interpolatedPrecision = (counts: readonly Counts[]): number =>
  pairs(counts).reduce((area, [a, b]) => {
    const [p, q] = [a.truePositives + a.falsePositives, b.truePositives + b.falsePositives]
    const gained = a.truePositives - b.truePositives
    const slope = quotient(gained, Math.max(p - q, 0))
    const intercept = b.truePositives - slope * q
    const ratio = p > 0 && q > 0 ? p / q : 1
    const all = Math.max(b.truePositives + b.falseNegatives, 0)
    return area + quotient(slope * (gained + intercept * Math.log(ratio)), all)
  }, 0)
