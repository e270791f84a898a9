// The interface of metrics, and what one is made of. A metric's state over an epoch is on the device; the host reads it at the
// end and computes the value.

import type { Graph, Value } from '../graph/graph.ts'
import type { StepLowering } from '../layers/call.ts'
import { accumulate } from '../ops/accumulate.ts'
import type { OpenShape } from '../util/shape.ts'
import type { NestedArray } from '../util/tensor.ts'
import type { Identified } from './identifiers.ts'
import type { TargetShape } from './loss.ts'
import {
  exactSums,
  type MetricState,
  quotient,
  type StateNumbers,
  type StateTensor,
  type StateValues,
} from './metricState.ts'

/** Tensors of one output: predictions [B, ..., C], targets of the same shape or as the metric says, weights [B] or [B, T]. */
export interface MetricInputs {
  readonly predictions: Value
  readonly targets: Value
  /** Present for `weightedMetrics` where the samples have weights, and where a metric takes the mask of the predictions. */
  readonly weights?: Value | undefined
}

/**
 * The value of a metric: a number; a list where there is one for each threshold or class, which histories and logs hold as it is; or
 * several values by names of their own, which are further entries of histories and logs.
 */
export type MetricValue = NestedArray | Readonly<Record<string, NestedArray>>

export interface Metric extends Identified {
  /** The history's key. */
  readonly name: string
  /** Its options, in camelCase. */
  readonly config: Readonly<Record<string, unknown>>
  /** @internal Whether it takes values alone, without targets. */
  readonly takesValues?: boolean
  /** @internal Whether the mask of the predictions weighs its rows, as in Keras that of means of one value a row. */
  readonly takesMask?: boolean
  /** @internal Whether it has no value before something is counted. */
  readonly needsUpdate?: boolean
  /** @internal The names of its values, where there are several. */
  readonly keys?: readonly string[] | undefined
  /** @internal The shape of targets for predictions of a shape, both without the batch. */
  targetShape(prediction: OpenShape): TargetShape
  /** @internal The tensors of its state over an epoch, for predictions of a shape without the batch. */
  state(prediction: OpenShape): MetricState
  /** @internal Adds the operations by which a step updates the state. */
  lower(graph: Graph, inputs: MetricInputs, state: StateValues, step: StepLowering): void
  /** @internal The metric's value, computed on the host from the state at the end of an epoch. */
  compute(state: StateNumbers): MetricValue
}

/** The definition of a metric, without its name. */
export interface MetricDefinition<S extends MetricState> {
  /** Whether it takes values alone, without targets. */
  readonly takesValues?: boolean
  /** Whether the mask of the predictions is among the weights. */
  readonly takesMask?: boolean
  targetShape(prediction: OpenShape): TargetShape
  lower(graph: Graph, inputs: MetricInputs, state: StateValues<S>, step: StepLowering): void
  compute(state: StateNumbers<S>): MetricValue
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

/** The state of a mean: the sum of weighted values and the sum of weights. */
export const meanState = (): { mean: StateTensor<Float64Array> } => ({ mean: exactSums(2) })

/** The definition of a metric that is the mean of one value a row. */
export const meanOf = (
  values: (graph: Graph, inputs: MetricInputs, step: StepLowering) => Value,
): Omit<MetricDefinition<ReturnType<typeof meanState>>, 'targetShape'> => ({
  takesMask: true,
  lower(graph, { weights, ...unweighted }, { mean: totals }, step) {
    const [rows = 1] = unweighted.predictions.shape
    accumulate(
      graph,
      { values: values(graph, unweighted, step), weights, totals },
      { rows, countsWeights: true },
    )
  },
  compute: ({ mean: [sum = 0, weights = 0] }) => quotient(sum, weights),
})
