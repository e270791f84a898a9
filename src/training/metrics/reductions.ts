// The mean and the sum of values, and of what a function says, by Keras's names.

import { describeValue, fail } from '../../errors.ts'
import { isTensorFunction, type LossFunction, tracedFunction } from '../../layers/functions.ts'
import type { SymbolicTensor } from '../../layers/symbolicTensor.ts'
import { accumulate } from '../../ops/accumulate.ts'
import { constructorOf } from '../../util/constructorOf.ts'
import { isOptions, option, required } from '../../util/options.ts'
import type { PlacedArguments } from '../../util/positional.ts'
import { defineMetric, type MetricConstructor, type MetricOptions } from '../defineMetric.ts'
import { meanOf, meanState } from '../metric.ts'
import { exactSums } from '../metricState.ts'
import type { MadeMetric } from './standing.ts'

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
export type Mean = ReturnType<typeof Mean>

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
export type Sum = ReturnType<typeof Sum>

export interface MeanMetricWrapperOptions extends MetricOptions {
  /** A function of `ops` of targets and predictions, and of an object of the further options: a value a sample or time step. */
  readonly fn: WrappedFunction
  /** Options of the function. */
  readonly [option: string]: unknown
}

/** What {@link MeanMetricWrapper} takes: a function of `ops`, or one of the namespaces `metrics` and `losses`. */
export type WrappedFunction = (
  yTrue: SymbolicTensor,
  yPred: SymbolicTensor,
  options?: Readonly<Record<string, never>>,
) => SymbolicTensor

type Arguments = PlacedArguments<
  [fn: WrappedFunction],
  Omit<MeanMetricWrapperOptions, 'fn'>,
  MeanMetricWrapperOptions
>

const defined = defineMetric(
  { names: ['MeanMetricWrapper'], positional: ['fn'] },
  {
    fn: required<WrappedFunction>((where, name, value) =>
      isTensorFunction(value) || (typeof value === 'function' && 'apply' in value && 'table' in value)
        ? (value as WrappedFunction)
        : fail(where, { expected: `${name} to be a function of ops`, got: describeValue(value) }),
    ),
    further: option<Readonly<Record<string, never>>>(
      {},
      (_where, _name, value) => value as Record<string, never>,
    ),
  },
  meanState,
  ({ fn, further }) => {
    const called: LossFunction = (yTrue, yPred) =>
      Object.keys(further).length > 0 ? fn(yTrue, yPred, further) : fn(yTrue, yPred)
    const values = tracedFunction('MeanMetricWrapper', called)
    return {
      targetShape: () => 'any',
      ...meanOf((graph, inputs, step) => values.lower(graph, inputs, step)),
    }
  },
)

/**
 * The mean of what a function of `ops` says of targets and predictions, by their weights. A function by itself in `metrics` is the same,
 * under its own name. Options that it does not know are the function's: `MeanMetricWrapper(metrics.binaryAccuracy, { threshold: 0.8 })`.
 *
 * @see keras/src/metrics/reduction_metrics.py
 */
export const MeanMetricWrapper: MetricConstructor<MeanMetricWrapperOptions, Arguments> =
  /* @__PURE__ */ (() =>
    Object.assign(
      constructorOf('MeanMetricWrapper', (...args: readonly unknown[]): MadeMetric => {
        const last = args.at(-1)
        if (!isOptions(last)) return defined(...args)
        const { fn, name, dtype, ...further } = last
        const own = Object.fromEntries(
          Object.entries({ fn, name, dtype }).filter(([, value]) => value !== undefined),
        )
        const metric = defined(...args.slice(0, -1), { ...own, further })
        // As in Keras files have the function's options beside the others.
        const { further: _, ...config } = metric.config
        return Object.assign(metric, { config: { ...config, ...further } })
      }),
      { names: defined.names },
    ))()
export type MeanMetricWrapper = ReturnType<typeof MeanMetricWrapper>
