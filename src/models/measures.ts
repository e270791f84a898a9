// The losses and metrics of a step. Their states lie in the arena `totals`, those of the losses first.

import { alignPlace, type Graph, type Value } from '../graph/graph.ts'
import type { StepLowering } from '../layers/call.ts'
import type { Reduction } from '../layers/lossInputs.ts'
import { accumulate } from '../ops/accumulate.ts'
import { sumOf } from '../ops/addAll.ts'
import { maskWeights } from '../ops/masks.ts'
import type { Loss, TargetShape } from '../training/loss.ts'
import type { Metric, MetricValue } from '../training/metric.ts'
import {
  type MetricState,
  runningMean,
  type StateNumbers,
  type StateValues,
} from '../training/metricState.ts'
import type { Logs } from '../training/output.ts'
import { mapValues } from '../util/mapValues.ts'
import { type OpenShape, sizeOf } from '../util/shape.ts'

/** The loss and metrics of one output. */
export interface OutputTraining {
  /** Null for an output that is not trained. */
  readonly loss: Loss | null
  /** What its loss is multiplied by in the sum of losses. */
  readonly lossWeight: number
  readonly metrics: readonly Metric[]
  /** Metrics that use sample weights. */
  readonly weightedMetrics: readonly Metric[]
  /** The shape of a sample's target; null if neither a loss nor a metric needs one. */
  readonly target: TargetShape | null
}

/** A loss or a metric: one number in the logs of an epoch. */
export interface Measure {
  /** Its key in histories. */
  readonly name: string
  readonly output: number
  /** The metric; none of a loss. */
  readonly metric?: Metric
  readonly state: MetricState
  /** Where in `totals` each tensor of the state starts. */
  readonly offsets: Readonly<Record<string, number>>
  result(state: StateNumbers): MetricValue
  /** The names of its values, where there are several. */
  readonly keys?: readonly string[] | undefined
}

/** Tensors of an output in a step. */
export interface OutputValues {
  readonly predictions: Value
  readonly targets: Value
  readonly weights: Value | undefined
  /** The mask of the predictions. */
  readonly mask: Value | null
}

/** What is measured. */
export interface Measured {
  readonly training: readonly OutputTraining[]
  /** Names of the outputs. */
  readonly names: readonly string[]
  /** Shapes of a sample's predictions. */
  readonly predictions: readonly OpenShape[]
  /** Whether layers or regularizers add to the loss, `false` by default. */
  readonly hasAdded?: boolean
  /** Metrics in fields of the model and its layers, whose code updates them. */
  readonly held?: readonly Metric[]
  /** Where in `totals` the states start, 0 by default. */
  readonly start?: number
}

/** Stands for the output of metrics in fields, which are of none. */
export const HELD = -1

/** A sample's predictions, for metrics in fields: which they get is known where code updates them. */
const ANY_SAMPLE: OpenShape = [1]

/** The mean of a loss over an epoch: of the losses of batches, weighted by their rows. */
const lossMean = { state: { mean: runningMean() }, result: ({ mean }: StateNumbers) => mean as number }

export class Measures {
  readonly #losses: readonly (Measure & { readonly loss: Loss; readonly share: number })[]
  /** What layers and regularizers add to the loss. */
  readonly added: Measure | null
  readonly #metrics: (Measure & { readonly metric: Metric; readonly isWeighted: boolean })[]
  /** Words of `totals` up to the end of the states. */
  readonly size: number

  constructor({ training, names, predictions, hasAdded, held = [], start = 0 }: Measured) {
    const naming = new Naming()
    const prefixes = names.map((name) => (names.length === 1 ? '' : `${name}_`))
    let size = start
    const layOut = (state: MetricState): Measure['offsets'] =>
      mapValues(state, ({ shape }) => {
        const offset = size
        size += alignPlace(sizeOf(shape))
        return offset
      })
    const trained = training.filter(({ loss }) => loss !== null).length
    this.#losses = training.flatMap(({ loss, lossWeight: share }, output) => {
      if (loss === null) return []
      // If there is one loss only, it has no prefix, even if there are several outputs.
      const name = naming.next(trained === 1 ? 'loss' : `${prefixes[output]}loss`)
      return [{ ...lossMean, name, output, loss, share, offsets: layOut(lossMean.state) }]
    })
    this.added = hasAdded ? { ...lossMean, name: '', output: 0, offsets: layOut(lossMean.state) } : null
    const measureOf = (metric: Metric, output: number, isWeighted: boolean) => {
      const state = metric.state(predictions[output] ?? ANY_SAMPLE)
      const name = naming.metric(prefixes[output] ?? '', metric.name, isWeighted)
      const result = (numbers: StateNumbers): MetricValue => metric.compute(numbers)
      const { keys } = metric
      return { name, keys, output, metric, isWeighted, state, offsets: layOut(state), result }
    }
    const metricsOf = (isWeighted: boolean) =>
      training.flatMap(({ metrics, weightedMetrics }, output) =>
        (isWeighted ? weightedMetrics : metrics).map((metric) => measureOf(metric, output, isWeighted)),
      )
    this.#metrics = [
      ...metricsOf(false),
      ...metricsOf(true),
      ...held.map((metric) => measureOf(metric, HELD, false)),
    ]
    // Keras has those of several outputs by name.
    if (names.length > 1) this.#metrics.sort((a, b) => (a.name < b.name ? -1 : 1))
    this.size = size
  }

  /** All numbers of their own, in the order of evaluate's list. */
  get all(): readonly Measure[] {
    return [...this.#losses, ...this.#metrics]
  }

  /** Whether the loss is a sum that no measure has the name of. */
  get #hasTotal(): boolean {
    return this.#losses.length !== 1
  }

  /** Names in the order of evaluate's list: the loss, then metrics. */
  get names(): readonly string[] {
    const names = this.all.flatMap(({ name, keys = [name] }) => keys)
    return this.#hasTotal ? ['loss', ...names] : names
  }

  /**
   * Adds the losses to a step and, if `tracks`, the updates of all states.
   *
   * @param outputs Tensors of each output; null for an output without loss and metrics.
   * @param added What layers add to the loss, one number each.
   * @returns The losses.
   */
  lower(
    step: StepLowering,
    outputs: readonly (OutputValues | null)[],
    added: readonly Value[],
    { rows, tracks }: { readonly rows: number; readonly tracks: boolean },
  ): Value[] {
    const { graph } = step
    const stateOf = (measure: Measure): StateValues => tensorsOf(graph, measure)
    const lossOf = (output: number) => this.#losses.find((each) => each.output === output)?.loss
    const weighed = outputs.map(
      (values, i) => values && { ...values, ...weightingsOf(graph, values, lossOf(i)?.reduction) },
    )
    const losses = this.#losses.flatMap(({ loss, output, share }) => {
      const values = weighed[output]
      if (!values) return []
      const { predictions, targets, lossWeights: weights, isSum } = values
      const inputs = { predictions, targets, weights, unmasked: values, count: { isSum, share } }
      return loss.lower(graph, inputs, step)
    })
    losses.push(...added)
    if (!tracks) return losses
    const track = (measure: Measure, values: Value, isSum = false): void => {
      const { mean: totals } = stateOf(measure)
      if (totals) accumulate(graph, { values, totals }, { rows, isMean: !isSum, isSum })
    }
    this.#losses.forEach((measure, i) => {
      track(measure, losses[i] as Value, weighed[measure.output]?.isSum)
    })
    if (this.added && added.length > 0) track(this.added, sumOf(graph, added))
    for (const measure of this.#metrics) {
      const values = weighed[measure.output]
      if (!values) continue
      const { predictions, targets, weights, masked } = values
      const { metric, isWeighted } = measure
      const both = (metric.takesMask && masked) || [undefined, weights]
      metric.lower(graph, { predictions, targets, weights: both[Number(isWeighted)] }, stateOf(measure), step)
    }
    return losses
  }

  /** The values from the contents of `totals`, sorted by name as in Keras. Those of a metric may be lists, see {@link Logs}. */
  logsOf(totals: Uint32Array): Logs {
    const read = (measure: Measure): MetricValue =>
      measure.result(
        mapValues(measure.state, (tensor, name) => tensor.read(this.wordsOf(totals, measure, name))),
      )
    const addition = this.added ? (read(this.added) as number) : 0
    const logs = this.all.flatMap((measure): [string, number][] => {
      const value = read(measure)
      return measure.keys ? Object.entries(value) : [[measure.name, value as number]]
    })
    // As in Keras weights of losses show in their sum alone.
    const sum = this.#losses.reduce((sum, loss) => sum + loss.share * (read(loss) as number), addition)
    if (this.#hasTotal) logs.push(['loss', sum])
    else if (logs[0]) logs[0][1] = sum
    return Object.fromEntries(logs.sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  /** The words of a tensor of a number's state. */
  wordsOf(totals: Uint32Array, { state, offsets }: Measure, name: string): Uint32Array {
    const offset = offsets[name] ?? 0
    return totals.subarray(offset, offset + sizeOf(state[name]?.shape ?? []))
  }
}

/** The tensors of a measure's state. */
export const tensorsOf = (graph: Graph, { state, offsets }: Measure): StateValues =>
  mapValues(state, ({ shape, dtype = 'u32' }, name) =>
    graph.resident('totals', offsets[name] ?? 0, shape, dtype),
  )

/** What weighs the losses and metrics of an output. */
interface Weightings {
  readonly lossWeights: Value | undefined
  /** Whether the losses of rows are summed. */
  readonly isSum: boolean
  /** Where the predictions have a mask, what weighs a metric that takes it: without the weights of samples, and with them. */
  readonly masked?: readonly Value[] | null
}

function weightingsOf(graph: Graph, { mask, weights }: OutputValues, reduction?: Reduction): Weightings {
  // Where no weights were given, Keras's reduction by weights is the mean.
  const divisor = reduction === 'mean_with_sample_weight' && weights
  const isSum = reduction === 'sum' || !!divisor
  const weighing = mask ?? divisor
  if (!weighing) return { lossWeights: weights, isSum }
  const { scaled, plain } = maskWeights(graph, { mask: weighing, weights }, { byWeight: isSum })
  const masked = mask && [weights ? maskWeights(graph, { mask }, {}).plain : plain, plain]
  return { lossWeights: reduction === 'sum' ? plain : scaled, isSum, masked }
}

/** Makes names unique, as Keras does. */
class Naming {
  readonly #seen = new Map<string, number>()

  next(name: string): string {
    const count = this.#seen.get(name) ?? 0
    this.#seen.set(name, count + 1)
    return count ? `${name}_${count}` : name
  }

  /** The name of a metric; a weighted metric whose name is taken has the prefix `weighted_`. */
  metric(prefix: string, name: string, isWeighted: boolean): string {
    const full = prefix + name
    return this.next(isWeighted && this.#seen.has(full) ? `${prefix}weighted_${name}` : full)
  }
}
