// The numbers that steps of a class tell: what their methods return, by name, and the metrics that they update.

import { fail } from '../../errors.ts'
import { type Graph, PLACE_ALIGNMENT, type Value } from '../../graph/graph.ts'
import type { StepLowering } from '../../layers/call.ts'
import { accumulate } from '../../ops/accumulate.ts'
import { assign } from '../../ops/gather.ts'
import { MOST_GATES } from '../../ops/updateGate.ts'
import { reshape } from '../../ops/view.ts'
import type { Metric } from '../../training/metric.ts'
import { runningMean, type StateNumbers } from '../../training/metricState.ts'
import type { Logs } from '../../training/output.ts'
import { mapValues } from '../../util/mapValues.ts'
import { heldMeasure, isUpdated } from '../heldMetrics.ts'
import {
  HELD,
  type Measure,
  type Measured,
  Measures,
  type OutputTraining,
  type OutputValues,
} from '../measures.ts'

/** The most numbers that steps of one kind tell. */
const MOST_LOGS = 32
/** Kinds of steps, each by the number that its steps leave in memory. */
export type OwnKind = 'train' | 'test'
const CODES = { train: 1, test: 2 } as const

/** What of a step its numbers depend on. */
export interface StepSize {
  readonly kind: OwnKind
  /** Samples of the step. */
  readonly rows: number
}

/** A metric that a step tells. */
interface HeldMetric {
  readonly metric: object
  /** Whether it is no mistake that the step does not update it. */
  readonly isOptional: boolean
  /** What errors call the step. */
  readonly where: string
}

const MEAN = { mean: runningMean() }

export class StepMeasures extends Measures {
  override readonly size: number
  readonly #endOfState: number
  /** The losses of outputs. */
  readonly #losses: Measures
  /** The metrics that `compile` named, and those in fields. */
  readonly #metrics: Measures
  /** The mean of the loss that `this.metrics` begins with. */
  readonly #tracked: Measures
  readonly #logs = { train: new Map<string, Measure>(), test: new Map<string, Measure>() }
  /** What steps update of the measures of `compile`. */
  readonly #used = { train: new Set<Measures>(), test: new Set<Measures>() }
  /** The kind of the steps whose numbers were read last. */
  #kind: OwnKind = 'train'

  /**
   * @param measured What `compile` named, and metrics in fields.
   * @param tracker The mean of the loss, which steps update where they say so.
   */
  constructor(measured: Measured, tracker: Metric) {
    super({ training: [], names: [], predictions: [] })
    const withOnly = (kept: Partial<OutputTraining>, more: Partial<Measured>): Measures =>
      new Measures({
        ...measured,
        ...more,
        training: measured.training.map((each) => ({ ...each, ...kept })),
      })
    const start = PLACE_ALIGNMENT * (1 + MOST_LOGS)
    this.#losses = withOnly({ metrics: [], weightedMetrics: [] }, { held: [], start })
    this.#metrics = withOnly({ loss: null }, { start: this.#losses.size })
    const nothing = { loss: null, metrics: [], weightedMetrics: [] }
    this.#tracked = withOnly(nothing, { held: [tracker], start: this.#metrics.size })
    this.#endOfState = this.#tracked.size
    this.size = this.#endOfState + PLACE_ALIGNMENT * (MOST_GATES - 1)
  }

  /**
   * Where in `totals` an update of a step says how often it was skipped: the first one behind all other numbers, as that of a step that no class
   * says.
   */
  placeOfSkipped(update: number): number {
    return update === 0 ? this.size : this.#endOfState + PLACE_ALIGNMENT * (update - 1)
  }

  /** Starts a step's graph anew: what it tells is what it names from now on. */
  begin(graph: Graph, kind: OwnKind): void {
    this.#logs[kind].clear()
    this.#used[kind].clear()
    const x = graph.constant(Float32Array.of(CODES[kind]), [1])
    assign(graph, { x, destination: graph.resident('totals', 0, [1]) }, {})
  }

  /** Tells the losses of outputs of a step of so many rows. */
  trackLosses(graph: Graph, { kind, rows }: StepSize, losses: readonly Value[]): void {
    this.#losses.all.forEach(({ offsets }, i) => {
      const [value] = losses.slice(i)
      if (value) addTo(graph, offsets.mean ?? 0, { value, rows })
    })
    this.#used[kind].add(this.#losses)
  }

  /**
   * Adds the metrics of `compile` to a step of so many rows.
   *
   * @param isTold Whether the step tells them and those in fields, whatever it returns.
   */
  trackMetrics(
    step: StepLowering,
    { kind, rows }: StepSize,
    outputs: readonly (OutputValues | null)[],
    isTold: boolean,
  ): void {
    this.#metrics.lower(step, outputs, [], { rows, tracks: true })
    if (isTold) this.#used[kind].add(this.#metrics)
  }

  /** The metrics of `compile`. */
  get compiled(): readonly Measure[] {
    return this.#metrics.all.filter(({ output }) => output !== HELD)
  }

  /** Whether a step that says nothing else has metrics. */
  get hasMetrics(): boolean {
    return this.#metrics.all.length > 0
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
    addTo(graph, place, { value, rows })
  }

  /** Tells the value of a metric that the step has updated. */
  logMetric(graph: Graph, kind: OwnKind, name: string, { metric, isOptional, where }: HeldMetric): void {
    const found = this.compiled.find((measure) => measure === metric) ?? heldMeasure(this, metric)
    if (found && isUpdated(graph, found)) this.#add(kind, name, found)
    else if (!isOptional)
      fail(where, { expected: 'metrics that the step has updated', got: `"${name}", which it has not` })
  }

  #add(kind: OwnKind, name: string, measure: Pick<Measure, 'state' | 'offsets' | 'result'>): void {
    const logs = this.#logs[kind]
    if (logs.size === MOST_LOGS)
      fail(name, { expected: `at most ${MOST_LOGS} numbers that a step returns`, got: 'more' })
    logs.set(name, { ...measure, name, output: 0 })
  }

  override get all(): readonly Measure[] {
    const own = [...this.#logs.train.values(), ...this.#logs.test.values()]
    return [...own, ...this.#losses.all, ...this.#metrics.all, ...this.#tracked.all]
  }

  override get names(): readonly string[] {
    const own = [...this.#logs[this.#kind].values()].flatMap(({ name, keys = [name] }) => keys)
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
      const value = measure.result(state as StateNumbers)
      Object.assign(logs, measure.keys ? value : { [name]: value })
    }
    return Object.fromEntries(Object.entries(logs).sort(([a], [b]) => (a < b ? -1 : 1)))
  }
}

/** Adds a number to a running mean at a place. */
function addTo(
  graph: Graph,
  place: number,
  { value, rows }: { readonly value: Value; readonly rows: number },
): void {
  const totals = graph.resident('totals', place, MEAN.mean.shape, 'u32')
  accumulate(graph, { values: reshape(graph, value, { shape: [1] }), totals }, { rows, isMean: true })
}
