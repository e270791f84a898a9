// The numbers that steps of a class tell: what their methods return, by name, and the metrics that they update.

import { fail } from '../../errors.ts'
import { alignPlace, type Graph, PLACE_ALIGNMENT, type Value } from '../../graph/graph.ts'
import { accumulate } from '../../ops/accumulate.ts'
import { assign } from '../../ops/gather.ts'
import { reshape } from '../../ops/view.ts'
import type { Metric } from '../../training/metric.ts'
import {
  type MetricState,
  runningMean,
  type StateNumbers,
  type StateValues,
} from '../../training/metricState.ts'
import type { Logs } from '../../training/output.ts'
import { mapValues } from '../../util/mapValues.ts'
import { type OpenShape, sizeOf } from '../../util/shape.ts'
import { type Measure, Measures } from '../measures.ts'

/** The most numbers that steps of one kind tell. */
const MOST_LOGS = 32
/** Kinds of steps, each by the number that its steps leave in memory. */
export type OwnKind = 'train' | 'test'
const CODES = { train: 1, test: 2 } as const

const MEAN = { mean: runningMean() }

export class StepMeasures extends Measures {
  override readonly size: number
  /** The losses of outputs and the metrics that `compile` named, of which steps update those that they ask for. */
  readonly compiled: readonly Measures[]
  readonly #logs = { train: new Map<string, Measure>(), test: new Map<string, Measure>() }
  readonly #used = { train: new Set<Measures>(), test: new Set<Measures>() }
  readonly #metrics = new Map<object, Measure>()
  readonly #mostOfMetrics: number
  #ofMetrics = 0
  /** The kind of the steps whose numbers were read last. */
  #kind: OwnKind = 'train'

  /**
   * @param compiled Measures of `compile`, whose places are moved behind those of these.
   * @param metrics The metrics in the fields of the model.
   */
  constructor(compiled: readonly Measures[], metrics: readonly Metric[]) {
    super([], [], [], false)
    this.compiled = compiled
    let size = PLACE_ALIGNMENT * (1 + MOST_LOGS)
    for (const measures of compiled) {
      for (const { offsets } of measures.all)
        for (const name of Object.keys(offsets))
          (offsets as Record<string, number>)[name] = size + (offsets[name] ?? 0)
      size += measures.size
    }
    this.#ofMetrics = size
    this.size = size + metrics.reduce((sum, metric) => sum + wordsOf(metric.state([1])), 0)
    this.#mostOfMetrics = this.size
  }

  /** Starts a step's graph anew: what it tells is what it names from now on. */
  begin(graph: Graph, kind: OwnKind): void {
    this.#logs[kind].clear()
    this.#used[kind].clear()
    const x = graph.constant(Float32Array.of(CODES[kind]), [1])
    assign(graph, { x, destination: graph.resident('totals', 0, [1]) }, {})
  }

  /** Says that steps of a kind update measures of `compile`. */
  use(kind: OwnKind, measures: Measures): void {
    this.#used[kind].add(measures)
  }

  /**
   * Tells the mean of a number over batches.
   *
   * @param rows How much a batch counts.
   */
  log(
    graph: Graph,
    kind: OwnKind,
    name: string,
    { value, rows }: { readonly value: Value; readonly rows: number },
  ): void {
    const place = PLACE_ALIGNMENT * (1 + this.#logs[kind].size)
    this.#add(kind, name, { state: MEAN, offsets: { mean: place }, result: ({ mean }) => mean as number })
    const totals = graph.resident('totals', place, MEAN.mean.shape, 'u32')
    accumulate(graph, { values: reshape(graph, value, { shape: [1] }), totals }, { rows, isMean: true })
  }

  /** Tells the value of a metric. */
  logMetric(kind: OwnKind, name: string, metric: object, where: string): void {
    const found = this.#metrics.get(metric)
    if (found) this.#add(kind, name, found)
    else fail(where, { expected: 'metrics that the step has updated', got: `"${name}", which it has not` })
  }

  #add(kind: OwnKind, name: string, measure: Pick<Measure, 'state' | 'offsets' | 'result'>): void {
    const logs = this.#logs[kind]
    if (logs.size === MOST_LOGS)
      fail(name, { expected: `at most ${MOST_LOGS} numbers that a step returns`, got: 'more' })
    logs.set(name, { ...measure, name, output: 0 })
  }

  /** The state of a metric, of predictions of a shape without the batch. */
  stateOf(graph: Graph, metric: Metric, prediction: OpenShape, where: string): StateValues {
    let found = this.#metrics.get(metric)
    if (!found) {
      const state = metric.state(prediction)
      if (this.#ofMetrics + wordsOf(state) > this.#mostOfMetrics)
        fail(where, {
          expected: 'a metric in a field of the model',
          got: `${metric.className} "${metric.name}" elsewhere, or one whose state depends on predictions`,
        })
      const offsets = mapValues(state, ({ shape }) => {
        const offset = this.#ofMetrics
        this.#ofMetrics += alignPlace(sizeOf(shape))
        return offset
      })
      const result = (numbers: StateNumbers) => metric.compute(numbers)
      found = { name: metric.name, output: 0, metric, state, offsets, result }
      this.#metrics.set(metric, found)
    }
    const { state, offsets } = found
    return mapValues(state, ({ shape, dtype = 'u32' }, name) =>
      graph.resident('totals', offsets[name] ?? 0, shape, dtype),
    )
  }

  override get all(): readonly Measure[] {
    const own = [...this.#logs.train.values(), ...this.#logs.test.values()]
    return [...own, ...this.compiled.flatMap(({ all }) => all)]
  }

  override get names(): readonly string[] {
    const own = [...this.#logs[this.#kind].keys()]
    const compiled = [...this.#used[this.#kind]].flatMap(({ names }) => names)
    const names = new Set([...own, ...compiled])
    return names.has('loss') ? ['loss', ...[...names].filter((name) => name !== 'loss')] : [...names]
  }

  override logsOf(totals: Uint32Array): Logs {
    const [code] = new Float32Array(totals.slice(0, 1).buffer)
    this.#kind = code === CODES.test ? 'test' : 'train'
    const logs: Record<string, number> = {}
    for (const measures of this.#used[this.#kind]) Object.assign(logs, measures.logsOf(totals))
    for (const [name, measure] of this.#logs[this.#kind]) {
      const state = mapValues(measure.state, (tensor, key) => tensor.read(this.wordsOf(totals, measure, key)))
      logs[name] = measure.result(state as StateNumbers) as number
    }
    return Object.fromEntries(Object.entries(logs).sort(([a], [b]) => (a < b ? -1 : 1)))
  }
}

const wordsOf = (state: MetricState): number =>
  Object.values(state).reduce((sum, { shape }) => sum + alignPlace(sizeOf(shape)), 0)
