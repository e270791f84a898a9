// What metrics of true and false positives and negatives share: counts at thresholds, over an epoch.

import { checkFinite, checkInteger, describeValue, fail } from '../../errors.ts'
import type { Graph, Value } from '../../graph/graph.ts'
import { type ConfusionAttributes, confusion } from '../../ops/confusion.ts'
import { nullable, type OptionalOption } from '../../util/options.ts'
import type { OpenShape } from '../../util/shape.ts'
import type { MetricInputs } from '../metric.ts'
import { exactSums, type StateTensor } from '../metricState.ts'

/** Counts at one threshold, each entry by its weight. */
export interface Counts {
  readonly truePositives: number
  readonly falsePositives: number
  readonly trueNegatives: number
  readonly falseNegatives: number
}

/** What is counted, and at which thresholds. */
export interface Counting extends Omit<ConfusionAttributes, 'rows' | 'intervals' | 'isWide'> {
  readonly thresholds: readonly number[]
}

/** The state of a metric that is computed from counts: of each threshold, and of each label there. */
export const countsState = (thresholds: number, labels = 1): { counts: StateTensor<Float64Array> } => ({
  counts: exactSums(4 * thresholds * labels),
})

/** By how much thresholds that count as even may be off, and in proportion to them. */
const NEAR = 1e-7
const NEARLY = 1e-5

/** Whether thresholds lie evenly from 0 to 1; either end may be off a little, so that no prediction is beyond it. */
const areEven = (thresholds: readonly number[]): boolean =>
  thresholds.length > 2 &&
  thresholds.every((threshold, i) => {
    const even = i / (thresholds.length - 1)
    return Math.abs(threshold - even) <= NEAR + NEARLY * even
  })

/**
 * Adds a training step's counts to the state.
 *
 * @see keras/src/metrics/metrics_utils.py, update_confusion_matrix_variables
 */
export function addCounts(
  graph: Graph,
  inputs: MetricInputs,
  { counts: totals }: { readonly counts: Value },
  { thresholds, ...counting }: Counting,
): void {
  const [rows = 1] = inputs.predictions.shape
  const values = graph.constant(Float32Array.from(thresholds), [thresholds.length])
  confusion(
    graph,
    { ...inputs, thresholds: values, totals },
    {
      rows,
      ...counting,
      intervals: areEven(thresholds) ? thresholds.length - 1 : 0,
      isWide: (thresholds[0] ?? 0) < 0 || (thresholds.at(-1) ?? 0) > 1,
    },
  )
}

/** The counts of each threshold, label by label, as the kernel lays them out. */
export const readCounts = (counts: Float64Array): Counts[] =>
  Array.from({ length: counts.length / 4 }, (_, i) => {
    const [truePositives = 0, falsePositives = 0, trueNegatives = 0, falseNegatives = 0] = counts.subarray(
      4 * i,
      4 * i + 4,
    )
    return { truePositives, falsePositives, trueNegatives, falseNegatives }
  })

const checkThreshold = (where: string, name: string, value: unknown): number =>
  checkFinite(where, name, value, { min: 0, max: 1 })

/** Thresholds, each from 0 to 1. */
export function checkThresholds(where: string, name: string, value: unknown): readonly number[] {
  if (Array.isArray(value) && value.length > 0) return value.map((each) => checkThreshold(where, name, each))
  return fail(where, { expected: `${name} as a list of numbers from 0 to 1`, got: describeValue(value) })
}

/** Thresholds, or one by itself. */
export const oneOrMoreThresholds: OptionalOption<
  number | readonly number[] | null,
  number | readonly number[] | null
> = nullable((where, name, value) =>
  Array.isArray(value) ? checkThresholds(where, name, value) : checkThreshold(where, name, value),
)

/** A class, an index along the last axis. */
export const classId: OptionalOption<number | null> = nullable((where, name, value) =>
  checkInteger(where, name, value, { min: 0 }),
)

/** Targets as predictions, which have the class that counts. */
export const withClass =
  (className: string, id: number | null) =>
  (prediction: OpenShape): OpenShape => {
    const classes = prediction.at(-1) ?? 1
    if (id !== null && id >= classes)
      fail(className, { expected: `classId to be less than the ${classes} classes`, got: `${id}` })
    return prediction
  }

/** The value of one threshold, or the list of those of several. */
export const oneOrAll = (values: readonly number[]): number | readonly number[] =>
  values.length === 1 ? (values[0] as number) : values
