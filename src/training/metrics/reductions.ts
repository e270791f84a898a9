// The mean and the sum of values, and of what a function says, by Keras's names.

import { describeValue, fail } from '../../errors.ts'
import { isTensorFunction, type LossFunction, tracedFunction } from '../../layers/functions.ts'
import { accumulate } from '../../ops/accumulate.ts'
import { required, type TableFor } from '../../util/options.ts'
import { defineMetric, type MetricConstructor, type MetricOptions } from '../defineMetric.ts'
import { meanOf, meanState } from '../metric.ts'
import { exactSums } from '../metricState.ts'

/** Refuses to judge a model, which has targets and predictions. */
const refuse = (className: string): never =>
  fail(className, {
    expected: 'to be used alone, on values: await metric.updateState(values)',
    got: 'a metric of compile, which compares targets with predictions',
    remedy:
      'Give compile MeanMetricWrapper({ fn: (yTrue, yPred) => … }), or new MyMetric() of a class that extends Metric.',
  })

/**
 * Alone: the mean of values, by their weights. `updateState(values, { sampleWeight })` counts some.
 *
 * @see keras/src/metrics/reduction_metrics.py
 */
export const Mean: MetricConstructor<MetricOptions> = defineMetric(
  { names: ['Mean'], name: 'mean' },
  {},
  meanState,
  () => ({
    takesValues: true,
    targetShape: () => refuse('Mean'),
    ...meanOf((_graph, { predictions }) => predictions),
  }),
)

/**
 * Alone: the sum of values, each times its weight. `updateState(values, { sampleWeight })` counts some.
 *
 * @see keras/src/metrics/reduction_metrics.py
 */
export const Sum: MetricConstructor<MetricOptions> = defineMetric(
  { names: ['Sum'], name: 'sum' },
  {},
  () => ({ sum: exactSums(1) }),
  () => ({
    takesValues: true,
    targetShape: () => refuse('Sum'),
    lower(graph, { predictions: values, weights }, { sum: totals }) {
      accumulate(graph, { values, weights, totals }, { rows: values.shape[0] ?? 1 })
    },
    compute: ({ sum: [sum = 0] }) => sum,
  }),
)

export interface MeanMetricWrapperOptions extends MetricOptions {
  /** A function of `ops` of targets and predictions: a value a sample or time step. */
  readonly fn: LossFunction
}

type Arguments =
  | readonly [fn: LossFunction, options?: MetricOptions]
  | readonly [options: MeanMetricWrapperOptions]

/**
 * The mean of what a function of `ops` says of targets and predictions, by their weights. A function by itself in `metrics` is the same,
 * under its own name.
 *
 * @see keras/src/metrics/reduction_metrics.py
 */
export const MeanMetricWrapper: MetricConstructor<MeanMetricWrapperOptions, Arguments> = defineMetric(
  { names: ['MeanMetricWrapper'], positional: ['fn'] },
  {
    fn: required<LossFunction>((where, name, value) =>
      isTensorFunction(value)
        ? (value as LossFunction)
        : fail(where, { expected: `${name} to be a function of ops`, got: describeValue(value) }),
    ),
  } satisfies TableFor<Omit<MeanMetricWrapperOptions, keyof MetricOptions>>,
  meanState,
  ({ fn }) => {
    const values = tracedFunction('MeanMetricWrapper', fn)
    return {
      targetShape: () => 'any',
      ...meanOf((graph, inputs, step) => values.lower(graph, inputs, step)),
    }
  },
)
