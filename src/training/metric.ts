// What a metric is, and the ways to define one. What it accumulates over an epoch lies on the device; the host makes its value
// of that.

import { checkText } from '../errors.ts'
import type { Graph, Value } from '../graph/graph.ts'
import { accumulate } from '../ops/accumulate.ts'
import { type Config, type OptionTable, option, readOptions, unsupported } from '../util/options.ts'
import type { Shape } from '../util/shape.ts'
import type { Identified } from './identifiers.ts'
import { exactSums, type MetricState, quotient, type StateNumbers, type StateValues } from './metricState.ts'

/** Tensors of one output: predictions [B, ..., C], targets alike or as the metric asks, weights [B] or [B, T]. */
export interface MetricInputs {
  readonly predictions: Value
  readonly targets: Value
  /** Given to the metrics of `weightedMetrics` where the samples have weights. */
  readonly weights?: Value | undefined
}

export interface Metric extends Identified {
  /** The history's key. */
  readonly name: string
  readonly config: Readonly<Record<string, unknown>>
  /** The shape that targets must have for predictions of a shape, the batch left out. */
  targetShape(prediction: Shape): Shape
  /** What it accumulates over an epoch, for predictions of a shape, the batch left out. */
  state(prediction: Shape): MetricState
  /** Adds what a step adds to the state. */
  lower(graph: Graph, inputs: MetricInputs, state: StateValues): void
  /** The metric's value, on the host, of the state that an epoch leaves. */
  result(state: StateNumbers): number
}

/** How a metric is computed. */
interface MetricDefinition<S extends MetricState> {
  targetShape(prediction: Shape): Shape
  lower(graph: Graph, inputs: MetricInputs, state: StateValues<S>): void
  result(state: StateNumbers<S>): number
}

/** The metric that a state and its use make. */
export const metricOf = <S extends MetricState>(
  identity: Pick<Metric, 'className' | 'name' | 'config'>,
  state: (prediction: Shape) => S,
  definition: MetricDefinition<S>,
): Metric => ({
  ...identity,
  state,
  // Who calls these knows no tensor of the state by name, and hands over those that `state` names.
  ...(definition as unknown as MetricDefinition<MetricState>),
})

/** Options of every metric. */
export interface MetricOptions {
  /** The history's key; by default Keras's name of the metric. */
  readonly name?: string
  /** Sums are exact whatever the dtype policy. */
  readonly dtype?: 'float32' | null
}

/** Makes a metric of its options. */
export interface MetricConstructor<Options extends object = object> {
  (options?: Options): Metric
  /** Keras's names for it, that of the class first. */
  readonly names: readonly [className: string, ...others: readonly string[]]
}

/**
 * Defines a metric by Keras's names and returns its constructor.
 *
 * @param table Its options, beside `name`.
 * @param stateOf What it accumulates, by what the options say, for predictions of a shape.
 * @param define How it is computed, by what the options say.
 */
export function defineMetric<Table extends OptionTable, S extends MetricState>(
  names: readonly [className: string, name: string, ...aliases: readonly string[]],
  table: Table,
  stateOf: (config: Config<Table>, prediction: Shape) => S,
  define: (config: Config<Table>) => MetricDefinition<S>,
): MetricConstructor {
  const [className, name] = names
  const common = { name: option(name, checkText), dtype: unsupported('float32') }
  const make = (given: object = {}): Metric => {
    // All options are those of the two tables.
    const config = readOptions(className, { ...table, ...common }, given) as unknown as Config<Table> &
      Config<typeof common>
    const state = (prediction: Shape): S => stateOf(config, prediction)
    return metricOf({ className, name: config.name, config }, state, define(config))
  }
  return Object.assign(make, { names })
}

/** The state of a mean: the sum of weighted values and that of their weights. */
export const meanState = () => ({ mean: exactSums(2) })

/** How the mean of one value a row is computed. */
export const meanOf = (
  values: (graph: Graph, inputs: MetricInputs) => Value,
): Omit<MetricDefinition<ReturnType<typeof meanState>>, 'targetShape'> => ({
  lower(graph, { weights, ...unweighted }, { mean: totals }) {
    const [rows = 1] = unweighted.predictions.shape
    accumulate(graph, { values: values(graph, unweighted), weights, totals }, { rows, countsWeights: true })
  },
  result: ({ mean: [sum = 0, weights = 0] }) => quotient(sum, weights),
})
