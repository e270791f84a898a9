// The interface of metrics, and two ways to define one. A metric's state over an epoch is on the device; the host reads it at the
// end and computes the value.

import { checkText } from '../errors.ts'
import type { Graph, Value } from '../graph/graph.ts'
import type { StepLowering } from '../layers/call.ts'
import { accumulate } from '../ops/accumulate.ts'
import { type Config, type OptionTable, option, readOptions, unsupported } from '../util/options.ts'
import type { OpenShape } from '../util/shape.ts'
import type { Identified } from './identifiers.ts'
import type { TargetShape } from './loss.ts'
import { exactSums, type MetricState, quotient, type StateNumbers, type StateValues } from './metricState.ts'

/** Tensors of one output: predictions [B, ..., C], targets of the same shape or as the metric says, weights [B] or [B, T]. */
export interface MetricInputs {
  readonly predictions: Value
  readonly targets: Value
  /** Present for `weightedMetrics` where the samples have weights. */
  readonly weights?: Value | undefined
}

export interface Metric extends Identified {
  /** The history's key. */
  readonly name: string
  readonly config: Readonly<Record<string, unknown>>
  /** The shape of targets for predictions of a shape, both without the batch. */
  targetShape(prediction: OpenShape): TargetShape
  /** The tensors of its state over an epoch, for predictions of a shape without the batch. */
  state(prediction: OpenShape): MetricState
  /** Adds the operations by which a step updates the state. */
  lower(graph: Graph, inputs: MetricInputs, state: StateValues, step: StepLowering): void
  /** The metric's value, computed on the host from the state at the end of an epoch. */
  result(state: StateNumbers): number
}

/** The definition of a metric, without its name. */
interface MetricDefinition<S extends MetricState> {
  targetShape(prediction: OpenShape): TargetShape
  lower(graph: Graph, inputs: MetricInputs, state: StateValues<S>, step: StepLowering): void
  result(state: StateNumbers<S>): number
}

/** The metric with a state and a definition. */
export const metricOf = <S extends MetricState>(
  identity: Pick<Metric, 'className' | 'name' | 'config'>,
  state: (prediction: OpenShape) => S,
  definition: MetricDefinition<S>,
): Metric => ({
  ...identity,
  state,
  // Callers do not know the state's tensors by name, but pass exactly the ones that `state` names.
  ...(definition as unknown as MetricDefinition<MetricState>),
})

/** Options of every metric. */
export interface MetricOptions {
  /** The history's key; by default Keras's name of the metric. */
  readonly name?: string
  /** The dtype policy; it has no effect, since sums are exact. */
  readonly dtype?: 'float32' | null
}

/** A constructor of metrics. */
export interface MetricConstructor<Options extends object = object> {
  (options?: Options): Metric
  /** Keras's names for the metric, the class's name first. */
  readonly names: readonly [className: string, ...others: readonly string[]]
}

/**
 * Defines a metric by Keras's names and returns its constructor.
 *
 * @param table The metric's options, beside `name`.
 * @param stateOf Returns the tensors of the state for given options and predictions of a shape.
 * @param define Returns the definition for given options.
 */
/* @__NO_SIDE_EFFECTS__ */
export function defineMetric<Table extends OptionTable, S extends MetricState>(
  names: readonly [className: string, name: string, ...aliases: readonly string[]],
  table: Table,
  stateOf: (config: Config<Table>, prediction: OpenShape) => S,
  define: (config: Config<Table>) => MetricDefinition<S>,
): MetricConstructor {
  const [className, name] = names
  const common = { name: option(name, checkText), dtype: unsupported('float32') }
  const make = (given: object = {}): Metric => {
    // The two tables together have all options.
    const config = readOptions(className, { ...table, ...common }, given) as unknown as Config<Table> &
      Config<typeof common>
    const state = (prediction: OpenShape): S => stateOf(config, prediction)
    return metricOf({ className, name: config.name, config }, state, define(config))
  }
  return Object.assign(make, { names })
}

/** The state of a mean: the sum of weighted values and the sum of weights. */
export const meanState = () => ({ mean: exactSums(2) })

/** The definition of a metric that is the mean of one value a row. */
export const meanOf = (
  values: (graph: Graph, inputs: MetricInputs, step: StepLowering) => Value,
): Omit<MetricDefinition<ReturnType<typeof meanState>>, 'targetShape'> => ({
  lower(graph, { weights, ...unweighted }, { mean: totals }, step) {
    const [rows = 1] = unweighted.predictions.shape
    accumulate(
      graph,
      { values: values(graph, unweighted, step), weights, totals },
      { rows, countsWeights: true },
    )
  },
  result: ({ mean: [sum = 0, weights = 0] }) => quotient(sum, weights),
})
