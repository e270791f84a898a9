// Operations without a model: a step of its own on data, of which no memory of a device outlives a call. Loaded with the first.

import { backendFor } from '../backends/select.ts'
import { STEPS, StepRing } from '../backends/steps.ts'
import { compile } from '../compiler/compile.ts'
import { impossible } from '../errors.ts'
import { Graph, type Value } from '../graph/graph.ts'
import { stepAlone } from '../layers/rnn/stepAlone.ts'
import type { SymbolicTensor } from '../layers/symbolicTensor.ts'
import { assign } from '../ops/gather.ts'
import { type Shape, sizeOf } from '../util/shape.ts'
import { Tensor, toTensor } from '../util/tensor.ts'
import { lowerTraced } from './tracedLoss.ts'

/** A graph in the making, with the data that its tensors lie in. */
export class GraphAlone {
  readonly graph = new Graph()
  readonly #arenas = new Map<string, Float32Array | Uint32Array>()

  /** Makes data a tensor of the graph. */
  place(name: string, { data, shape }: Tensor): Value {
    this.hold(name, data)
    return this.graph.resident(name, 0, shape)
  }

  /** Makes data an arena of the graph. */
  hold(name: string, words: Float32Array | Uint32Array): void {
    this.#arenas.set(name, words)
  }

  /**
   * Runs the graph once, on the backend in use.
   *
   * @param arena Whose words are returned, so many.
   * @param reset 1 where running means start anew.
   */
  async run(arena: string, count: number, reset: 0 | 1 = 1): Promise<Uint32Array> {
    const { graph } = this
    const backend = await backendFor(() => 0)
    for (const [name, numbers] of graph.constants) this.hold(name, numbers)
    const plan = compile(graph, backend.traits)
    const ring = new StepRing(backend, 1)
    const buffers = new Map([[STEPS, ring.buffer]])
    try {
      for (const [name, words] of this.#arenas) {
        const buffer = backend.createBuffer(name, Math.max(64, words.byteLength))
        buffers.set(name, buffer)
        backend.write(buffer, 0, words as Float32Array<ArrayBuffer>)
      }
      const executable = await backend.load(plan, (name) => {
        return buffers.get(name) ?? impossible(`operations alone have no ${name}`)
      })
      try {
        await executable.accept()
        ring.write(plan.scalars, [{ start: 0, iteration: 1, reset }])
        executable.run(0)
        const results = buffers.get(arena)
        return results ? new Uint32Array(await backend.read(results, 4 * count)) : new Uint32Array()
      } finally {
        executable.dispose()
      }
    } finally {
      for (const buffer of buffers.values()) buffer.destroy()
    }
  }

  /** Runs the graph once, and returns one of its values. */
  async valueOf(value: Value): Promise<Tensor> {
    const shape: Shape = value.shape
    const count = sizeOf(shape)
    this.hold('results', new Float32Array(count))
    const destination = this.graph.resident('results', 0, shape)
    assign(this.graph, { x: value, destination }, {})
    const words = await this.run('results', count)
    return new Tensor(new Float32Array(words.buffer, words.byteOffset, count), shape)
  }
}

/** What a function of `ops` makes of data. */
export async function functionAlone(
  where: string,
  fn: (...tensors: readonly SymbolicTensor[]) => SymbolicTensor,
  data: readonly unknown[],
): Promise<Tensor> {
  const alone = new GraphAlone()
  const inputs = data.map((given, i) => alone.place(`input ${i}`, toTensor(given, where)))
  const { graph } = alone
  return alone.valueOf(lowerTraced(where, (tensors) => [fn(...tensors)], inputs, stepAlone(graph, where)))
}
