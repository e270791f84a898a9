// How predictions go with targets along an axis, by Keras's names.

import { checkInteger } from '../../errors.ts'
import type { SymbolicTensor } from '../../layers/symbolicTensor.ts'
import { add, divide, multiply, square, subtract } from '../../operations/elementwise.ts'
import { mean, std, varianceOf } from '../../operations/reductions.ts'
import { option, type Read, type TableFor } from '../../util/options.ts'
import { defineMetric, type MetricConstructor, type MetricOptions } from '../defineMetric.ts'
import { sameAsPrediction } from '../loss.ts'
import { meanOf, meanState } from '../metric.ts'
import { type MetricFunction, traced } from './traced.ts'

export interface CorrelationOptions extends MetricOptions {
  /** The axis along which targets and predictions are compared, or several, counted with the batch; `-1`, the last, by default. */
  readonly axis?: number | readonly number[]
}

type Axis = number | readonly number[]

const checkAxis: Read<Axis> = (where, name, value) =>
  Array.isArray(value) && value.length > 0
    ? value.map((axis) => checkInteger(where, name, axis))
    : checkInteger(where, name, value)

/* @__NO_SIDE_EFFECTS__ */
const defineCorrelation = (
  className: string,
  name: string,
  correlation: (axis: Axis) => MetricFunction,
): MetricConstructor<CorrelationOptions> =>
  defineMetric(
    { names: [className], name },
    { axis: option<Axis>(-1, checkAxis) } satisfies TableFor<Omit<CorrelationOptions, keyof MetricOptions>>,
    meanState,
    ({ axis }) => ({
      targetShape: sameAsPrediction,
      ...meanOf(traced(className, correlation(axis))),
    }),
  )

/**
 * Pearson's coefficient of targets and predictions along an axis, from −1 to 1, and its mean over samples.
 *
 * @see keras/src/metrics/correlation_metrics.py
 */
export const PearsonCorrelation: MetricConstructor<CorrelationOptions> = defineCorrelation(
  'PearsonCorrelation',
  'pearson_correlation',
  (axis) => (yTrue, yPred) => {
    const normal = (x: SymbolicTensor): SymbolicTensor =>
      divide(subtract(x, mean(x, axis, true)), std(x, axis, true))
    return mean(multiply(normal(yTrue), normal(yPred)), axis)
  },
)
export type PearsonCorrelation = ReturnType<typeof PearsonCorrelation>

/** Keras's epsilon, by which no divisor is 0. */
const EPSILON = 1e-7

/**
 * Lin's coefficient of targets and predictions along an axis, from −1 to 1, which counts different means and deviations, too, and its
 * mean over samples.
 *
 * @see keras/src/metrics/correlation_metrics.py
 */
export const ConcordanceCorrelation: MetricConstructor<CorrelationOptions> = defineCorrelation(
  'ConcordanceCorrelation',
  'concordance_correlation',
  (axis) => (yTrue, yPred) => {
    const [t, p] = [mean(yTrue, axis, true), mean(yPred, axis, true)]
    const covariance = multiply(subtract(yTrue, p), subtract(yPred, p))
    const spread = add(
      add(varianceOf(yTrue, axis, true), varianceOf(yPred, axis, true)),
      square(subtract(t, p)),
    )
    return mean(divide(multiply(2, covariance), add(spread, EPSILON)), axis)
  },
)
export type ConcordanceCorrelation = ReturnType<typeof ConcordanceCorrelation>
