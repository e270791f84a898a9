// A metric without a model: `await metric.updateState(yTrue, yPred)`. Each update is a step of its own, with the metric's operations
// alone; its state lies on the host in between, so that no memory of a device outlives a call.

import { fail } from '../../errors.ts'
import { alignPlace } from '../../graph/graph.ts'
import { stepAlone } from '../../layers/rnn/stepAlone.ts'
import { GraphAlone } from '../../operations/alone.ts'
import { readOptions } from '../../util/options.ts'
import { type Shape, sameShape, showShape, sizeOf } from '../../util/shape.ts'
import { toTensor } from '../../util/tensor.ts'
import { type Given, readGiven } from '../givenAlone.ts'
import type { Metric, MetricValue } from '../metric.ts'
import type { MetricState, StateNumbers } from '../metricState.ts'

/** Where each tensor of a state lies, and the words of all. */
interface Layout {
  readonly state: MetricState
  readonly offsets: Readonly<Record<string, number>>
  readonly size: number
}

const optionTable = {
  sampleWeight: {
    fallback: null,
    read: (where: string, name: string, value: unknown) =>
      value === null || typeof value === 'number' ? value : toTensor(value, `${where}, ${name}`),
    write: () => undefined,
  },
} as const

export class MetricAlone {
  readonly #metric: Metric
  /** The state, and the shape of a sample's predictions that it is for; null before the first update. */
  #counted: { readonly sample: Shape; readonly layout: Layout; readonly words: Uint32Array } | null = null

  constructor(metric: Metric) {
    this.#metric = metric
  }

  get #where(): string {
    return `${this.#metric.className} "${this.#metric.name}"`
  }

  /** @param args Targets and predictions, or values, then options. */
  async update(args: readonly unknown[]): Promise<void> {
    const given = this.#read(args)
    const sample = given.predictions.shape.slice(1)
    const before = this.#counted
    if (before && !sameShape(before.sample, sample)) {
      fail(`${this.#where}.updateState`, {
        expected: `predictions ${showShape([null, ...before.sample])}, as before`,
        got: showShape(given.predictions.shape),
        remedy: 'Call resetState() first.',
      })
    }
    const layout = before?.layout ?? layOut(this.#metric.state(sample))
    const words = await this.#run(given, layout, before?.words ?? null)
    this.#counted = { sample, layout, words }
  }

  /** The value of what was counted; of nothing it is that of a state of zeros, where the metric has one. */
  value(): MetricValue {
    if (this.#metric.needsUpdate && !this.#counted) {
      fail(`${this.#where}.result`, {
        expected: 'something to be counted before',
        got: 'nothing',
        remedy: 'Call await metric.updateState(yTrue, yPred) first.',
      })
    }
    const { layout, words } = this.#counted ?? {
      layout: layOut(this.#metric.state([1])),
      words: null,
    }
    const numbers = Object.entries(layout.state).map(([name, tensor]) => {
      const offset = layout.offsets[name] ?? 0
      const count = sizeOf(tensor.shape)
      return [name, tensor.read(words?.subarray(offset, offset + count) ?? new Uint32Array(count))]
    })
    return this.#metric.compute(Object.fromEntries(numbers) as StateNumbers)
  }

  #read(args: readonly unknown[]): Given {
    const where = `${this.#where}.updateState`
    const { takesValues } = this.#metric
    const [yTrue, yPred] = takesValues ? [args[0], args[0]] : args
    const { sampleWeight: weights } = readOptions(where, optionTable, args[takesValues ? 1 : 2])
    return readGiven(this.#metric, { yTrue, yPred, weights }, where)
  }

  /** Runs a step on the state, and returns the state after it. */
  #run(given: Given, { state, offsets, size }: Layout, before: Uint32Array | null): Promise<Uint32Array> {
    const alone = new GraphAlone()
    const { graph } = alone
    const { predictions, targets, weights } = given
    alone.hold('totals', before ?? new Uint32Array(size))
    const values = {
      predictions: alone.place('predictions', predictions),
      targets: alone.place('targets', targets),
      weights: weights ? alone.place('weights', weights) : undefined,
    }
    const tensors = Object.entries(state).map(([name, { shape, dtype = 'u32' }]) => [
      name,
      graph.resident('totals', offsets[name] ?? 0, shape, dtype),
    ])
    this.#metric.lower(graph, values, Object.fromEntries(tensors), stepAlone(graph, this.#where))
    return alone.run('totals', size, before === null ? 1 : 0)
  }
}

function layOut(state: MetricState): Layout {
  let size = 0
  const offsets = Object.entries(state).map(([name, { shape }]) => {
    const offset = size
    size += alignPlace(sizeOf(shape))
    return [name, offset]
  })
  return { state, offsets: Object.fromEntries(offsets), size }
}
