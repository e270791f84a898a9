// A metric without a model: `await metric.updateState(yTrue, yPred)`. Each update is a step of its own, with the metric's operations
// alone; its state lies on the host in between, so that no memory of a device outlives a call.

import { backendFor } from '../../backends/select.ts'
import { STEPS, StepRing } from '../../backends/steps.ts'
import { compile } from '../../compiler/compile.ts'
import { fail } from '../../errors.ts'
import { alignPlace, Graph, type Value } from '../../graph/graph.ts'
import { stepAlone } from '../../layers/stepAlone.ts'
import { readOptions } from '../../util/options.ts'
import { type Shape, sameShape, showShape, sizeOf } from '../../util/shape.ts'
import { Tensor, toTensor } from '../../util/tensor.ts'
import { fitsSample } from '../loss.ts'
import type { Metric, MetricValue } from '../metric.ts'
import type { MetricState, StateNumbers } from '../metricState.ts'

/** What an update counts. */
interface Given {
  readonly predictions: Tensor
  readonly targets: Tensor
  readonly weights: Tensor | null
}

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
      value === null ? null : toTensor(value, `${where}, ${name}`),
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
    const read = (value: unknown, name: string): Tensor =>
      typeof value === 'number'
        ? new Tensor(Float32Array.of(value), [1])
        : toTensor(value, `${where}, ${name}`)
    const [yTrue, yPred] = takesValues ? [args[0], args[0]] : args
    const { sampleWeight: weights } = readOptions(where, optionTable, args[takesValues ? 1 : 2])
    const predictions = withColumns(read(yPred, takesValues ? 'values' : 'yPred'))
    const targets = read(yTrue, 'yTrue')
    const [rows = 0] = predictions.shape
    const expected = takesValues ? 'any' : this.#metric.targetShape(predictions.shape.slice(1))
    const fits = expected === 'any' || fitsSample(targets.shape, expected)
    if (targets.shape[0] !== rows || !fits) {
      fail(where, {
        expected: `targets ${showShape([rows, ...(expected === 'any' ? targets.shape.slice(1) : expected)])}`,
        got: showShape(targets.shape),
      })
    }
    const sample = expected === 'any' ? targets.shape.slice(1) : (expected as Shape)
    return {
      predictions,
      targets: reshaped(targets, [rows, ...sample]),
      weights: weights && ofRows(weights, predictions, where),
    }
  }

  /** Runs a step on the state, and returns the state after it. */
  async #run(
    given: Given,
    { state, offsets, size }: Layout,
    before: Uint32Array | null,
  ): Promise<Uint32Array> {
    const backend = await backendFor(() => 0)
    const graph = new Graph()
    const { predictions, targets, weights } = given
    const arenas = new Map<string, Float32Array | Uint32Array>([['totals', before ?? new Uint32Array(size)]])
    const place = (name: string, { data, shape }: Tensor): Value => {
      arenas.set(name, data)
      return graph.resident(name, 0, shape)
    }
    const values = {
      predictions: place('predictions', predictions),
      targets: place('targets', targets),
      weights: weights ? place('weights', weights) : undefined,
    }
    const tensors = Object.entries(state).map(([name, { shape, dtype = 'u32' }]) => [
      name,
      graph.resident('totals', offsets[name] ?? 0, shape, dtype),
    ])
    this.#metric.lower(graph, values, Object.fromEntries(tensors), stepAlone(graph, this.#where))
    for (const [name, numbers] of graph.constants) arenas.set(name, numbers)
    const plan = compile(graph, backend.traits)
    const ring = new StepRing(backend, 1)
    const buffers = new Map([[STEPS, ring.buffer]])
    try {
      for (const [name, words] of arenas) {
        const buffer = backend.createBuffer(name, Math.max(64, words.byteLength))
        buffers.set(name, buffer)
        backend.write(buffer, 0, words as Float32Array<ArrayBuffer>)
      }
      const executable = await backend.load(plan, (name) => {
        const buffer = buffers.get(name)
        if (!buffer) throw new TypeError(`a metric alone has no ${name}`)
        return buffer
      })
      try {
        await executable.accept()
        ring.write(plan.scalars, [{ start: 0, iteration: 1, reset: Number(before === null) }])
        executable.run(0)
        const totals = buffers.get('totals')
        return totals ? new Uint32Array(await backend.read(totals, 0, 4 * size)) : new Uint32Array()
      } finally {
        executable.dispose()
      }
    } finally {
      for (const buffer of buffers.values()) buffer.destroy()
    }
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

const reshaped = ({ data }: Tensor, shape: Shape): Tensor => new Tensor(data, shape)

/** Numbers by themselves are samples of one entry. */
const withColumns = (tensor: Tensor): Tensor =>
  tensor.shape.length > 1 ? tensor : reshaped(tensor, [tensor.data.length, 1])

/** Weights of the first axes of predictions; as in Keras one of an axis of 1 at the end is of the axes before. */
function ofRows(weights: Tensor, { shape }: Tensor, where: string): Tensor {
  const isColumn = weights.shape.length > 1 && weights.shape.at(-1) === 1
  const trimmed = isColumn ? weights.shape.slice(0, -1) : weights.shape
  if (trimmed.length > 0 && sameShape(trimmed, shape.slice(0, trimmed.length)))
    return reshaped(weights, trimmed)
  return fail(`${where}, sampleWeight`, {
    expected: `the first axes of ${showShape(shape)}`,
    got: showShape(weights.shape),
  })
}
