// The best that one of two shares may be while the other is at least so much, of all thresholds: PrecisionAtRecall and its kin.

import { checkFinite, checkPositiveInteger } from '../../errors.ts'
import { option, required, type TableFor } from '../../util/options.ts'
import { defineMetric, type MetricConstructor, type MetricOptions } from '../defineMetric.ts'
import { quotient } from '../metricState.ts'
import { addCounts, type Counts, classId, countsState, readCounts, withClass } from './counts.ts'

export interface ConstrainedOptions extends MetricOptions {
  /** The number of thresholds, evenly from 0 to 1, of which the best is taken; `200` by default. */
  readonly numThresholds?: number
  /** The class, an index along the last axis, whose entries alone count; `null`, the default, is all. */
  readonly classId?: number | null
}

/** A constructor of a metric with a bound, from 0 to 1, which comes first or by its name. */
export type ConstrainedConstructor<Bound extends string> = MetricConstructor<
  ConstrainedOptions & Readonly<Record<Bound, number>>,
  | readonly [bound: number, options?: ConstrainedOptions]
  | readonly [options: ConstrainedOptions & Readonly<Record<Bound, number>>]
>

const common = {
  numThresholds: option(200, checkPositiveInteger),
  classId,
} satisfies TableFor<Omit<ConstrainedOptions, keyof MetricOptions>>

/** Thresholds evenly from 0 to 1; one alone is in the middle. */
const thresholdsOf = (count: number): number[] =>
  count === 1 ? [0.5] : Array.from({ length: count }, (_, i) => i / (count - 1))

type Share = (counts: Counts) => number

/** @param bound The option that bounds `constrained` from below; the value is the largest of `best`. */
/* @__NO_SIDE_EFFECTS__ */
const defineConstrained = <Bound extends string>(
  className: string,
  bound: Bound,
  constrained: Share,
  best: Share,
): ConstrainedConstructor<Bound> =>
  defineMetric(
    { names: [className], positional: [bound] },
    {
      ...common,
      [bound]: required<number>((where, name, value) => checkFinite(where, name, value, { min: 0, max: 1 })),
    } as typeof common & Record<'bound', ReturnType<typeof required<number>>>,
    ({ numThresholds }) => countsState(numThresholds),
    ({ numThresholds, classId: id, ...bounds }) => ({
      targetShape: withClass(className, id),
      lower: (graph, inputs, state) =>
        addCounts(graph, inputs, state, { thresholds: thresholdsOf(numThresholds), classId: id }),
      compute({ counts }) {
        const least = (bounds as Record<string, number>)[bound] ?? 0
        const feasible = readCounts(counts).filter((at) => constrained(at) >= least)
        return feasible.reduce((most, at) => Math.max(most, best(at)), 0)
      },
    }),
  )

const precision: Share = ({ truePositives, falsePositives }) =>
  quotient(truePositives, truePositives + falsePositives)
/** Recall, the same as sensitivity. */
const recall: Share = ({ truePositives, falseNegatives }) =>
  quotient(truePositives, truePositives + falseNegatives)
const specificity: Share = ({ trueNegatives, falsePositives }) =>
  quotient(trueNegatives, trueNegatives + falsePositives)

/** The best precision at thresholds where the recall is at least `recall`; 0 where there is none. */
export const PrecisionAtRecall: ConstrainedConstructor<'recall'> = defineConstrained(
  'PrecisionAtRecall',
  'recall',
  recall,
  precision,
)
export type PrecisionAtRecall = ReturnType<typeof PrecisionAtRecall>
/** The best recall at thresholds where the precision is at least `precision`; 0 where there is none. */
export const RecallAtPrecision: ConstrainedConstructor<'precision'> = defineConstrained(
  'RecallAtPrecision',
  'precision',
  precision,
  recall,
)
export type RecallAtPrecision = ReturnType<typeof RecallAtPrecision>
/** The best sensitivity, the share of positives that are found, where the specificity is at least `specificity`. */
export const SensitivityAtSpecificity: ConstrainedConstructor<'specificity'> = defineConstrained(
  'SensitivityAtSpecificity',
  'specificity',
  specificity,
  recall,
)
export type SensitivityAtSpecificity = ReturnType<typeof SensitivityAtSpecificity>
/** The best specificity, the share of negatives that are found, where the sensitivity is at least `sensitivity`. */
export const SpecificityAtSensitivity: ConstrainedConstructor<'sensitivity'> = defineConstrained(
  'SpecificityAtSensitivity',
  'sensitivity',
  recall,
  specificity,
)
export type SpecificityAtSensitivity = ReturnType<typeof SpecificityAtSensitivity>
